/*
 * The queue of a group as an administrator means it: exchanges that wait for JavaScript.
 *
 * An exchange waits from BEGIN on, until an isolate takes it or its host withdraws it. Both may try at
 * the same moment, and exactly one succeeds: what was taken cannot be withdrawn any more, and
 * what was withdrawn never begins in JavaScript. Whoever succeeds gives its place back.
 *
 *     WAITING --isolate--> TAKEN
 *             --host-----> WITHDRAWN
 *
 * A place is taken before BEGIN is sent and given back after the claim is decided, so that `count`
 * is never less than what waits, never more than `most`, and 0 when nothing waits.
 */

#ifndef TSGI_CORE_WAITING_H
#define TSGI_CORE_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "atomics.h"

typedef enum tsgi_claim { TSGI_CLAIM_WAITING, TSGI_CLAIM_TAKEN, TSGI_CLAIM_WITHDRAWN } tsgi_claim;

/* Of a group. */
typedef struct tsgi_waiting {
    uint32_t most; /* tsgi_queue_size; 0: any number */
    atomic_uint count;
} tsgi_waiting;

void tsgi_waiting_init(tsgi_waiting *waiting, uint32_t most);

/* Any thread.  Takes a place for an exchange; false: there is none. */
bool tsgi_waiting_enter(tsgi_waiting *waiting);

/* Any thread.  Gives the place back of an exchange that could not be made. */
void tsgi_waiting_leave(tsgi_waiting *waiting);

/* Runtime thread.  True: the exchange is JavaScript's, from now on or since an earlier call; false:
 * its host has withdrawn it. */
bool tsgi_waiting_take(tsgi_waiting *waiting, atomic_uint *claim);

/* Host thread.  True: it is withdrawn; false: JavaScript has taken it. */
bool tsgi_waiting_withdraw(tsgi_waiting *waiting, atomic_uint *claim);

#endif
