/* The queue: order of each sender, nothing lost, on one thread and on several. */

#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "core/queue.h"

enum { SENDERS = 3, EACH = 60000 };

typedef struct numbered {
    tsgi_message message; /* first: a message is its number's address too */
    int sender;
    int number;
} numbered;

static numbered *make(int sender, int number)
{
    numbered *made = calloc(1, sizeof(numbered));

    made->sender = sender;
    made->number = number;

    return made;
}

static void first_in_first_out(void)
{
    tsgi_queue queue;
    numbered all[5] = {0};

    tsgi_queue_init(&queue);
    CHECK(tsgi_queue_is_empty(&queue));
    CHECK(tsgi_queue_take(&queue) == NULL);

    for (int i = 0; i < 5; i++) {
        all[i].number = i;
        tsgi_queue_push(&queue, &all[i].message, &all[i].message);
        CHECK(!tsgi_queue_is_empty(&queue));
    }

    tsgi_message *message = tsgi_queue_take(&queue);

    for (int i = 0; i < 5; i++, message = message->next) {
        CHECK(message == &all[i].message);
    }

    CHECK(message == NULL);
    CHECK(tsgi_queue_is_empty(&queue));
}

static void a_chain_stays_together_and_in_order(void)
{
    tsgi_queue queue;
    numbered all[6] = {0};

    tsgi_queue_init(&queue);
    tsgi_queue_push(&queue, &all[0].message, &all[0].message);
    all[1].message.next = &all[2].message;
    all[2].message.next = &all[3].message;
    all[3].message.next = &all[5].message; /* the end is where the sender says it is */
    tsgi_queue_push(&queue, &all[1].message, &all[3].message);
    tsgi_queue_push(&queue, &all[4].message, &all[4].message);

    tsgi_message *message = tsgi_queue_take(&queue);

    for (int i = 0; i < 5; i++, message = message->next) {
        CHECK(message == &all[i].message);
    }

    CHECK(message == NULL);
}

typedef struct sender {
    pthread_t thread;
    tsgi_queue *queue;
    int number;
} sender;

static void *send_all(void *data)
{
    sender *self = data;

    for (int i = 0; i < EACH; i += 2) {
        numbered *first = make(self->number, i);
        numbered *last = make(self->number, i + 1);

        first->message.next = &last->message;
        tsgi_queue_push(self->queue, &first->message, &last->message);
    }

    return NULL;
}

static void many_senders_lose_nothing(void)
{
    tsgi_queue queue;
    sender senders[SENDERS];
    int next[SENDERS] = {0};
    int received = 0;

    tsgi_queue_init(&queue);

    for (int i = 0; i < SENDERS; i++) {
        senders[i].queue = &queue;
        senders[i].number = i;
        pthread_create(&senders[i].thread, NULL, send_all, &senders[i]);
    }

    while (received < SENDERS * EACH) {
        tsgi_message *message = tsgi_queue_take(&queue);

        while (message != NULL) {
            numbered *one = (numbered *)(void *)message;

            message = message->next;
            CHECK_INT(one->number, next[one->sender]++);
            free(one);
            received++;
        }
    }

    for (int i = 0; i < SENDERS; i++) {
        pthread_join(senders[i].thread, NULL);
        CHECK_INT(next[i], EACH);
    }

    CHECK(tsgi_queue_is_empty(&queue));
}

int main(void)
{
    RUN(first_in_first_out);
    RUN(a_chain_stays_together_and_in_order);
    RUN(many_senders_lose_nothing);

    return check_result();
}
