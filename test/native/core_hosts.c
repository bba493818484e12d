/*
 * Several host threads with a port each, two isolates of one group, and the thread of the first
 * port, as under Apache: who is woken, who gets which message, and that no record is lost.
 */

#include <time.h>

#include "fixture.h"

enum { HOSTS = 4, ISOLATES = 2, EXCHANGES = 1500, AT_ONCE = 8, ALL = HOSTS * EXCHANGES };

typedef struct seat { /* where a thread sleeps */
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool woken;
} seat;

typedef struct party {
    fixture base;
    seat recorder;
    atomic_int over;    /* exchanges that an isolate has done with */
    atomic_int records; /* logged */
    atomic_bool stop;
    seat isolates[ISOLATES];
} party;

typedef struct host {
    party *party;
    tsgi_port *port;
    seat seat;
    pthread_t thread;
    uint32_t random;
    tsgi_exchange *live[AT_ONCE]; /* `request` is the address of its place */
    int begun;
    int ended;
    int aborted;
} host;

typedef struct isolate {
    party *party;
    tsgi_port *port;
    seat *seat;
} isolate;

static void seat_open(seat *seat)
{
    pthread_mutex_init(&seat->lock, NULL);
    pthread_cond_init(&seat->cond, NULL);
    seat->woken = false;
}

static void seat_close(seat *seat)
{
    pthread_cond_destroy(&seat->cond);
    pthread_mutex_destroy(&seat->lock);
}

static void seat_wake(void *data)
{
    seat *seat = data;

    pthread_mutex_lock(&seat->lock);
    seat->woken = true;
    pthread_cond_signal(&seat->cond);
    pthread_mutex_unlock(&seat->lock);
}

static void seat_sleep(seat *seat)
{
    struct timespec deadline;

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 30;
    pthread_mutex_lock(&seat->lock);

    while (!seat->woken) {
        if (pthread_cond_timedwait(&seat->cond, &seat->lock, &deadline) != 0) {
            CHECK(!"a thread slept although there was work: a wake was lost");
            exit(check_result());
        }
    }

    seat->woken = false;
    pthread_mutex_unlock(&seat->lock);
}

/* ---- hosts ---- */

static void wake_host(void *data)
{
    seat_wake(&((host *)data)->seat);
}

static void deliver(void *data, void *request, tsgi_message *message)
{
    host *self = data;
    tsgi_exchange **place = request;

    CHECK(place >= self->live && place < self->live + AT_ONCE);
    CHECK(*place == message->exchange);

    if (message->kind == TSGI_DATA) {
        tsgi_message_done(message);
    } else if (message->kind == TSGI_END) {
        *place = NULL;
        self->ended++;
    }
}

static void log_of_host(void *data, const tsgi_record *record)
{
    host *self = data;
    tsgi_exchange **place = record->request;

    CHECK(place == NULL || (place >= self->live && place < self->live + AT_ONCE && *place != NULL));
    atomic_fetch_add(&self->party->records, 1);
}

static void defer(void *data)
{
    (void)data;
}

static const tsgi_host host_table = {.struct_size = sizeof(tsgi_host),
                                     .wake = wake_host,
                                     .deliver = deliver,
                                     .log = log_of_host,
                                     .alarm = fixture_alarm,
                                     .defer = defer};

static void begin(host *self, tsgi_exchange **place)
{
    tsgi_view view = fixture_view();

    view.flags = TSGI_VIEW_EMPTY_BODY;
    self->begun++;
    CHECK_INT(tsgi_exchange_begin(self->port, self->party->base.app, &view, place, place), TSGI_OK);

    if (check_random(&self->random) % 8 == 0) {
        tsgi_exchange *exchange = *place;

        *place = NULL;
        self->ended++;
        self->aborted++;
        tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
    }
}

static void *run_host(void *data)
{
    host *self = data;

    while (self->ended < EXCHANGES) {
        for (int i = 0; i < AT_ONCE && self->begun < EXCHANGES; i++) {
            if (self->live[i] == NULL) {
                begin(self, &self->live[i]);
            }
        }

        tsgi_port_flush(self->port);

        if (tsgi_exchange_drain(self->port, 16) == 0 && self->ended < EXCHANGES) {
            seat_sleep(&self->seat);
        }
    }

    return NULL;
}

/* ---- the thread of the first port ---- */

static void wake_recorder(void *data)
{
    seat_wake(&((party *)data)->recorder);
}

static void log_of_recorder(void *data, const tsgi_record *record)
{
    party *self = data;

    CHECK(record->request == NULL);
    CHECK_TEXT(record->request_id.data, record->request_id.size, "abc");
    atomic_fetch_add(&self->records, 1);
}

