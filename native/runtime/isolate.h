// One application thread: an environment, and its successors when it ends before its time.
//
// Made by     Seat; its thread by the keeper
// Ended by    Stop, or Terminate when that takes too long; Join is true when the thread is gone
//             or, with its thread stuck outside of JavaScript, given up: the thread ends by itself
//             when it comes back, if it does, and until then has what it had
//
//     starting --came up--> running --died--> waiting --> starting
//     any of them --Stop--> ended
//     starting, running --abandoned--> lost --the thread comes back--> ended
//
// It waits 0.1 s, then twice as long for each environment that died within 30 s, up to 10 s, or until one of
// its files changes.

#ifndef TSGI_RUNTIME_ISOLATE_H_
#define TSGI_RUNTIME_ISOLATE_H_

#include <pthread.h>
#include <time.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "environment.h"

namespace tsgi
{

class Isolate
{
  public:
    // Takes over a reference to `port`, on which the environments receive one after the other.
    Isolate(tsgi_group *group, tsgi_port *port);
    ~Isolate();

    Isolate(const Isolate &) = delete;
    Isolate &operator=(const Isolate &) = delete;

    // The keeper. False: no thread could be made, and whoever waited was answered 503. It may be
    // tried again when *pause is over.
    bool Start(std::chrono::milliseconds *pause);

    // Any thread.
    void Stop();
    void Terminate();

    // The watchdog. Looks whether the thread is stuck and does what is due; `now` and the result, when to
    // look again, in Pulse::Now(). 0: there is nothing to look for.
    uint64_t Look(uint64_t now);

    // The watchdog. The thread was abandoned by the last look, or one before: what it has begun has failed,
    // and the port is its successor's.
    bool IsLost() const { return tsgi_tenure_is_lost(&tenure_); }

    // The thread that stops the runtime, when the keeper has ended. False: the isolate's thread has
    // not ended by `deadline`.
    bool Join(std::chrono::steady_clock::time_point deadline);

  private:
    void Main();
    void WatchFiles(std::vector<WatchedFile> files);
    void OnChange();
    int MakeThread();
    uint64_t TimeUsed() const;
    uint64_t AbandonWhenDue(uint64_t now);
    bool Next();
    std::chrono::milliseconds BackOff();
    void WaitBackOff();
    void RefuseQueued();

    tsgi_group *const group_;
    tsgi_port *const port_;
    tsgi_tenure tenure_; // its thread's
    pthread_t thread_;
    bool joinable_ = false; // the keeper's, and then Join's
    uint32_t back_off_ = 0; // milliseconds
    std::string stuck_at_;  // its thread's: of the environment before

    std::mutex lock_; // of what follows
    std::condition_variable changed_;

    // What the watchdog has seen.
    clockid_t clock_ = CLOCK_MONOTONIC; // the thread's
    const Environment *looked_at_ = nullptr;
    uint64_t beats_ = 0;
    uint64_t used_ = 0;        // nanoseconds
    uint64_t pinged_ = 0;      // Pulse::Now(); 0: not since the last beat
    uint64_t interrupted_ = 0; // Pulse::Now(); 0: not so
    std::shared_ptr<Environment> environment_;
    bool stopping_ = false;
    bool files_changed_ = false; // since the environment began to read them
};

} // namespace tsgi

#endif // TSGI_RUNTIME_ISOLATE_H_
