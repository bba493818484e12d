/* A time of day that jumps, as when somebody sets it; the clock that intervals are measured by does not. */

#include <sys/time.h>
#include <time.h>

#include "misery.h"
#include "real.h"

REAL(int, clock_gettime, clockid_t, struct timespec *)

static time_t jump(void)
{
    return control == NULL ? 0 : (time_t)atomic_load(&control->clock);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = get_clock_gettime()(clock, now);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += jump();
    }

    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec time;

    (void)zone; /* nobody asks for one */
    get_clock_gettime()(CLOCK_REALTIME, &time);
    now->tv_sec = time.tv_sec + jump();
    now->tv_usec = time.tv_nsec / 1000;

    return 0;
}

time_t time(time_t *now)
{
    struct timespec time;

    get_clock_gettime()(CLOCK_REALTIME, &time);
    time.tv_sec += jump();

    if (now != NULL) {
        *now = time.tv_sec;
    }

    return time.tv_sec;
}
