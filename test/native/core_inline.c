/* A port whose receiver may be run by the threads that send to it: tsgi_port_inline. */

#include "fixture.h"

enum { VISITORS = 2, EACH = 20000 };

static unsigned wakes, runs;
static bool let_in;
static tsgi_port *last_visitor;

static void count_wake(void *data)
{
    (void)data;
    wakes++;
}

static void count_deferral(void *data)
{
    (void)data;
}

static const tsgi_host host = {.struct_size = sizeof(tsgi_host), .defer = count_deferral};

static tsgi_port *visiting_port(void)
{
    tsgi_port *port = tsgi_port_new(NULL);

    port->host = host;
    port->is_inline = true;

    return port;
}

static void send_from(tsgi_port *from, tsgi_port *to)
{
    tsgi_message *message = tsgi_message_new(NULL, TSGI_WANT, 0);

    tsgi_port_send_from(from, to, message, message);
}

static unsigned receive_all(tsgi_port *port)
{
    unsigned count = 0;

    for (tsgi_message *message; (message = tsgi_port_next(port)) != NULL; count++) {
        tsgi_message_done(message);
    }

    return count;
}

/* Receives all, and answers. */
static bool run(void *data, tsgi_port *visitor)
{
    tsgi_port *port = data;

    last_visitor = visitor;

    if (!let_in) {
        return false;
    }

    runs++;
    receive_all(port);

    tsgi_message *answer = tsgi_message_new(NULL, TSGI_WANT, 0);

    tsgi_port_send(visitor, answer, answer);

    return true;
}

/* Nobody has been woken or run yet.  `open`: the receiver lets visitors in. */
static void begin(tsgi_port *from, tsgi_port *to, bool open)
{
    wakes = runs = 0;
    let_in = open;
    tsgi_port_receive(from, count_wake, NULL);
    tsgi_port_receive(to, count_wake, NULL);
}

static void the_sender_runs_the_receiver(void)
{
    tsgi_port *from = visiting_port();
    tsgi_port *to = tsgi_port_new(NULL);

    begin(from, to, true);
    tsgi_port_inline(to, run, to);

    CHECK_INT(tsgi_port_flush(from), 0);
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 1);
    CHECK_INT(runs, 1);
    CHECK(last_visitor == from);
    CHECK_INT(wakes, 0); /* neither of the receiver nor of the visitor, who drains now */
    CHECK_INT(receive_all(from), 1);

    /* Awake or asleep: whoever has the lock is the receiver. */
    atomic_store(&to->armed, false);
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 1);
    CHECK_INT(runs, 2);
    CHECK_INT(wakes, 0);
    CHECK_INT(receive_all(from), 1);

    /* One that leaves while a visitor waits leaves the rest to him, who takes it or wakes. */
    send_from(from, to);
    pthread_mutex_lock(&to->receiver_lock);
    atomic_store(&to->armed, false);
    atomic_store(&to->visitors, 1);
    CHECK(tsgi_port_rest(to));
    atomic_store(&to->visitors, 0);
    CHECK(!tsgi_port_rest(to));
    CHECK_INT(tsgi_port_flush(from), 0);
    CHECK_INT(wakes, 1);
    pthread_mutex_unlock(&to->receiver_lock);
    CHECK_INT(receive_all(to), 1);

    tsgi_port_close(to);
    tsgi_port_close(from);
}

static void who_is_not_let_in_wakes(void)
{
    tsgi_port *from = visiting_port();
    tsgi_port *to = tsgi_port_new(NULL);

    begin(from, to, false);

    /* Nobody may be let in yet. */
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 0);
    CHECK_INT(wakes, 1);
    CHECK_INT(receive_all(to), 1);

    /* It is refused; what comes for it from then on makes no wake, so it is told to drain. */
    tsgi_port_inline(to, run, to);
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 1);
    CHECK_INT(wakes, 2);
    CHECK_INT(receive_all(to), 1);
    CHECK_INT(receive_all(from), 0);

    /* The receiver is there. */
    let_in = true;
    pthread_mutex_lock(&to->receiver_lock);
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 0);
    CHECK_INT(wakes, 3);
    pthread_mutex_unlock(&to->receiver_lock);
    CHECK_INT(receive_all(to), 1);

    /* No longer. */
    tsgi_port_inline(to, NULL, NULL);
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 0);
    CHECK_INT(wakes, 4);
    CHECK_INT(receive_all(to), 1);
    CHECK_INT(runs, 0);

    /* A host that does not want to. */
    tsgi_port_inline(to, run, to);
    from->is_inline = false;
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 0);
    CHECK_INT(wakes, 5);
    CHECK_INT(receive_all(to), 1);

    tsgi_port_close(to);
    tsgi_port_close(from);
}

