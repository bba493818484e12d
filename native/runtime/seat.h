// A place in a group: one isolate sits on it at a time. One that is abandoned makes place for another
// and keeps its thread, with whatever that still uses, for as long as it is stuck.
//
// Made by     Runtime, when a group starts, for each index of the group
// Ended by    Stop, or Terminate when that takes too long; Join is true when its threads are gone

#ifndef TSGI_RUNTIME_SEAT_H_
#define TSGI_RUNTIME_SEAT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "isolate.h"

namespace tsgi
{

class Seat
{
  public:
    // The watchdog calls `lost` when the isolate has been abandoned, once for each.
    Seat(tsgi_group *group, uint32_t index, std::function<void(Seat *)> lost);

    // The keeper. As Isolate::Start.
    bool Start(std::chrono::milliseconds *pause);

    // The keeper, after `lost`: another isolate, still to be started, receives where that one did.
    void Replace();

    // Any thread.
    void Stop();
    void Terminate();

    // The watchdog. As Isolate::Look.
    uint64_t Look(uint64_t now);

    // The thread that stops the runtime, when the keeper has ended. As Isolate::Join; nobody waits for an
    // abandoned thread.
    bool Join(std::chrono::steady_clock::time_point deadline);

  private:
    tsgi_group *const group_;
    const uint32_t index_;
    const std::function<void(Seat *)> lost_;

    std::mutex lock_; // of what follows
    std::unique_ptr<Isolate> isolate_;
    std::vector<std::unique_ptr<Isolate>> abandoned_;
    bool told_ = false; // of this one's loss
};

} // namespace tsgi

#endif // TSGI_RUNTIME_SEAT_H_
