/*
 * Messages between host and runtime, as TSGI_TRACE tells of them: a line goes before each.  Their states
 * are followed by the order table itself, native/core/order.c, which is compiled in.
 */

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "misery.h"

enum {
    EXCHANGES = 256 /* more than there are at once */
};

/* The state of each side; its own thread alone changes it, once the host has begun the exchange. */
static tsgi_state sides[EXCHANGES][2];

static tsgi_kind kind_named(const char *name)
{
    for (int kind = 0; kind < TSGI_KINDS; kind++) {
        if (strcmp(tsgi_kind_name((tsgi_kind)kind), name) == 0) {
            return (tsgi_kind)kind;
        }
    }

    abort(); /* a line that is none of trace.c */
}

/* The state in which a message of an exchange is sent; the exchange goes on to the next. */
static tsgi_state advance(uint64_t exchange, tsgi_kind kind, bool is_empty)
{
    tsgi_state *states = sides[exchange % EXCHANGES];

    if (kind == TSGI_BEGIN) {
        states[0] = is_empty ? TSGI_FED : TSGI_OPEN;
        states[1] = TSGI_IDLE;
        return TSGI_NEW;
    }

    tsgi_state *side = &states[kind > TSGI_ABORT];
    tsgi_state before = *side;

    *side = tsgi_order_next(before, kind);

    if (*side == TSGI_ILLEGAL) {
        abort();
    }

    return before;
}

static void hold(tsgi_state state, tsgi_kind kind)
{
    atomic_fetch_add(&control->held_in[state][kind], 1);
    atomic_store(&control->held, 1);

    while (atomic_load(&control->go) == 0) {
        poll(NULL, 0, 1); /* the test may have died: it takes the server with it */
    }

    atomic_store(&control->go, 0);
    atomic_store(&control->held, 0);
}

static void take(tsgi_state state, tsgi_kind kind)
{
    uint32_t left = atomic_load(&control->hold);

    atomic_fetch_add(&control->messages, 1);
    atomic_fetch_add(&control->sent_in[state][kind], 1);

    while (left > 0 && !atomic_compare_exchange_weak(&control->hold, &left, left - 1)) {
    }

    if (left == 1) {
        hold(state, kind);
    }
}

bool misery_take_trace(int fd, const void *text, size_t size)
{
    char line[384];
    char name[16];
    uint64_t exchange;

    if (fd != STDERR_FILENO || control == NULL || size < 5 || size >= sizeof(line) ||
        memcmp(text, "tsgi[", 5) != 0) {
        return false;
    }

    memcpy(line, text, size);
    line[size] = '\0';

    if (sscanf(line, "tsgi[%*d] exchange %" SCNu64 " %15s", &exchange, name) != 2) {
        return false;
    }

    tsgi_kind kind = kind_named(name);
    bool is_empty = strstr(line, ", no body") != NULL;

    if (exchange != 0) { /* else a record of no exchange, which is in no order */
        take(advance(exchange, kind, is_empty), kind);
    }

    return true;
}
