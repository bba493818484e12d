/*
 * A port whose receiver is abandoned again and again while a host sends, each time by a thread that
 * takes its tenure and ends what it had begun: core/tenure.h.
 */

#include "core/tenure.h"

#include <sched.h>

#include "fixture.h"

enum { EXCHANGES = 3000, LOST = 200 };

static void each_step(void)
{
    tsgi_tenure tenure;

    tsgi_tenure_init(&tenure);
    CHECK(!tsgi_tenure_is_lost(&tenure));
    CHECK(tsgi_tenure_enter(&tenure));
    CHECK(!tsgi_tenure_revoke(&tenure));
    CHECK(!tsgi_tenure_is_lost(&tenure));
    tsgi_tenure_leave(&tenure);
    CHECK(tsgi_tenure_enter(&tenure));
    tsgi_tenure_leave(&tenure);
    CHECK(tsgi_tenure_revoke(&tenure));
    CHECK(tsgi_tenure_is_lost(&tenure));
    CHECK(!tsgi_tenure_revoke(&tenure));
    CHECK(!tsgi_tenure_enter(&tenure));
    CHECK(tsgi_tenure_is_lost(&tenure));
}

/* ---- one after the other, each abandoned ---- */

typedef struct isolate {
    tsgi_tenure tenure;
    tsgi_port *port;
    tsgi_exchange *begun; /* NULL: none; as a bridge has its slots */
    uint32_t random;
    pthread_t thread;
} isolate;

static atomic_int over;

static void end_begun(isolate *self, uint16_t status)
{
    if (self->begun != NULL) {
        CHECK_INT(tsgi_exchange_end(self->begun, status), TSGI_OK);
        self->begun = NULL;
        atomic_fetch_add(&over, 1);
    }
}

/* False: there is nothing. */
static bool receive(isolate *self)
{
    tsgi_message *message = tsgi_port_next(self->port);

    if (message == NULL) {
        return false;
    }

    if (message->kind == TSGI_BEGIN) {
        self->begun = message->exchange;
    }

    tsgi_message_done(message);

    return true;
}

/* Between two stays in the bridge it is in JavaScript, for as long as the scheduler says. */
static void *run_isolate(void *data)
{
    isolate *self = data;

    while (atomic_load(&over) < EXCHANGES && tsgi_tenure_enter(&self->tenure)) {
        if (self->begun != NULL) {
            end_begun(self, 500);
        } else if (!receive(self)) {
            tsgi_tenure_leave(&self->tenure);
            sched_yield();
            continue;
        }

        tsgi_tenure_leave(&self->tenure);

        if (check_random(&self->random) % 4 == 0) {
            sched_yield();
        }
    }

    return NULL;
}

static void start(isolate *self, tsgi_port *port, uint32_t number)
{
    tsgi_tenure_init(&self->tenure);
    self->port = port;
    self->random = number + 1;
    pthread_create(&self->thread, NULL, run_isolate, self);
}

typedef struct keeper {
    tsgi_port *port;
    isolate isolates[LOST + 1];
    int lost;
} keeper;

static void *abandon_all(void *data)
{
    keeper *self = data;

    start(&self->isolates[0], self->port, 0);

    while (self->lost < LOST && atomic_load(&over) < EXCHANGES) {
        isolate *current = &self->isolates[self->lost];

        if (atomic_load(&over) < self->lost * (EXCHANGES / LOST) ||
            !tsgi_tenure_revoke(&current->tenure)) {
            sched_yield();
            continue;
        }

        end_begun(current, 504);
        self->lost++;
        start(&self->isolates[self->lost], self->port, (uint32_t)self->lost);
    }

    for (int i = 0; i <= self->lost; i++) {
        pthread_join(self->isolates[i].thread, NULL);
    }

    return NULL;
}

static void on_deliver(void *data, void *request, tsgi_message *message)
{
    (void)data;
    CHECK_INT(message->kind, TSGI_END);
    ++*(int *)request;
}

static void on_wake(void *data)
{
    (void)data;
}

static const tsgi_host counting_host = {
    .struct_size = sizeof(tsgi_host), .wake = on_wake, .deliver = on_deliver};

static void every_exchange_ends_once(void)
{
    static keeper keeper;
    static int ends[EXCHANGES];
    fixture f;
    pthread_t thread;
    int begun = 0;

    fixture_open(&f, 1000, 1);
    tsgi_runtime_port_close(f.port);
    f.port = tsgi_runtime_port_open(f.runtime, &counting_host, NULL);
    keeper.port = f.group->ports[0];
    pthread_create(&thread, NULL, abandon_all, &keeper);

    while (begun < EXCHANGES || atomic_load(&f.runtime->live) > 0) {
        if (begun < EXCHANGES && atomic_load(&f.runtime->live) < 8) {
            tsgi_view view = fixture_view();
            tsgi_exchange *exchange;

            CHECK_INT(tsgi_exchange_begin(f.port, f.app, &view, &ends[begun++], &exchange),
                      TSGI_OK);
        }

        tsgi_exchange_drain(f.port, 64);
    }

    pthread_join(thread, NULL);
    CHECK(keeper.lost > 0);
    CHECK_INT(atomic_load(&f.group->ports[0]->live), 0);

    for (int i = 0; i < EXCHANGES; i++) {
        CHECK_INT(ends[i], 1);
    }

    fixture_close(&f);
}

int main(void)
{
    RUN(each_step);
    RUN(every_exchange_ends_once);

    return check_result();
}
