/*
 * An intrusive queue of messages with many senders and one receiver.
 *
 * Senders push onto an atomic list head; the receiver takes the whole list at once and
 * turns it round, so that what one sender pushed first comes out first.  There is no
 * allocation and no capacity, hence no full queue to handle: what is in flight is bounded
 * one level up, by the number of live exchanges and the credit of each (exchange.h).
 * Taking everything leaves no room for the ABA problem of lists from which one is popped.
 */

#ifndef TSGI_CORE_QUEUE_H
#define TSGI_CORE_QUEUE_H

#include <stdbool.h>

#include "atomics.h"
#include "tsgi/message.h"

typedef struct tsgi_queue {
    _Atomic(tsgi_message *) head; /* last pushed first */
} tsgi_queue;

void tsgi_queue_init(tsgi_queue *queue);

/* Any thread.  Pushes the messages from `first` to `last`, linked by next, as one. */
void tsgi_queue_push(tsgi_queue *queue, tsgi_message *first, tsgi_message *last);

/* The receiver.  All that is there, oldest first; NULL: nothing. */
tsgi_message *tsgi_queue_take(tsgi_queue *queue);

/* The receiver.  Ordered after every store the caller made before (sequentially consistent). */
bool tsgi_queue_is_empty(const tsgi_queue *queue);

#endif
