/* Messages between host and runtime, as TSGI_TRACE tells of them: a line goes before each. */

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "misery.h"

static void count_message(void)
{
    uint32_t left = atomic_load(&control->hold);

    atomic_fetch_add(&control->messages, 1);

    while (left > 0 && !atomic_compare_exchange_weak(&control->hold, &left, left - 1)) {
    }

    if (left == 1) {
        atomic_store(&control->held, 1);

        while (atomic_load(&control->go) == 0) {
            poll(NULL, 0, 1); /* the test may have died: it takes nginx with it */
        }

        atomic_store(&control->go, 0);
        atomic_store(&control->held, 0);
    }
}

bool misery_take_trace(int fd, const void *text, size_t size)
{
    if (fd != STDERR_FILENO || control == NULL || size <= 5 || memcmp(text, "tsgi[", 5) != 0) {
        return false;
    }

    count_message();

    return true;
}
