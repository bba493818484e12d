// One application thread: an environment, and its successors when it ends before its time.
//
// Made by     Runtime, when a group starts; its thread by the keeper
// Ended by    Stop, or Terminate when that takes too long; Join is true when the thread is gone
//
//     starting --came up--> running --died--> waiting --> starting
//     any of them --Stop--> ended
//
// It waits 0.1 s, then twice as long for each environment that died within 30 s, up to 10 s.

#ifndef TSGI_RUNTIME_ISOLATE_H_
#define TSGI_RUNTIME_ISOLATE_H_

#include <pthread.h>

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
    Isolate(tsgi_group *group, uint32_t index);

    // The keeper. False: no thread could be made; the isolate has ended.
    bool Start();

    // Any thread.
    void Stop();
    void Terminate();

    // The thread that stops the runtime, when the keeper has ended. False: the isolate's thread has
    // not ended by `deadline`.
    bool Join(std::chrono::steady_clock::time_point deadline);

  private:
    void Main();
    bool Next();
    void WaitBackOff();
    void RefuseQueued();

    tsgi_group *const group_;
    const uint32_t index_;
    pthread_t thread_;
    bool joinable_ = false; // the keeper's, and then Join's
    uint32_t back_off_ = 0; // milliseconds

    std::mutex lock_; // of what follows
    std::condition_variable changed_;
    std::shared_ptr<Environment> environment_;
    bool stopping_ = false;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_ISOLATE_H_
