/* Seats of a group whose isolates change: which port an exchange is begun on, and who holds it. */

#include "fixture.h"

/* As an isolate does that is there from now on. */
static tsgi_port *take_seat(fixture *f, tsgi_port **before)
{
    tsgi_port *port = tsgi_port_new(f->runtime);

    tsgi_port_ref(port);
    *before = tsgi_group_seat(f->group, 0, port);

    return port;
}

static void receive(tsgi_port *port, tsgi_kind kind)
{
    tsgi_message *message = tsgi_port_next(port);

    CHECK(message != NULL);

    if (message != NULL) {
        CHECK_INT(message->kind, kind);
        tsgi_message_done(message);
    }
}

static void nothing_is_begun_on_the_port_before(void)
{
    fixture f;
    fixture_request requests[2];
    tsgi_port *before;

    fixture_open(&f, 1000, 1);

    tsgi_exchange *old = fixture_begin(&f, &requests[0], 0);
    tsgi_port *now = take_seat(&f, &before);
    tsgi_exchange *new = fixture_begin(&f, &requests[1], 0);

    CHECK_INT(atomic_load(&before->live), 1);
    CHECK_INT(atomic_load(&now->live), 1);

    /* What belongs to the old exchange goes where that began. */
    CHECK_INT(tsgi_exchange_body_end(old, 0), TSGI_OK);
    receive(before, TSGI_BEGIN);
    receive(before, TSGI_BODY_END);
    receive(now, TSGI_BEGIN);
    CHECK(tsgi_port_next(now) == NULL);

    CHECK_INT(tsgi_exchange_end(old, 500), TSGI_OK);
    CHECK_INT(atomic_load(&before->live), 0);
    CHECK_INT(tsgi_exchange_end(new, 500), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(requests[0].ends + requests[1].ends, 2);

    tsgi_port_unref(now);
    tsgi_port_close(before);
    fixture_close(&f);
}

static void a_port_that_refuses_is_passed_by(void)
{
    fixture f;
    fixture_request requests[3];
    tsgi_exchange *exchanges[3];
    tsgi_view view = fixture_view();

    fixture_open(&f, 1000, 2);

    tsgi_port *refusing = tsgi_group_port(f.group, 0);
    tsgi_port *other = tsgi_group_port(f.group, 1);

    tsgi_group_refuse(f.group, refusing, true);

    for (int i = 0; i < 2; i++) {
        exchanges[i] = fixture_begin(&f, &requests[i], 0);
    }

    CHECK_INT(atomic_load(&refusing->live), 0);
    CHECK_INT(atomic_load(&other->live), 2);

    tsgi_group_refuse(f.group, other, true);
    CHECK_INT(tsgi_exchange_begin(f.port, f.app, &view, NULL, &exchanges[2]), TSGI_FULL);

    tsgi_group_refuse(f.group, refusing, false);
    exchanges[2] = fixture_begin(&f, &requests[2], 0);
    CHECK_INT(atomic_load(&refusing->live), 1);
    tsgi_group_refuse(f.group, other, false);

    receive(other, TSGI_BEGIN);
    receive(other, TSGI_BEGIN);
    receive(refusing, TSGI_BEGIN);

    for (int i = 0; i < 3; i++) {
        CHECK_INT(tsgi_exchange_end(exchanges[i], 500), TSGI_OK);
    }

    fixture_drain(&f);
    tsgi_port_unref(refusing);
    tsgi_port_unref(other);
    fixture_close(&f);
}

/* The isolate has ended the exchange and gone, the host has not looked yet. */
static void a_port_that_has_gone_takes_what_comes_late(void)
{
    fixture f;
    fixture_request request;
    tsgi_port *before;

    fixture_open(&f, 1000, 1);

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);
    tsgi_port *now = take_seat(&f, &before);

    receive(before, TSGI_BEGIN);
    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    tsgi_port_close(before);

    CHECK_INT(tsgi_exchange_body(exchange, "late", 4), TSGI_OK);
    CHECK_INT(tsgi_exchange_body_end(exchange, 0), TSGI_OK);
    CHECK_INT(atomic_load(&exchange->refs), 2); /* the host's, END's */
    fixture_drain(&f);
    CHECK_INT(request.ends, 1);

    tsgi_port_unref(now);
    fixture_close(&f);
}

