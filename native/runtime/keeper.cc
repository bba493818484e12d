#include "keeper.h"

#include <pthread.h>

#include "platform.h"
#include "signals.h"

namespace tsgi
{

bool Keeper::Start()
{
    SignalBlock block;

    started_ = pthread_create(
                   &thread_, nullptr,
                   [](void *data) -> void * {
                       static_cast<Keeper *>(data)->Main();
                       return nullptr;
                   },
                   this) == 0;

    if (started_) {
        Platform::Get().threads.fetch_add(1);
    }

    return started_;
}

void Keeper::Post(std::function<void()> job)
{
    std::lock_guard<std::mutex> guard(lock_);

    jobs_.push_back(std::move(job));
    posted_.notify_one();
}

void Keeper::PostAfter(std::chrono::milliseconds pause, std::function<void()> job)
{
    std::lock_guard<std::mutex> guard(lock_);

    later_.emplace(std::chrono::steady_clock::now() + pause, std::move(job));
    posted_.notify_one();
}

void Keeper::Stop()
{
    if (!started_) {
        return;
    }

    {
        std::lock_guard<std::mutex> guard(lock_);

        stopping_ = true;
        posted_.notify_one();
    }

    pthread_join(thread_, nullptr);
    Platform::Get().threads.fetch_sub(1);
    started_ = false;
}

// Until there is one, or will be none.
void Keeper::WaitForJob(std::unique_lock<std::mutex> *guard)
{
    while (!stopping_ && jobs_.empty()) {
        if (later_.empty()) {
            posted_.wait(*guard);
        } else if (later_.begin()->first > std::chrono::steady_clock::now()) {
            posted_.wait_until(*guard, later_.begin()->first);
        } else {
            jobs_.push_back(std::move(later_.begin()->second));
            later_.erase(later_.begin());
        }
    }
}

void Keeper::Main()
{
    sigset_t child;

    // libuv learns by SIGCHLD that a child of an application has ended, and some thread must let it
    // in: those of Apache's event and worker MPMs all have it blocked.
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_UNBLOCK, &child, nullptr);

    std::unique_lock<std::mutex> guard(lock_);

    pthread_setname_np(pthread_self(), "tsgi-keeper");

    for (;;) {
        WaitForJob(&guard);

        if (jobs_.empty()) {
            return;
        }

        std::function<void()> job = std::move(jobs_.front());

        jobs_.pop_front();
        guard.unlock();
        job();
        guard.lock();
    }
}

} // namespace tsgi
