/* A clock that nobody sets. */

#ifndef TSGI_CORE_CLOCK_H
#define TSGI_CORE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define TSGI_CLOCK_SECOND 1000000000 /* nanoseconds */

/* Nanoseconds of CLOCK_MONOTONIC. */
static inline uint64_t tsgi_clock_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);

    return (uint64_t)time.tv_sec * TSGI_CLOCK_SECOND + (uint64_t)time.tv_nsec;
}

/* The same moment for calls that wait until then. */
static inline struct timespec tsgi_clock_time(uint64_t now)
{
    struct timespec time;

    time.tv_sec = (time_t)(now / TSGI_CLOCK_SECOND);
    time.tv_nsec = (long)(now % TSGI_CLOCK_SECOND);

    return time;
}

#endif