static void count(void *data)
{
    ++*(unsigned *)data;
}

/* The same for a host that wakes later. */
static void a_port_to_be_woken_outlives_its_isolate(void)
{
    fixture f;
    fixture_request request;
    tsgi_port *before;
    unsigned asked = 0;

    fixture_open(&f, 1000, 1);
    f.port->host.defer = count;
    f.port->host_data = &asked;

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);
    tsgi_port *now = take_seat(&f, &before);

    CHECK_INT(asked, 1);
    receive(before, TSGI_BEGIN);
    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    tsgi_port_close(before);
    CHECK_INT(tsgi_exchange_body(exchange, "late", 4), TSGI_OK);
    CHECK_INT(asked, 1);
    tsgi_port_flush(f.port);

    CHECK_INT(tsgi_exchange_body_end(exchange, 0), TSGI_OK); /* to be woken when all has ended */
    f.port->host_data = &f;
    fixture_drain(&f);
    CHECK_INT(request.ends, 1);

    tsgi_port_unref(now);
    fixture_close(&f);
}

/* ---- hosts that begin while isolates change ---- */

#define HOSTS 3
#define BEGUN 400

typedef struct host_thread {
    fixture *base;
    pthread_t thread;
    tsgi_port *port;
    unsigned ended;
} host_thread;

static void count_end(void *data, void *target, tsgi_message *message)
{
    (void)target;
    ((host_thread *)data)->ended += message->kind == TSGI_END;
}

static void wake_nobody(void *data)
{
    (void)data;
}

static const tsgi_host counting_host = {
    .struct_size = sizeof(tsgi_host), .wake = wake_nobody, .deliver = count_end};

static void *begin_many(void *data)
{
    host_thread *self = data;
    tsgi_view view = fixture_view();
    tsgi_exchange *exchange;

    for (int i = 0; i < BEGUN; i++) {
        CHECK_INT(tsgi_exchange_begin(self->port, self->base->app, &view, self, &exchange),
                  TSGI_OK);

        while (tsgi_exchange_drain(self->port, 64) > 0) {
        }
    }

    return NULL;
}

/* Ends every exchange that has begun on the port. */
static void serve(tsgi_port *port)
{
    for (tsgi_message *message; (message = tsgi_port_next(port)) != NULL;) {
        if (message->kind == TSGI_BEGIN) {
            CHECK_INT(tsgi_exchange_end(message->exchange, 500), TSGI_OK);
        }

        tsgi_message_done(message);
    }
}

static bool all_begun(fixture *f)
{
    return atomic_load(&f->runtime->serial) == HOSTS * BEGUN;
}

/* Whoever goes has served all that was begun on it, and none is lost. */
static void hosts_begin_while_isolates_change(void)
{
    fixture f;
    host_thread hosts[HOSTS];

    fixture_open(&f, 1000, 1);

    for (int i = 0; i < HOSTS; i++) {
        hosts[i] = (host_thread){.base = &f};
        hosts[i].port = tsgi_runtime_port_open(f.runtime, &counting_host, &hosts[i]);
        pthread_create(&hosts[i].thread, NULL, begin_many, &hosts[i]);
    }

    tsgi_port *now = tsgi_group_port(f.group, 0);

    for (bool last = false; !last;) {
        tsgi_port *before;
        tsgi_port *next;

        last = all_begun(&f);
        next = take_seat(&f, &before);
        CHECK(before == now);
        tsgi_port_unref(now);

        do {
            serve(before);
        } while (atomic_load(&before->live) > 0);

        tsgi_port_close(before);
        now = next;
    }

    tsgi_port_unref(now);

    for (int i = 0; i < HOSTS; i++) {
        pthread_join(hosts[i].thread, NULL);

        while (tsgi_exchange_drain(hosts[i].port, 64) > 0) {
        }

        CHECK_INT(hosts[i].ended, BEGUN);
        tsgi_runtime_port_close(hosts[i].port);
    }

    fixture_close(&f);
}

int main(void)
{
    RUN(nothing_is_begun_on_the_port_before);
    RUN(a_port_that_refuses_is_passed_by);
    RUN(a_port_that_has_gone_takes_what_comes_late);
    RUN(a_port_to_be_woken_outlives_its_isolate);
    RUN(hosts_begin_while_isolates_change);

    return check_result();
}