static const tsgi_host recorder_table = {.struct_size = sizeof(tsgi_host),
                                         .wake = wake_recorder,
                                         .deliver = deliver,
                                         .log = log_of_recorder,
                                         .alarm = fixture_alarm};

static void *run_recorder(void *data)
{
    party *self = data;

    while (!atomic_load(&self->stop)) {
        seat_sleep(&self->recorder);

        while (tsgi_exchange_drain(self->base.port, 16) > 0) {
        }
    }

    return NULL;
}

/* ---- isolates ---- */

static void answer(tsgi_exchange *exchange)
{
    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    CHECK_INT(fixture_data(exchange, 100), TSGI_OK);
    tsgi_log(exchange->runtime, exchange, NULL, TSGI_LEVEL_INFO, 0, "live", 4);
    tsgi_exchange_ref(exchange);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    tsgi_log(exchange->runtime, exchange, NULL, TSGI_LEVEL_INFO, 0, "late", 4);
    tsgi_exchange_unref(exchange);
}

static void *run_isolate(void *data)
{
    isolate *self = data;

    while (!atomic_load(&self->party->stop)) {
        tsgi_message *message = tsgi_port_next(self->port);

        if (message == NULL) {
            seat_sleep(self->seat);
            continue;
        }

        if (message->kind == TSGI_BEGIN) {
            answer(message->exchange);
            atomic_fetch_add(&self->party->over, 1);
        }

        tsgi_message_done(message);
    }

    return NULL;
}

/* ---- together ---- */

static void open_host(party *self, host *host, uint32_t random)
{
    memset(host, 0, sizeof(*host));
    host->party = self;
    host->random = random;
    seat_open(&host->seat);
    host->port = tsgi_runtime_port_open(self->base.runtime, &host_table, host);
}

static void close_host(host *host)
{
    CHECK_INT(host->begun, EXCHANGES);
    CHECK(host->aborted > EXCHANGES / 20 && host->aborted < EXCHANGES / 2);

    while (tsgi_exchange_drain(host->port, 16) > 0) {
    }

    tsgi_runtime_port_close(host->port);
    seat_close(&host->seat);
}

static void run_hosts(party *self)
{
    static host hosts[HOSTS];

    for (uint32_t i = 0; i < HOSTS; i++) {
        open_host(self, &hosts[i], 20261121 + i);
        pthread_create(&hosts[i].thread, NULL, run_host, &hosts[i]);
    }

    for (uint32_t i = 0; i < HOSTS; i++) {
        pthread_join(hosts[i].thread, NULL);
    }

    while (atomic_load(&self->over) < ALL) {
        sched_yield(); /* exchanges that were aborted are answered all the same */
    }

    for (uint32_t i = 0; i < HOSTS; i++) {
        close_host(&hosts[i]);
    }
}

static void several_hosts(void)
{
    static party self;
    isolate isolates[ISOLATES];
    pthread_t threads[ISOLATES];
    pthread_t recorder;
    tsgi_message *message;

    memset(&self, 0, sizeof(self));
    fixture_open(&self.base, 1 << 16, ISOLATES);
    tsgi_runtime_port_close(self.base.port);
    seat_open(&self.recorder);
    self.base.port = tsgi_runtime_port_open(self.base.runtime, &recorder_table, &self);
    pthread_create(&recorder, NULL, run_recorder, &self);

    for (int i = 0; i < ISOLATES; i++) {
        isolates[i] = (isolate){&self, self.base.group->ports[i], &self.isolates[i]};
        seat_open(isolates[i].seat);
        tsgi_port_receive(isolates[i].port, seat_wake, isolates[i].seat);
        pthread_create(&threads[i], NULL, run_isolate, &isolates[i]);
    }

    run_hosts(&self);
    atomic_store(&self.stop, true);
    seat_wake(&self.recorder);
    pthread_join(recorder, NULL);

    for (int i = 0; i < ISOLATES; i++) {
        seat_wake(isolates[i].seat);
        pthread_join(threads[i], NULL);
        tsgi_port_receive(isolates[i].port, NULL, NULL);

        while ((message = tsgi_port_next(isolates[i].port)) != NULL) {
            tsgi_message_done(message);
        }

        seat_close(isolates[i].seat);
    }

    while (tsgi_exchange_drain(self.base.port, 16) > 0) {
    }

    CHECK_INT(atomic_load(&self.over), ALL);
    CHECK_INT(atomic_load(&self.records), 2 * ALL);
    fixture_close(&self.base);
    seat_close(&self.recorder);
}

int main(void)
{
    RUN(several_hosts);

    return check_result();
}
