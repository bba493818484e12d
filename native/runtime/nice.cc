#include "nice.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace tsgi
{

namespace
{

constexpr int kNicest = 19;

// Nanoseconds. Longer than what any thread gets unasked, and short enough for isolates to share by.
constexpr uint64_t kSlice = 10 * 1000 * 1000;

// sched_setattr(2), for which the C library has no call before glibc 2.41.
struct Attributes {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime; // the slice, of a thread of no real-time policy
    uint64_t deadline;
    uint64_t period;
};

} // namespace

void BeNicer(uint32_t steps)
{
    int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;

    if (steps == 0 || (policy != SCHED_OTHER && policy != SCHED_BATCH)) {
        return;
    }

    int nice = std::min(getpriority(PRIO_PROCESS, 0) + static_cast<int>(steps), kNicest);
    Attributes attributes = {};

    setpriority(PRIO_PROCESS, 0, nice); // in case what follows is not allowed, as in many a sandbox

    attributes.size = sizeof(attributes);
    attributes.policy = static_cast<uint32_t>(policy);
    attributes.nice = nice;
    attributes.runtime = kSlice;
    syscall(SYS_sched_setattr, 0, &attributes, 0);
}

} // namespace tsgi
