#include "queue.h"

#include <stddef.h>

/* Turns a list round.  Its first message becomes its last. */
static tsgi_message *reverse(tsgi_message *message)
{
    tsgi_message *reversed = NULL;

    while (message != NULL) {
        tsgi_message *next = message->next;

        message->next = reversed;
        reversed = message;
        message = next;
    }

    return reversed;
}

void tsgi_queue_init(tsgi_queue *queue)
{
    atomic_init(&queue->head, NULL);
}

void tsgi_queue_push(tsgi_queue *queue, tsgi_message *first, tsgi_message *last)
{
    last->next = NULL;

    /* The list is kept newest first, so a chain goes in the other way round. */
    tsgi_message *newest = reverse(first);
    tsgi_message *head = atomic_load_explicit(&queue->head, memory_order_relaxed);

    do {
        first->next = head;
    } while (!atomic_compare_exchange_weak_explicit(&queue->head, &head, newest,
                                                    memory_order_seq_cst, memory_order_relaxed));
}

tsgi_message *tsgi_queue_take(tsgi_queue *queue)
{
    return reverse(atomic_exchange_explicit(&queue->head, NULL, memory_order_acquire));
}

bool tsgi_queue_is_empty(const tsgi_queue *queue)
{
    return atomic_load_explicit(&queue->head, memory_order_seq_cst) == NULL;
}
