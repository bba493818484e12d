#include "seat.h"

#include <utility>

namespace tsgi
{

Seat::Seat(tsgi_group *group, uint32_t index, std::function<void(Seat *)> lost)
    : group_(group), index_(index), lost_(std::move(lost)),
      isolate_(std::make_unique<Isolate>(group, tsgi_group_port(group, index)))
{
}

bool Seat::Start(std::chrono::milliseconds *pause)
{
    std::lock_guard<std::mutex> guard(lock_);

    return isolate_->Start(pause);
}

void Seat::Replace()
{
    std::lock_guard<std::mutex> guard(lock_);

    abandoned_.push_back(std::move(isolate_));
    isolate_ = std::make_unique<Isolate>(group_, tsgi_group_port(group_, index_));
    told_ = false;
}

void Seat::Stop()
{
    std::lock_guard<std::mutex> guard(lock_);

    isolate_->Stop();
}

void Seat::Terminate()
{
    std::lock_guard<std::mutex> guard(lock_);

    isolate_->Terminate();
}

uint64_t Seat::Look(uint64_t now)
{
    std::lock_guard<std::mutex> guard(lock_);
    uint64_t due = isolate_->Look(now);

    if (isolate_->IsLost() && !told_) {
        told_ = true;
        lost_(this);
    }

    return due;
}

bool Seat::Join(std::chrono::steady_clock::time_point deadline)
{
    std::lock_guard<std::mutex> guard(lock_);

    for (auto &isolate : abandoned_) {
        isolate->Join(std::chrono::steady_clock::now());
    }

    return isolate_->IsLost() || isolate_->Join(deadline);
}

} // namespace tsgi
