// The thread that looks after the isolates' threads.

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

    // Any thread but its own.
    void Stop();

  private:
    void Main();
    uint64_t LookAtAll(uint64_t now);

    std::mutex lock_;
    std::condition_variable changed_;
    std::vector<Seat *> seats_;
    bool stopping_ = false;
    pthread_t thread_;
    bool started_ = false;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_WATCHDOG_H_
