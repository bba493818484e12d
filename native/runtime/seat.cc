#include "seat.h"

#include <algorithm>
#include <utility>

#include "keeper.h"
#include "pulse.h"
#include "watchdog.h"

extern "C" {
#include "core/log.h"
#include "core/runtime.h"
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

// All in milliseconds.
constexpr uint64_t kStart = 5000;      // to be ready in, besides what its applications may take
constexpr uint64_t kFirstPause = 1000; // after one that failed; for files, until they change
constexpr uint64_t kLastPause = 600000;

// So many may retire at a time, each with its memory; the next one waits.
constexpr size_t kRetiring = 4;

} // namespace

Seat::Seat(tsgi_group *group, uint32_t index, Round *round, Keeper *keeper, Watchdog *watchdog,
           std::function<void()> lost)
    : group_(group), index_(index), round_(round), keeper_(keeper), watchdog_(watchdog),
      lost_(std::move(lost)), chance_(std::random_device{}())
{
    tsgi_port *port = tsgi_group_port(group, index);

    sitting_ = Make(port);
    Seated(Pulse::Now());
}

void Seat::Start()
{
    Launch(sitting_.get());
}

// The keeper. The isolate is not freed before it has ended.
void Seat::Launch(Isolate *isolate)
{
    std::chrono::milliseconds pause;

    if (!isolate->Start(&pause)) {
        keeper_->PostAfter(pause, [this, isolate] { Launch(isolate); });
    }
}

std::unique_ptr<Isolate> Seat::Make(tsgi_port *port, const AppStates *others)
{
    Watchdog *watchdog = watchdog_;

    return std::make_unique<Isolate>(
        group_, port, [watchdog] { watchdog->Nudge(); }, others);
}

void Seat::Begin(std::unique_ptr<Isolate> *isolate)
{
    Isolate *begun = isolate->get();

    keeper_->Post([this, begun] { Launch(begun); });
}

// ---- the watchdog's ----

void Seat::Due(uint64_t when)
{
    if (when != 0 && (due_ == 0 || when < due_)) {
        due_ = when;
    }
}

uint64_t Seat::Look(uint64_t now)
{
    due_ = 0;
    AnswerCall(now);
    LookAtComing(now);
    LookForReason(now);
    LookForIdleness(now);

    retiring_.erase(std::remove_if(retiring_.begin(), retiring_.end(),
                                   [&](Retiring &retiring) { return Attend(&retiring, now); }),
                    retiring_.end());

    ForEach([&](Isolate *isolate) { Due(isolate->Look(now)); });
    AttendLost();
    return due_;
}

// Whoever sits now does so from the beginning.
void Seat::Seated(uint64_t now)
{
    tsgi_port *port = sitting_->port();
    auto by_chance = [this](uint64_t most) {
        return std::uniform_int_distribution<uint64_t>(0, most)(chance_);
    };

    if (group_->max_requests > 0) {
        atomic_store(&port->limit, group_->max_requests + by_chance(group_->max_requests_jitter));
    }

    // A little sooner, so that isolates that began together do not all go together.
    grows_old_ = group_->max_age > 0 ? now + group_->max_age - by_chance(group_->max_age / 10) : 0;
    active_ = now;
    begun_ = 0;
}

// ---- nobody sits ----

void Seat::OnCall(void *data)
{
    auto *self = static_cast<Seat *>(data);

    self->called_.store(true);
    self->watchdog_->Nudge();
}

void Seat::AnswerCall(uint64_t now)
{
    if (called_.exchange(false) && sitting_ == nullptr) {
        sitting_ = Make(tsgi_group_port(group_, index_));
        Seated(now);
        Begin(&sitting_);
    }
}

void Seat::LookForIdleness(uint64_t now)
{
    if (group_->idle_timeout == 0 || sitting_ == nullptr || coming_ != nullptr ||
        atomic_load(&group_->runtime->draining)) {
        return;
    }

    uint64_t begun = atomic_load(&sitting_->port()->begun);

    if (begun != begun_ || sitting_->Live() > 0 || !sitting_->IsUp()) {
        begun_ = begun;
        active_ = now;
    }

    if (now - active_ < group_->idle_timeout) {
        Due(active_ + group_->idle_timeout);
        return;
    }

    tsgi_port *port = tsgi_port_new(group_->runtime);

    if (port == nullptr) {
        Due(now + kFirstPause);
        return;
    }

    tsgi_port_receive(port, OnCall, this);
    tsgi_port_unref(tsgi_group_seat(group_, index_, port));
    Report(TSGI_TAG_IDLE, TSGI_TAG_IDLE_LEVEL,
           "the isolate is closed, as there was no request for " + Seconds(now - active_) +
               "; the next one starts another");
    Retire(std::move(sitting_), now);
}

