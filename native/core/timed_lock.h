/* A mutex that is waited for until a moment of a clock that nobody sets. */

#ifndef TSGI_CORE_TIMED_LOCK_H
#define TSGI_CORE_TIMED_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "clock.h"

#if defined(__SANITIZE_THREAD__)
#    include <sanitizer/tsan_interface.h>
#endif

/* Any thread.  Until `time` of tsgi_clock_now.  False: somebody else had it all the while.
 *
 * The ThreadSanitizer of GCC 12 does not know of pthread_mutex_clocklock, and is told. */
static inline bool tsgi_timed_lock(pthread_mutex_t *mutex, uint64_t time)
{
    const struct timespec deadline = tsgi_clock_time(time);

#if defined(__SANITIZE_THREAD__)
    __tsan_mutex_pre_lock(mutex, __tsan_mutex_try_lock);
#endif

    bool locked = pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &deadline) == 0;

#if defined(__SANITIZE_THREAD__)
    __tsan_mutex_post_lock(
        mutex,
        locked ? __tsan_mutex_try_lock : __tsan_mutex_try_lock | __tsan_mutex_try_lock_failed, 0);
#endif

    return locked;
}

#endif
