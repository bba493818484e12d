#include "refusals.h"

#include <stdbool.h>
#include <stdio.h>

#include "clock.h"
#include "group.h"
#include "log.h"
#include "tags.h"

#define SILENCE 1000000000 /* nanoseconds between two records */

/* True for one of those who ask at a time. */
static bool is_time(tsgi_refusals *refusals)
{
    uint64_t time = tsgi_clock_now();
    uint64_t until = atomic_load(&refusals->silent_until);

    return time >= until &&
           atomic_compare_exchange_strong(&refusals->silent_until, &until, time + SILENCE);
}

static void tell(tsgi_app *app, tsgi_refusal kind)
{
    static const struct {
        uint16_t level, tag;
        const char *text;
    } records[TSGI_REFUSALS] = {
        [TSGI_REFUSAL_FULL] = {TSGI_TAG_QUEUE_FULL_LEVEL, TSGI_TAG_QUEUE_FULL,
                               "503 to %u: as many as may wait for group \"%.200s\" do so already"},
        [TSGI_REFUSAL_LATE] = {TSGI_TAG_QUEUE_LATE_LEVEL, TSGI_TAG_QUEUE_LATE,
                               "503 to %u: they have waited too long for group \"%.200s\""},
    };

    tsgi_group *group = app->group;
    tsgi_refusals *refusals = &group->refusals[kind];
    char text[512];

    if (atomic_load_explicit(&refusals->untold, memory_order_relaxed) == 0 || !is_time(refusals)) {
        return;
    }

    unsigned count = atomic_exchange(&refusals->untold, 0);

    if (count == 0) {
        return; /* another thread has told them */
    }

    int size = snprintf(text, sizeof(text), records[kind].text, count, group->name);

    tsgi_log(group->runtime, NULL, app, (tsgi_level)records[kind].level, records[kind].tag, text,
             (size_t)size);
}

void tsgi_refusals_add(tsgi_app *app, tsgi_refusal kind)
{
    atomic_fetch_add(&app->group->refusals[kind].untold, 1);
    tell(app, kind);
}

void tsgi_refusals_tell(tsgi_app *app)
{
    for (int kind = 0; kind < TSGI_REFUSALS; kind++) {
        tell(app, (tsgi_refusal)kind);
    }
}
