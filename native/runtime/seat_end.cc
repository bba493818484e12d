// How isolates leave their seat.

#include <algorithm>
#include <utility>

#include "keeper.h"
#include "seat.h"

extern "C" {
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

// Milliseconds for close() and listeners of SIGTERM, at least.
constexpr uint64_t kClose = 3000;

constexpr auto kJoin = std::chrono::seconds(10); // an isolate that has ended

} // namespace

std::string Seconds(uint64_t milliseconds)
{
    uint64_t tenths = (milliseconds + 50) / 100;

    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

// ---- the one before ----

void Seat::Retire(std::unique_ptr<Isolate> isolate, uint64_t now)
{
    Retiring retiring;

    retiring.isolate = std::move(isolate);
    retiring.until = now + group_->graceful_timeout;
    retiring_.push_back(std::move(retiring));
}

// It has not served: it is stopped at once.
void Seat::Dismiss(std::unique_ptr<Isolate> isolate, uint64_t now)
{
    Retiring retiring;

    isolate->Stop();
    retiring.isolate = std::move(isolate);
    retiring.stopping = true;
    retiring.until = now + kClose;
    retiring_.push_back(std::move(retiring));
}

// True: it has gone.
bool Seat::Attend(Retiring *retiring, uint64_t now)
{
    if (retiring->isolate->Ended()) {
        Free(std::move(retiring->isolate));
        return true;
    }

    uint32_t live = retiring->isolate->Live();

    if (!retiring->stopping && (live == 0 || now >= retiring->until)) {
        if (live > 0) {
            Report(TSGI_TAG_CUT_SHORT, TSGI_TAG_CUT_SHORT_LEVEL,
                   std::to_string(live) +
                       " requests of an isolate whose place another one has "
                       "taken are ended, after " +
                       Seconds(group_->graceful_timeout));
        }

        retiring->stopping = true;
        retiring->until = std::max(retiring->until, now + kClose);
        retiring->isolate->Stop();
    } else if (retiring->stopping && !retiring->terminated && now >= retiring->until) {
        retiring->terminated = true;
        retiring->isolate->Terminate();
    }

    Due(now + kSeatInterval);
    return false;
}

// It has ended.
void Seat::Free(std::unique_ptr<Isolate> isolate)
{
    Isolate *ended = isolate.release();

    keeper_->Post([ended] {
        if (ended->Join(std::chrono::steady_clock::now() + kJoin)) {
            delete ended;
        }
    });
}

// What is queued where a thread was abandoned is for another on the same port.
void Seat::AttendLost()
{
    if (sitting_ != nullptr && sitting_->IsLost()) {
        Succeed(&sitting_, false);
    }

    for (Retiring &retiring : retiring_) {
        if (retiring.isolate->IsLost()) {
            Succeed(&retiring.isolate, retiring.stopping);
        }
    }

    abandoned_.erase(std::remove_if(abandoned_.begin(), abandoned_.end(),
                                    [this](std::unique_ptr<Isolate> &isolate) {
                                        bool ended = isolate->Ended();

                                        if (ended) {
                                            Free(std::move(isolate));
                                        }

                                        return ended;
                                    }),
                     abandoned_.end());
}

void Seat::Succeed(std::unique_ptr<Isolate> *isolate, bool stopping)
{
    tsgi_port *port = (*isolate)->port();

    tsgi_port_ref(port);
    abandoned_.push_back(std::move(*isolate));
    *isolate = Make(port);

    if (stopping) {
        (*isolate)->Stop(); // it refuses what there is
    }

    Begin(isolate);
    lost_();
}

// ---- the end ----

void Seat::Stop()
{
    ForEach([](Isolate *isolate) { isolate->Stop(); });
}

void Seat::Terminate()
{
    ForEach([](Isolate *isolate) { isolate->Terminate(); });
}

bool Seat::Join(std::chrono::steady_clock::time_point deadline)
{
    bool all = true;

    for (auto &isolate : abandoned_) {
        isolate->Join(std::chrono::steady_clock::now());
    }

    ForEach([&](Isolate *isolate) { all = (isolate->IsLost() || isolate->Join(deadline)) && all; });
    return all;
}

} // namespace tsgi
