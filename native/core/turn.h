/*
 * A turn of an isolate, in which it deals with one message after the other, and the wakes of hosts
 * that it holds meanwhile.
 *
 * Where each exchange has a thread of its own (Apache), a wake for each response has those threads
 * run in the midst of the turn, on the processor of the isolate or beside it.  Held to the end of
 * the turn they leave the isolate to finish what it has in hand.  What is held is bounded:
 *
 *     - only a response that is sent whole, to a host that looks out by itself
 *       (tsgi_host.lookout), so that an application that computes for long, or for ever, keeps back
 *       nobody for longer than he has waited before;
 *     - TSGI_TURN_WAKES of them;
 *     - for TSGI_TURN_HOLD, looked at between two messages.
 *
 * Owned by the application port, used by its receiver alone.
 */

#ifndef TSGI_CORE_TURN_H
#define TSGI_CORE_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "tsgi/api.h"

#define TSGI_TURN_WAKES 32
#define TSGI_TURN_HOLD 100000 /* nanoseconds */

typedef struct tsgi_turn {
    bool running;
    uint32_t count;
    uint64_t since;                   /* CLOCK_MONOTONIC in nanoseconds: the first of `held` */
    tsgi_port *held[TSGI_TURN_WAKES]; /* host ports to be woken, each with a reference */
} tsgi_turn;

/* Begins the turn. */
void tsgi_turn_begin(tsgi_turn *turn);

/* Between two messages: wakes those that have waited for TSGI_TURN_HOLD. */
void tsgi_turn_step(tsgi_turn *turn);

/* Wakes all that are held. */
void tsgi_turn_end(tsgi_turn *turn);

/* Sends the messages from `first` to `last` to a host port, as tsgi_port_send does; its wake
 * may be held. */
void tsgi_turn_send(tsgi_turn *turn, tsgi_port *port, tsgi_message *first, tsgi_message *last);

#endif
