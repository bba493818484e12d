/*
 * The legal order of messages: one table for both directions.
 *
 *     host       NEW --BEGIN--> OPEN --BODY_END--> FED
 *                               OPEN, FED --ABORT--> CUT          (CREDIT in OPEN and FED)
 *                (a BEGIN with TSGI_VIEW_EMPTY_BODY stands for BODY_END as well)
 *
 *     runtime    IDLE --START--> STARTED                          (INFORM in IDLE)
 *                IDLE, STARTED --END--> OVER                      (WANT in IDLE and STARTED,
 *                                                                  DATA and FILE in STARTED)
 *
 * A LOG is legal in every state of the runtime's side: the last words of an application are
 * often the most wanted.  The sender checks; a receiver may rely on it.
 */

#ifndef TSGI_CORE_ORDER_H
#define TSGI_CORE_ORDER_H

#include <stdint.h>

#include "tsgi/message.h"

typedef enum tsgi_state {
    TSGI_NEW, /* the host's side: nothing sent */
    TSGI_OPEN,
    TSGI_FED,
    TSGI_CUT,

    TSGI_IDLE, /* the runtime's side: nothing sent */
    TSGI_STARTED,
    TSGI_OVER,

    TSGI_STATES,
    TSGI_ILLEGAL = TSGI_STATES
} tsgi_state;

/* The state after `kind` was sent in `state`, or TSGI_ILLEGAL. */
tsgi_state tsgi_order_next(tsgi_state state, tsgi_kind kind);

const char *tsgi_kind_name(tsgi_kind kind);
const char *tsgi_state_name(tsgi_state state);

#endif
