// The thread that looks after the isolates: that none is stuck, and that one takes the place of another
// when it is time.

#ifndef TSGI_RUNTIME_WATCHDOG_H_
#define TSGI_RUNTIME_WATCHDOG_H_

#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace tsgi
{

class Seat;

class Watchdog
{
  public:
    // Any thread. False: no thread could be made.
    bool Start();

    // Any thread. `seat` outlives the watchdog.
    void Watch(Seat *seat);

    // Any thread, under any lock. It looks at all seats soon.
    void Nudge();

    // Any thread but its own.
    void Stop();

  private:
    void Main();
    uint64_t LookAtAll(uint64_t now);

    std::vector<Seat *> seats_; // its thread's

    std::mutex lock_; // of what follows; never held while it looks
    std::condition_variable changed_;
    std::vector<Seat *> new_;
    bool nudged_ = false;
    bool stopping_ = false;
    pthread_t thread_;
    bool started_ = false;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_WATCHDOG_H_