// ---- another one ----

// Empty: there is none to replace the one that sits.
std::string Seat::Reason(uint64_t now)
{
    uint64_t limit = atomic_load(&sitting_->port()->limit);
    uint64_t begun = atomic_load(&sitting_->port()->begun);

    for_change_ = false;

    if (sitting_->ChangedAt() != 0) {
        if (sitting_->ChangedAt() > round_->failed) {
            for_change_ = true;
            return "as its files have changed";
        }

        sitting_->Bear(round_->files); // another seat of the group has tried them
    }

    if (limit > 0 && begun >= limit) {
        return "after " + std::to_string(begun) + " requests";
    }

    return grows_old_ > 0 && now >= grows_old_ ? "because of its age" : "";
}

void Seat::LookForReason(uint64_t now)
{
    if (sitting_ == nullptr || coming_ != nullptr || atomic_load(&group_->runtime->draining)) {
        return;
    }

    std::string reason = Reason(now);

    if (reason.empty()) {
        Due(grows_old_);
    } else if (now < retry_ && !for_change_) {
        Due(retry_);
    } else if (round_->coming != nullptr || retiring_.size() >= kRetiring || !sitting_->IsUp()) {
        Due(now + kSeatInterval);
    } else {
        Replace(reason, now);
    }
}

void Seat::Replace(const std::string &reason, uint64_t now)
{
    tsgi_port *port = tsgi_port_new(group_->runtime);

    if (port == nullptr) {
        Due(now + kFirstPause);
        return;
    }

    const AppStates others = sitting_->Apps();

    coming_ = Make(port, &others);
    round_->coming = this;
    reason_ = reason;
    came_ = now;
    Begin(&coming_);
}

void Seat::LookAtComing(uint64_t now)
{
    if (coming_ == nullptr) {
        return;
    }

    switch (coming_->IsLost() ? Isolate::Stage::kFailed : coming_->stage()) {
    case Isolate::Stage::kReady:
        TakeOver(now);
        break;
    case Isolate::Stage::kFailed:
        GiveUp(coming_->IsLost() ? "its thread is stuck" : coming_->Failure(), now);
        break;
    default:
        LookAtLate(now);
    }
}

void Seat::LookAtLate(uint64_t now)
{
    const uint64_t allowed = group_->startup_timeout;

    if (allowed == 0) {
        return;
    }

    if (now - came_ >= allowed + kStart) {
        GiveUp("it was not ready within " + Seconds(allowed + kStart), now);
    } else {
        Due(came_ + allowed + kStart);
    }
}

void Seat::TakeOver(uint64_t now)
{
    if (!coming_->Sit()) {
        GiveUp(coming_->Failure(), now);
        return;
    }

    std::unique_ptr<Isolate> before = std::move(sitting_);

    sitting_ = std::move(coming_);
    Seated(now);
    tsgi_port_ref(sitting_->port());
    tsgi_port_unref(tsgi_group_seat(group_, index_, sitting_->port()));

    round_->coming = nullptr;
    pause_ = 0;
    retry_ = 0;
    Report(TSGI_TAG_REPLACED, TSGI_TAG_REPLACED_LEVEL,
           "an isolate has taken the place of another one, " + reason_ + " (it took " +
               Seconds(now - came_) + " to start)");
    Retire(std::move(before), now);
}

void Seat::GiveUp(const std::string &cause, uint64_t now)
{
    Report(TSGI_TAG_NOT_REPLACED, TSGI_TAG_NOT_REPLACED_LEVEL,
           "an isolate was to take the place of another one, " + reason_ +
               ", and could not: " + cause + ". The one before goes on");
    round_->coming = nullptr;

    if (for_change_) {
        round_->failed = now;
        round_->files = coming_->Files();
        sitting_->Bear(round_->files);
    }

    pause_ = std::clamp(pause_ * 2, kFirstPause, kLastPause);
    retry_ = now + pause_;

    Dismiss(std::move(coming_), now);
}

void Seat::Report(uint16_t tag, int level, const std::string &text) const
{
    tsgi_log(group_->runtime, nullptr, group_->apps, static_cast<tsgi_level>(level), tag,
             text.data(), text.size());
}

} // namespace tsgi
