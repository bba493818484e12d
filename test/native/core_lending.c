/*
 * Ports that Apache lends to requests, by its own file: threads that take one for each request, leave
 * many in the middle, and give it back, while isolates answer and the recorder drains what nobody
 * attends.  No thread may sleep although there is something for it, and no record be lost.
 */

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"

/* ---- instead of mod_tsgi.h and httpd ---- */

#define MOD_TSGI_H
#define MOD_TSGI_DRAIN 64
#define MOD_TSGI_LOOKOUT 10
#define MOD_TSGI_E_NO_MEMORY ""
#define MOD_TSGI_E_WAKE ""
#define ap_log_error(mark, level, error, s, ...) ((void)(s))

typedef void server_rec;

typedef struct mod_tsgi_port {
    tsgi_port *port;
    int wake_fd;
    atomic_bool attended;
    pthread_mutex_t lock;
    struct mod_tsgi_port *next;
    struct mod_tsgi_port *idle;
} mod_tsgi_port;

static const tsgi_api *mod_tsgi_api;
static tsgi_runtime *mod_tsgi_runtime;
static int recorder_fd;

static void mod_tsgi_eventfd_post(int fd)
{
    uint64_t one = 1;

    CHECK_INT(write(fd, &one, sizeof(one)), sizeof(one));
}

static void eventfd_take(int fd)
{
    uint64_t count;

    (void)!read(fd, &count, sizeof(count));
}

/* Others go first: whom to wake has been decided, and may be wrong by now. */
static void mod_tsgi_recorder_wake(void)
{
    sched_yield();
    mod_tsgi_eventfd_post(recorder_fd);
}

static void mod_tsgi_deliver(void *data, void *request, tsgi_message *message);
static void mod_tsgi_log(void *data, const tsgi_record *record);
static void mod_tsgi_alarm(void *data, const char *text, uint32_t size);
mod_tsgi_port *mod_tsgi_port_attend(server_rec *s);
void mod_tsgi_port_leave(mod_tsgi_port *port);
int mod_tsgi_ports_drain(void);
void mod_tsgi_ports_wake(void);

#include "../../apache-module/mod_tsgi_port.c"

/* ---- requests ---- */

enum { THREADS = 4, ISOLATES = 2, REQUESTS = 4000, PIECES = 8, AHEAD = 100, PATIENCE = 20000 };

typedef struct request {
    tsgi_exchange *exchange;
    bool ended;
} request;

static fixture base;
static atomic_int records;
static atomic_int begun;
static atomic_int answered;
static atomic_bool stop;

static void mod_tsgi_deliver(void *data, void *target, tsgi_message *message)
{
    request *self = target;

    (void)data;

    if (message->kind == TSGI_DATA) {
        tsgi_message_done(message);
    } else if (message->kind == TSGI_END) {
        self->exchange = NULL;
        self->ended = true;
    }
}

static void mod_tsgi_log(void *data, const tsgi_record *record)
{
    (void)data;
    (void)record;
    atomic_fetch_add(&records, 1);
}

static void mod_tsgi_alarm(void *data, const char *text, uint32_t size)
{
    (void)data;
    (void)text;
    (void)size;
}

static void sleep_on(int fd)
{
    struct pollfd set = {.fd = fd, .events = POLLIN};

    if (poll(&set, 1, PATIENCE) != 1) {
        CHECK(!"a thread slept although there was work: a wake was lost");
        exit(check_result());
    }

    eventfd_take(fd);
}

/* As mod_tsgi_handler.c: nothing is drained before the first sleep but by attend. */
static void handle(uint32_t *random)
{
    tsgi_view view = fixture_view();
    mod_tsgi_port *port = mod_tsgi_port_attend(NULL);
    request self = {0};
    bool leaves = check_random(random) % 4 != 0;

    view.flags = TSGI_VIEW_EMPTY_BODY;
    CHECK_INT(tsgi_exchange_begin(port->port, base.app, &view, &self, &self.exchange), TSGI_OK);

    while (!self.ended) {
        mod_tsgi_api->port_flush(port->port);
        sleep_on(port->wake_fd);
        mod_tsgi_api->port_drain(port->port, 1 + check_random(random) % MOD_TSGI_DRAIN);

        if (self.exchange != NULL && leaves) {
            tsgi_exchange_abort(self.exchange, TSGI_ABORT_CLIENT);
            break;
        }

        while (!self.ended && mod_tsgi_api->port_drain(port->port, MOD_TSGI_DRAIN) > 0) {
        }
    }

    mod_tsgi_port_leave(port);
}

