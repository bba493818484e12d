#include "nice.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace tsgi
{

namespace
{

constexpr int32_t kNicest = 19;
constexpr uint64_t kSlice =
    10 * 1000 * 1000; // nanoseconds; longer than what any thread gets unasked

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
    Attributes attributes = {};

    if (steps == 0 || syscall(SYS_sched_getattr, 0, &attributes, sizeof(attributes), 0) != 0 ||
        (attributes.policy != SCHED_OTHER && attributes.policy != SCHED_BATCH)) {
        return;
    }

    attributes.nice = std::min(attributes.nice + static_cast<int32_t>(steps), kNicest);
    attributes.runtime = kSlice;
    syscall(SYS_sched_setattr, 0, &attributes, 0);
}

} // namespace tsgi
