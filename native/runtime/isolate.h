// One application thread: an environment, and its successors when it ends before its time.
//
// Made by     Runtime, when a group starts; its thread by the keeper
// Ended by    Stop, or Terminate when that takes too long; Ended() is true when the thread has
//             left JavaScript for good
//
//     starting --came up--> running --died--> waiting --> starting
//     any of them --Stop--> ended
//
// It waits 0.1 s, then twice as long for each environment that died within 30 s, up to 10 s.

#ifndef TSGI_RUNTIME_ISOLATE_H_
#define TSGI_RUNTIME_ISOLATE_H_

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

    // Any thread. Waits until the thread has ended; false: it has not within `milliseconds`.
    bool WaitEnded(uint32_t milliseconds);

  private:
    void Main();
    bool Next();
    void WaitBackOff();
    void RefuseQueued();
    void End();

    tsgi_group *const group_;
    const uint32_t index_;
    uint32_t back_off_ = 0; // milliseconds

    std::mutex lock_; // of what follows
    std::condition_variable changed_;
    std::shared_ptr<Environment> environment_;
    bool stopping_ = false;
    bool ended_ = false;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_ISOLATE_H_
