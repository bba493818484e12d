// A place in a group: one isolate sits on it at a time, and its port is the seat's.
//
//     nobody --a request--> somebody sits --no request for tsgi_idle_timeout--> nobody
//
//     somebody sits --Reason--> and another one comes --it is ready--> that sits, the one before retires
//                                                     --it fails--> somebody sits
//
// One that is abandoned makes place for another on its port, and keeps its thread, with whatever that still
// uses, for as long as it is stuck.
//
//     retiring --nothing is live, or tsgi_graceful_timeout--> stopping --> joined and freed
//
// Made by     Runtime, when a group starts, for each index of the group
// Ended by    Stop, or Terminate when that takes too long; Join is true when its threads are gone

#ifndef TSGI_RUNTIME_SEAT_H_
#define TSGI_RUNTIME_SEAT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "isolate.h"

namespace tsgi
{

class Keeper;
class Watchdog;

// Milliseconds between looks at an isolate that retires.
constexpr uint64_t kSeatInterval = 20;

// For people: "1.5 s".
std::string Seconds(uint64_t milliseconds);

// What the seats of a group know of each other. The watchdog's.
struct Round {
    const void *coming = nullptr;   // the seat that has one: no other has
    uint64_t failed = 0;            // Pulse::Now(), of the last one that came for a change of files
    std::vector<WatchedFile> files; // that it had read
};

class Seat
{
  public:
    // The arguments outlive it. The watchdog calls `lost` for each thread that it has abandoned.
    Seat(tsgi_group *group, uint32_t index, Round *round, Keeper *keeper, Watchdog *watchdog,
         std::function<void()> lost);

    // The keeper.
    void Start();

    // The watchdog. Does what is due; `now` and the result, when to look again, in Pulse::Now(). 0: there
    // is nothing to look for, unless it is nudged.
    uint64_t Look(uint64_t now);

    // The thread that stops the runtime, when keeper and watchdog have ended. As an isolate's; nobody waits
    // for an abandoned thread.
    void Stop();
    void Terminate();
    bool Join(std::chrono::steady_clock::time_point deadline);

  private:
    struct Retiring {
        std::unique_ptr<Isolate> isolate;
        uint64_t until = 0; // Pulse::Now(); stopping: when it is terminated
        bool stopping = false;
        bool terminated = false;
    };

    template <typename Action> void ForEach(Action action)
    {
        for (Isolate *isolate : {sitting_.get(), coming_.get()}) {
            if (isolate != nullptr) {
                action(isolate);
            }
        }

        for (Retiring &retiring : retiring_) {
            action(retiring.isolate.get());
        }
    }

    std::unique_ptr<Isolate> Make(tsgi_port *port, const AppStates *others = nullptr);
    void Launch(Isolate *isolate);
    void Begin(std::unique_ptr<Isolate> *isolate);
    void Due(uint64_t when);

    void AnswerCall(uint64_t now);
    std::string Reason(uint64_t now);
    void LookForReason(uint64_t now);
    void Replace(const std::string &reason, uint64_t now);
    void LookAtComing(uint64_t now);
    void LookAtLate(uint64_t now);
    void TakeOver(uint64_t now);
    void GiveUp(const std::string &cause, uint64_t now);
    void Dismiss(std::unique_ptr<Isolate> isolate, uint64_t now);
    void LookForIdleness(uint64_t now);
    void Retire(std::unique_ptr<Isolate> isolate, uint64_t now);
    bool Attend(Retiring *retiring, uint64_t now);
    void Succeed(std::unique_ptr<Isolate> *isolate, bool stopping);
    void AttendLost();
    void Free(std::unique_ptr<Isolate> isolate);
    void Seated(uint64_t now);
    void Report(uint16_t tag, int level, const std::string &text) const;

    static void OnCall(void *data);

    tsgi_group *const group_;
    const uint32_t index_;
    Round *const round_;
    Keeper *const keeper_;
    Watchdog *const watchdog_;
    const std::function<void()> lost_;

    std::atomic<bool> called_{false}; // there is a request, and nobody sits

    // The watchdog's. Times are Pulse::Now().
    std::unique_ptr<Isolate> sitting_; // NULL: nobody
    std::unique_ptr<Isolate> coming_;  // NULL: none
    std::vector<Retiring> retiring_;
    std::vector<std::unique_ptr<Isolate>> abandoned_;
    std::mt19937_64 chance_;
    std::string reason_; // why one comes
    uint64_t came_ = 0;  // when it began to
    bool for_change_ = false;
    uint64_t grows_old_ = 0; // 0: never
    uint64_t active_ = 0;    // when a request was last seen
    uint64_t begun_ = 0;     // so many there were
    uint64_t pause_ = 0;     // milliseconds, after a failure
    uint64_t retry_ = 0;
    uint64_t due_ = 0; // the result of Look
};

} // namespace tsgi

#endif // TSGI_RUNTIME_SEAT_H_
