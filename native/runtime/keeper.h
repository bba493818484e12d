// The thread that creates application threads.
//
// An isolate's thread must descend from the thread that initialised V8 (memory protection keys)
// and must have every signal blocked. Groups that start later are asked for on whatever thread the
// host has; the keeper, made at start by the right thread, is their parent.

#ifndef TSGI_RUNTIME_KEEPER_H_
#define TSGI_RUNTIME_KEEPER_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace tsgi
{

class Keeper
{
  public:
    // The thread that initialised V8.
    bool Start();

    // Any thread. Runs `job` on the keeper, after the jobs before it.
    void Post(std::function<void()> job);

    // Any thread. The same after a pause, unless the keeper is stopped meanwhile.
    void PostAfter(std::chrono::milliseconds pause, std::function<void()> job);

    // Not the keeper. Ends it after the jobs posted so far.
    void Stop();

  private:
    void Main();
    void WaitForJob(std::unique_lock<std::mutex> *guard);

    std::mutex lock_;
    std::condition_variable posted_;
    std::deque<std::function<void()>> jobs_;
    std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> later_;
    bool stopping_ = false;
    pthread_t thread_;
    bool started_ = false;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_KEEPER_H_
