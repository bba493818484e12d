/* Ports: one wake for each sleep, none lost; what is queued when a port goes is freed. */

#include "fixture.h"

enum { SENDERS = 2, EACH = 40000 };

static unsigned plain_wakes;

static void count_wake(void *data)
{
    (void)data;
    plain_wakes++;
}

static tsgi_message *plain_message(void)
{
    return tsgi_message_new(NULL, TSGI_WANT, 0);
}

static void send_one(tsgi_port *port)
{
    tsgi_message *message = plain_message();

    tsgi_port_send(port, message, message);
}

static void receive_all(tsgi_port *port, int expected)
{
    int count = 0;

    for (tsgi_message *message; (message = tsgi_port_next(port)) != NULL; count++) {
        tsgi_message_done(message);
    }

    CHECK_INT(count, expected);
}

static void one_wake_for_each_sleep(void)
{
    tsgi_port *port = tsgi_port_new(NULL);

    plain_wakes = 0;
    tsgi_port_receive(port, count_wake, NULL);
    send_one(port);
    send_one(port);
    send_one(port);
    CHECK_INT(plain_wakes, 1);
    receive_all(port, 3);
    CHECK_INT(plain_wakes, 1);
    send_one(port);
    CHECK_INT(plain_wakes, 2);

    /* A receiver that stops half-way has not gone to sleep. */
    send_one(port);
    tsgi_message_done(tsgi_port_next(port));
    send_one(port);
    CHECK_INT(plain_wakes, 2);
    receive_all(port, 2);
    tsgi_port_close(port);
}

static void messages_wait_for_a_receiver(void)
{
    tsgi_port *port = tsgi_port_new(NULL);

    plain_wakes = 0;
    send_one(port);
    CHECK_INT(plain_wakes, 0);
    tsgi_port_receive(port, count_wake, NULL);
    receive_all(port, 1);
    tsgi_port_close(port);
}

static void what_is_queued_goes_with_the_port(void)
{
    tsgi_port *port = tsgi_port_new(NULL);

    for (int i = 0; i < 5; i++) {
        send_one(port);
    }

    tsgi_message_done(tsgi_port_next(port)); /* four are pending, more in the queue */
    send_one(port);
    tsgi_port_close(port);
}

/* ---- senders and a receiver that really sleeps ---- */

typedef struct sleeper {
    tsgi_port *port;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool woken;
    atomic_uint wakes;
    atomic_uint sleeps;
} sleeper;

static void wake_sleeper(void *data)
{
    sleeper *self = data;

    atomic_fetch_add(&self->wakes, 1);
    pthread_mutex_lock(&self->lock);
    self->woken = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static void *send_many(void *data)
{
    sleeper *self = data;

    for (int i = 0; i < EACH; i++) {
        send_one(self->port);

        if (i % 64 == 0) {
            usleep(0); /* lets the receiver fall asleep now and then */
        }
    }

    return NULL;
}

static void no_wake_is_lost(void)
{
    sleeper self = {.woken = false};
    pthread_t senders[SENDERS];
    int received = 0;

    pthread_mutex_init(&self.lock, NULL);
    pthread_cond_init(&self.changed, NULL);
    self.port = tsgi_port_new(NULL);
    tsgi_port_receive(self.port, wake_sleeper, &self);

    for (int i = 0; i < SENDERS; i++) {
        pthread_create(&senders[i], NULL, send_many, &self);
    }

    while (received < SENDERS * EACH) {
        tsgi_message *message = tsgi_port_next(self.port);

        if (message != NULL) {
            tsgi_message_done(message);
            received++;
            continue;
        }

        atomic_fetch_add(&self.sleeps, 1);
        pthread_mutex_lock(&self.lock);

        while (!self.woken) {
            struct timespec deadline;

            clock_gettime(CLOCK_REALTIME, &deadline);
            deadline.tv_sec += 10;

            if (pthread_cond_timedwait(&self.changed, &self.lock, &deadline) != 0) {
                CHECK(!"the receiver slept although there was a message: a wake was lost");
                exit(check_result());
            }
        }

        self.woken = false;
        pthread_mutex_unlock(&self.lock);
    }

    for (int i = 0; i < SENDERS; i++) {
        pthread_join(senders[i], NULL);
    }

    /* One sender may be quicker than the receiver that arms: a spurious wake, never more. */
    CHECK(atomic_load(&self.wakes) <= 2 * atomic_load(&self.sleeps) + 2);
    tsgi_port_close(self.port);
    pthread_cond_destroy(&self.changed);
    pthread_mutex_destroy(&self.lock);
}

static unsigned deferrals;

static void count_deferral(void *data)
{
    (void)data;
    deferrals++;
}

static const tsgi_host deferring_host = {.struct_size = sizeof(tsgi_host), .defer = count_deferral};

static void send_from(tsgi_port *from, tsgi_port *to)
{
    tsgi_message *message = plain_message();

    tsgi_port_send_from(from, to, message, message);
}

/* A host that defers is asked once to flush; each isolate is then woken once. */
static void deferred_wakes_come_with_the_flush(void)
{
    tsgi_port *from = tsgi_port_new(NULL);
    tsgi_port *to[TSGI_PORT_UNWOKEN + 1];

    plain_wakes = 0;
    deferrals = 0;
    from->host = deferring_host;

    for (unsigned i = 0; i <= TSGI_PORT_UNWOKEN; i++) {
        to[i] = tsgi_port_new(NULL);
        tsgi_port_receive(to[i], count_wake, NULL);
    }

    send_from(from, to[0]);
    send_from(from, to[1]);
    send_from(from, to[0]);
    CHECK_INT(plain_wakes, 0);
    CHECK_INT(deferrals, 1);
    tsgi_port_flush(from);
    CHECK_INT(plain_wakes, 2);
    tsgi_port_flush(from);
    CHECK_INT(plain_wakes, 2);
    receive_all(to[0], 2);
    receive_all(to[1], 1);

    /* More isolates than a port remembers: the others are woken early, none is forgotten. */
    for (unsigned i = 0; i <= TSGI_PORT_UNWOKEN; i++) {
        send_from(from, to[i]);
    }

    tsgi_port_flush(from);
    CHECK_INT(plain_wakes, 2 + TSGI_PORT_UNWOKEN + 1);
    CHECK_INT(deferrals, 3);

    for (unsigned i = 0; i <= TSGI_PORT_UNWOKEN; i++) {
        receive_all(to[i], 1);
        tsgi_port_close(to[i]);
    }

    tsgi_port_close(from);
}

int main(void)
{
    RUN(one_wake_for_each_sleep);
    RUN(deferred_wakes_come_with_the_flush);
    RUN(messages_wait_for_a_receiver);
    CHECK_LEAKS(what_is_queued_goes_with_the_port);
    RUN(no_wake_is_lost);

    return check_result();
}
