// One application thread: an environment, and its successors when it ends before its time.
//
// Made by     Seat; its thread by the keeper
// Ended by    Stop, or Terminate when that takes too long; Ended when nothing more is begun on its port
//             and nothing of it runs; Join is true when the thread is gone
//             or, with its thread stuck outside of JavaScript, given up: the thread ends by itself
//             when it comes back, if it does, and until then has what it had
//
//     starting --came up--> running --died--> waiting --> starting
//     any of them --Stop--> ended
//     starting, running --abandoned--> lost --the thread comes back--> ended
//
// It waits 0.1 s, then twice as long for each environment that died within 30 s, up to 10 s, or until one of
// its files changes.
//
// One that is to take the place of another gets no requests until it has: it is coming. It loads the
// applications that the other has, and has no successor before it sits.
//
//     coming --its applications are ready--> ready --Sit--> as above
//     coming, ready --one fails, it dies--> failed

#ifndef TSGI_RUNTIME_ISOLATE_H_
#define TSGI_RUNTIME_ISOLATE_H_

#include <pthread.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "circuit.h"
#include "environment.h"

namespace tsgi
{

class Isolate final : public Environment::Listener
{
  public:
    enum class Stage { kComing, kReady, kFailed, kSitting };

    // Takes over a reference to `port`, on which the environments receive one after the other. `tell` is
    // called, on any thread, when its stage has changed by itself, a file of its has, or it has ended; must
    // not block. `others`: Apps() of the one whose place it is to take, once it is ready; NULL: it sits.
    Isolate(tsgi_group *group, tsgi_port *port, std::function<void()> tell,
            const AppStates *others);

    // When it has no thread, or Join was true.
    ~Isolate();

    Isolate(const Isolate &) = delete;
    Isolate &operator=(const Isolate &) = delete;

    // The keeper. False: no thread could be made, and whoever waited was answered 503. It may be
    // tried again when *pause is over. One that is coming, or was stopped before, has ended instead.
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

    // Any thread.
    Stage stage();
    std::string Failure(); // why it has failed
    AppStates Apps();      // of its environment
    bool IsUp();           // it has one, that came up
    uint32_t Live() const { return atomic_load(&port_->live); }
    tsgi_port *port() const { return port_; }

    // Any thread. False: it is not ready any more.
    bool Sit();

    // Any thread. When one of its files was found changed, in Pulse::Now(); 0: none was.
    uint64_t ChangedAt();

    // Any thread. The files of its environment, as they were when it read them.
    std::vector<WatchedFile> Files();

    // Any thread. The change is borne, as what would come of it is no better: its files count as they are
    // now, or as those of the one that has failed.
    void Bear(const std::vector<WatchedFile> &files);

    // Any thread. There is nothing left to be done but Join, which does not wait long.
    bool Ended() const { return ended_.load(); }

    // The keeper, or the thread that stops the runtime when the keeper has ended. False: the isolate's
    // thread has not ended by `deadline`.
    bool Join(std::chrono::steady_clock::time_point deadline);

  private:
    void OnNote(uint32_t app, AppState state) override;
    void OnReady() override;
    void OnFailed(const char *reason) override;

    void OnFiles(std::vector<WatchedFile> files) override;

    void Main();
    void WatchFiles();
    void OnChange();
    bool IsStopping();
    int MakeThread();
    uint64_t LookForStall(uint64_t now);
    uint64_t TimeUsed() const;
    uint64_t AbandonWhenDue(uint64_t now);
    uint64_t StartAllowed() const;
    bool Next();
    bool DiedBeforeItSat();
    void WaitBackOff(uint64_t lived);
    void RefuseQueued();
    void RefuseLate();

    tsgi_group *const group_;
    tsgi_port *const port_;
    tsgi_tenure tenure_; // its thread's
    const std::function<void()> tell_;
    const AppStates others_;
    pthread_t thread_;
    bool joinable_ = false; // the keeper's, and then Join's
    std::string stuck_at_;  // its thread's: of the environment before
    std::atomic<bool> ended_{false};

    std::mutex files_lock_; // of files_ and borne_; taken before lock_
    std::vector<WatchedFile> files_;
    std::map<std::string, std::string> borne_; // path and stamp

    std::mutex lock_; // of what follows
    std::condition_variable changed_;
    Stage stage_;
    std::string failure_;
    AppStates apps_;
    Circuit circuit_;
    uint64_t began_ = 0; // the environment; Pulse::Now()

    // What the watchdog has seen.
    clockid_t clock_ = CLOCK_MONOTONIC; // the thread's
    const Environment *looked_at_ = nullptr;
    uint64_t beats_ = 0;
    uint64_t used_ = 0;        // nanoseconds
    uint64_t pinged_ = 0;      // Pulse::Now(); 0: not since the last beat
    uint64_t interrupted_ = 0; // Pulse::Now(); 0: not so
    std::shared_ptr<Environment> environment_;
    bool stopping_ = false;
    uint64_t changed_at_ =
        0; // Pulse::Now(); 0: no file has, since the environment began to read them
};

} // namespace tsgi

#endif // TSGI_RUNTIME_ISOLATE_H_