static void *run_thread(void *data)
{
    uint32_t random = *(const uint32_t *)data;

    for (int i = 0; i < REQUESTS; i++) {
        atomic_fetch_add(&begun, 1);
        handle(&random);

        /* Those that were left are answered all the same; beyond a bound records are dropped. */
        while (atomic_load(&begun) - atomic_load(&answered) > AHEAD) {
            sched_yield();
        }
    }

    return NULL;
}

static void wake_recorder(void *data)
{
    (void)data;
    mod_tsgi_recorder_wake();
}

static const tsgi_host recorder_host = {.struct_size = sizeof(tsgi_host),
                                        .wake = wake_recorder,
                                        .deliver = mod_tsgi_deliver,
                                        .log = mod_tsgi_log,
                                        .alarm = mod_tsgi_alarm};

static void *run_recorder(void *data)
{
    (void)data;

    while (!atomic_load(&stop)) {
        sleep_on(recorder_fd);

        while (tsgi_exchange_drain(base.port, MOD_TSGI_DRAIN) > 0 || mod_tsgi_ports_drain()) {
        }
    }

    return NULL;
}

/* ---- isolates ---- */

static void wake_isolate(void *data)
{
    mod_tsgi_eventfd_post(*(const int *)data);
}

static void answer(tsgi_exchange *exchange)
{
    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    sched_yield(); /* the rest comes when the host may have left */

    for (int i = 0; i < PIECES; i++) {
        CHECK_INT(fixture_data(exchange, 10), TSGI_OK);
        tsgi_log(exchange->runtime, exchange, NULL, TSGI_LEVEL_INFO, 0, "text", 4);
    }

    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    atomic_fetch_add(&answered, 1);
}

typedef struct isolate {
    tsgi_port *port;
    int wake_fd;
    pthread_t thread;
} isolate;

static void *run_isolate(void *data)
{
    isolate *self = data;

    while (!atomic_load(&stop)) {
        tsgi_message *message = tsgi_port_next(self->port);

        if (message == NULL) {
            sleep_on(self->wake_fd);
            continue;
        }

        if (message->kind == TSGI_BEGIN) {
            answer(message->exchange);
        }

        tsgi_message_done(message);
    }

    return NULL;
}

static void open_isolate(isolate *self, uint32_t index)
{
    self->port = base.group->ports[index];
    self->wake_fd = eventfd(0, EFD_CLOEXEC);
    tsgi_port_receive(self->port, wake_isolate, &self->wake_fd);
    pthread_create(&self->thread, NULL, run_isolate, self);
}

static void close_isolate(isolate *self)
{
    tsgi_message *message;

    mod_tsgi_eventfd_post(self->wake_fd);
    pthread_join(self->thread, NULL);
    tsgi_port_receive(self->port, NULL, NULL);

    while ((message = tsgi_port_next(self->port)) != NULL) {
        tsgi_message_done(message);
    }

    close(self->wake_fd);
}

/* While the recorder runs: nothing waits for the next request. */
static void await_records(int count)
{
    time_t deadline = time(NULL) + PATIENCE / 1000;

    while (atomic_load(&records) < count && time(NULL) < deadline) {
        sched_yield();
    }

    CHECK_INT(atomic_load(&records), count);
}

static void close_ports(void)
{
    for (mod_tsgi_port *port = atomic_load(&ports); port != NULL;) {
        mod_tsgi_port *next = port->next;

        CHECK(!atomic_load(&port->attended));
        tsgi_runtime_port_close(port->port);
        free_port(port);
        port = next;
    }
}

static void lent_to_requests(void)
{
    static tsgi_api api;
    isolate isolates[ISOLATES];
    pthread_t threads[THREADS], recorder;
    uint32_t seeds[THREADS];

    fixture_open(&base, 1 << 16, ISOLATES);
    api = tsgi_api_make();
    mod_tsgi_api = &api;
    mod_tsgi_runtime = base.runtime;
    recorder_fd = eventfd(0, EFD_CLOEXEC);
    tsgi_runtime_port_close(base.port);
    base.port = tsgi_runtime_port_open(base.runtime, &recorder_host, NULL);
    pthread_create(&recorder, NULL, run_recorder, NULL);

    for (uint32_t i = 0; i < ISOLATES; i++) {
        open_isolate(&isolates[i], i);
    }

    for (uint32_t i = 0; i < THREADS; i++) {
        seeds[i] = 20261121 + i;
        pthread_create(&threads[i], NULL, run_thread, &seeds[i]);
    }

    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }

    await_records(PIECES * THREADS * REQUESTS);
    atomic_store(&stop, true);
    mod_tsgi_recorder_wake();
    pthread_join(recorder, NULL);

    for (uint32_t i = 0; i < ISOLATES; i++) {
        close_isolate(&isolates[i]);
    }

    close_ports();
    fixture_close(&base);
    close(recorder_fd);
}

int main(void)
{
    RUN(lent_to_requests);

    return check_result();
}
