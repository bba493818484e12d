#include "watchdog.h"

#include <algorithm>
#include <chrono>

#include "platform.h"
#include "pulse.h"
#include "seat.h"
#include "signals.h"

namespace tsgi
{

namespace
{

// Milliseconds between two looks: a stall is noticed so much too late at most, and an idle process is
// woken no more often.
constexpr uint64_t kSoonest = 20;
constexpr uint64_t kLatest = 1000;

} // namespace

bool Watchdog::Start()
{
    SignalBlock block;

    started_ = pthread_create(
                   &thread_, nullptr,
                   [](void *data) -> void * {
                       static_cast<Watchdog *>(data)->Main();
                       return nullptr;
                   },
                   this) == 0;

    if (started_) {
        Platform::Get().threads.fetch_add(1);
    }

    return started_;
}

void Watchdog::Watch(Seat *seat)
{
    std::lock_guard<std::mutex> guard(lock_);

    new_.push_back(seat);
    changed_.notify_one();
}

void Watchdog::Nudge()
{
    std::lock_guard<std::mutex> guard(lock_);

    nudged_ = true;
    changed_.notify_one();
}

void Watchdog::Stop()
{
    if (!started_) {
        return;
    }

    {
        std::lock_guard<std::mutex> guard(lock_);

        stopping_ = true;
        changed_.notify_one();
    }

    pthread_join(thread_, nullptr);
    Platform::Get().threads.fetch_sub(1);
    started_ = false;
}

// When to look again; 0: nobody is to be looked at.
uint64_t Watchdog::LookAtAll(uint64_t now)
{
    uint64_t next = 0;

    for (Seat *seat : seats_) {
        uint64_t due = seat->Look(now);

        if (due != 0 && (next == 0 || due < next)) {
            next = due;
        }
    }

    return next;
}

void Watchdog::Main()
{
    std::unique_lock<std::mutex> guard(lock_);

    pthread_setname_np(pthread_self(), "tsgi-watchdog");

    while (!stopping_) {
        seats_.insert(seats_.end(), new_.begin(), new_.end());
        new_.clear();
        nudged_ = false;
        guard.unlock();

        uint64_t now = Pulse::Now();
        uint64_t next = LookAtAll(now);
        uint64_t wait = next > now ? std::clamp(next - now, kSoonest, kLatest) : kSoonest;
        auto awaited = [this] { return nudged_ || stopping_ || !new_.empty(); };

        guard.lock();

        if (next == 0) {
            changed_.wait(guard, awaited);
        } else {
            changed_.wait_for(guard, std::chrono::milliseconds(wait), awaited);
        }
    }
}

} // namespace tsgi
