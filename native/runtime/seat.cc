#include "seat.h"

namespace tsgi
{

Seat::Seat(tsgi_group *group, uint32_t index) : isolate_(group, tsgi_group_port(group, index)) {}

bool Seat::Start(std::chrono::milliseconds *pause)
{
    return isolate_.Start(pause);
}

void Seat::Stop()
{
    isolate_.Stop();
}

void Seat::Terminate()
{
    isolate_.Terminate();
}

uint64_t Seat::Look(uint64_t now)
{
    return isolate_.Look(now);
}

bool Seat::Join(std::chrono::steady_clock::time_point deadline)
{
    return isolate_.Join(deadline);
}

} // namespace tsgi
