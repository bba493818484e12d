/*
 * Requests of a group that were refused because JavaScript did not come to them: told in one
 * record a second, with their number, however many they are.
 *
 * The first is told at once.  What follows within a second is told with the next refusal, or when an
 * isolate takes the next request, whichever comes first after that second.
 */

#ifndef TSGI_CORE_REFUSALS_H
#define TSGI_CORE_REFUSALS_H

#include <stdint.h>

#include "atomics.h"
#include "tsgi/api.h"

typedef enum tsgi_refusal {
    TSGI_REFUSAL_FULL, /* as many as may wait did so already */
    TSGI_REFUSAL_LATE, /* it has waited for as long as it may */
    TSGI_REFUSALS
} tsgi_refusal;

/* Of a group, one for each kind. */
typedef struct tsgi_refusals {
    atomic_uint untold;
    atomic_uint_least64_t silent_until; /* CLOCK_MONOTONIC in nanoseconds */
} tsgi_refusals;

/* Any thread.  One more, a request to `app`. */
void tsgi_refusals_add(tsgi_app *app, tsgi_refusal kind);

/* Any thread.  Tells those that nobody has told yet, when it is time. */
void tsgi_refusals_tell(tsgi_app *app);

#endif
