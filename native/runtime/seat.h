// A place in a group: one isolate sits on it at a time.
//
// Made by     Runtime, when a group starts, for each index of the group
// Ended by    Stop, or Terminate when that takes too long; Join is true when its threads are gone

#ifndef TSGI_RUNTIME_SEAT_H_
#define TSGI_RUNTIME_SEAT_H_

#include <chrono>
#include <cstdint>

#include "isolate.h"

namespace tsgi
{

class Seat
{
  public:
    Seat(tsgi_group *group, uint32_t index);

    // The keeper. As Isolate::Start.
    bool Start(std::chrono::milliseconds *pause);

    // Any thread.
    void Stop();
    void Terminate();

    // The watchdog. As Isolate::Look.
    uint64_t Look(uint64_t now);

    // The thread that stops the runtime, when the keeper has ended. As Isolate::Join.
    bool Join(std::chrono::steady_clock::time_point deadline);

  private:
    Isolate isolate_;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_SEAT_H_
