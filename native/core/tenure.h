/*
 * A tenure: the time for which an isolate's thread has its application port, and speaks for the
 * exchanges that it has begun.
 *
 * The thread is either present, in the bridge, where it touches the port and those exchanges, or
 * away: in JavaScript, in its event loop, asleep.  One that does not come back from there can be
 * replaced only by taking its tenure from it.  Who does that may do from then on, and alone,
 * whatever the thread might have done: end its exchanges, give the port to a successor.  The
 * thread learns of it when it wants to enter, if ever, and touches neither any more.
 *
 *     AWAY --enter--> PRESENT --leave--> AWAY
 *     AWAY --revoke--> LOST, for ever
 *
 * As nothing is taken from a thread that is present, the two never touch the same thing; and each
 * of these steps carries over what the one before it has written.
 *
 * Made by    whoever makes the thread, away
 * Owned by   its maker, who keeps it for as long as thread or bridge may ask
 */

#ifndef TSGI_CORE_TENURE_H
#define TSGI_CORE_TENURE_H

#include <stdbool.h>

#include "atomics.h"

enum { TSGI_TENURE_AWAY, TSGI_TENURE_PRESENT, TSGI_TENURE_LOST };

typedef struct tsgi_tenure {
    atomic_uint state;
} tsgi_tenure;

void tsgi_tenure_init(tsgi_tenure *tenure);

/* The thread, away.  False: the tenure is lost. */
bool tsgi_tenure_enter(tsgi_tenure *tenure);

/* The thread, present. */
void tsgi_tenure_leave(tsgi_tenure *tenure);

/* Any other thread.  True: it is taken, and taken by the caller.  False: the thread is present, so
 * that it is not stuck; or the tenure was lost before. */
bool tsgi_tenure_revoke(tsgi_tenure *tenure);

/* Any thread. */
bool tsgi_tenure_is_lost(const tsgi_tenure *tenure);

#endif