static void a_closed_door_is_not_waited_at(void)
{
    tsgi_port *from = visiting_port();
    tsgi_port *to = tsgi_port_new(NULL);

    begin(from, to, true);
    tsgi_port_inline(to, run, to);

    tsgi_port_inline_after(to, UINT64_MAX);
    pthread_mutex_lock(&to->receiver_lock);
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 0);
    CHECK_INT(wakes, 1);
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 0);
    CHECK_INT(wakes, 1); /* it is awake */
    pthread_mutex_unlock(&to->receiver_lock);
    CHECK_INT(receive_all(to), 2);
    CHECK_INT(runs, 0);

    tsgi_port_inline_after(to, 1);
    send_from(from, to);
    CHECK_INT(tsgi_port_flush(from), 1);
    CHECK_INT(runs, 1);
    CHECK_INT(receive_all(from), 1);

    tsgi_port_close(to);
    tsgi_port_close(from);
}

static void a_receiver_that_leaves_off_says_what_is_left(void)
{
    tsgi_port *from = visiting_port();
    tsgi_port *to = tsgi_port_new(NULL);

    send_from(from, to);
    send_from(from, to);
    tsgi_message_done(tsgi_port_next(to));
    CHECK(!tsgi_port_rest(to)); /* one is taken and not handed out */
    tsgi_message_done(tsgi_port_next(to));
    send_from(from, to);
    CHECK(!tsgi_port_rest(to)); /* one is queued */
    tsgi_message_done(tsgi_port_next(to));
    CHECK(tsgi_port_rest(to));
    CHECK(atomic_load(&to->armed));
    tsgi_port_flush(from);
    tsgi_port_close(to);
    tsgi_port_close(from);
}

/* ---- visitors beside a receiver that sleeps ---- */

typedef struct sleeper {
    tsgi_port *port;
    unsigned received; /* plain: whoever has the receiver lock */
    bool resting;      /* so is this */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool woken;
    bool stopping;
} sleeper;

static void wake_sleeper(void *data)
{
    sleeper *self = data;

    pthread_mutex_lock(&self->lock);
    self->woken = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static bool visit(void *data, tsgi_port *visitor)
{
    sleeper *self = data;

    (void)visitor;

    if (!self->resting || self->received % 16 == 5) {
        return false; /* now and then nobody is let in */
    }

    self->received += receive_all(self->port);

    return true;
}

/* As an isolate's thread does: it has the lock but while it sleeps. */
static void *sleep_and_receive(void *data)
{
    sleeper *self = data;
    bool stopping = false;

    pthread_mutex_lock(&self->port->receiver_lock);
    tsgi_port_inline(self->port, visit, self);

    while (!stopping) {
        self->received += receive_all(self->port);
        self->resting = true;
        pthread_mutex_unlock(&self->port->receiver_lock);

        pthread_mutex_lock(&self->lock);

        while (!self->woken && !self->stopping) {
            pthread_cond_wait(&self->changed, &self->lock);
        }

        self->woken = false;
        stopping = self->stopping;
        pthread_mutex_unlock(&self->lock);

        pthread_mutex_lock(&self->port->receiver_lock);
        self->resting = false;
    }

    tsgi_port_inline(self->port, NULL, NULL);
    pthread_mutex_unlock(&self->port->receiver_lock);

    return NULL;
}

static void *send_many(void *data)
{
    sleeper *self = data;
    tsgi_port *from = visiting_port();

    for (int i = 0; i < EACH; i++) {
        send_from(from, self->port);
        tsgi_port_flush(from);
    }

    tsgi_port_close(from);

    return NULL;
}

static unsigned received_by(sleeper *self)
{
    pthread_mutex_lock(&self->port->receiver_lock);

    unsigned received = self->received;

    pthread_mutex_unlock(&self->port->receiver_lock);

    return received;
}

static void nothing_is_left_lying(void)
{
    sleeper self = {.woken = false};
    pthread_t receiver, senders[VISITORS];

    pthread_mutex_init(&self.lock, NULL);
    pthread_cond_init(&self.changed, NULL);
    self.port = tsgi_port_new(NULL);
    tsgi_port_receive(self.port, wake_sleeper, &self);
    pthread_create(&receiver, NULL, sleep_and_receive, &self);

    for (int i = 0; i < VISITORS; i++) {
        pthread_create(&senders[i], NULL, send_many, &self);
    }

    for (int i = 0; i < VISITORS; i++) {
        pthread_join(senders[i], NULL);
    }

    for (int i = 0; i < 10000 && received_by(&self) < VISITORS * EACH; i++) {
        usleep(1000); /* a bound: what was woken is on its way */
    }

    CHECK_INT(received_by(&self), VISITORS * EACH);

    pthread_mutex_lock(&self.lock);
    self.stopping = true;
    pthread_cond_signal(&self.changed);
    pthread_mutex_unlock(&self.lock);
    pthread_join(receiver, NULL);

    tsgi_port_close(self.port);
    pthread_cond_destroy(&self.changed);
    pthread_mutex_destroy(&self.lock);
}

int main(void)
{
    RUN(the_sender_runs_the_receiver);
    RUN(who_is_not_let_in_wakes);
    RUN(a_closed_door_is_not_waited_at);
    RUN(a_receiver_that_leaves_off_says_what_is_left);
    RUN(nothing_is_left_lying);

    return check_result();
}
