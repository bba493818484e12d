/*
 * Host and runtime on threads of their own, thousands of exchanges, ended at random by either side:
 * what ThreadSanitizer and AddressSanitizer are let loose on.
 */

#include <time.h>

#include "fixture.h"

enum { EXCHANGES = 6000, AT_ONCE = 40 };

/* One exchange as the host thread sees it. */
typedef struct lane {
    fixture_request request;
    tsgi_exchange *exchange;
    tsgi_message *held; /* DATA kept back for a while */
    uint64_t cost;
    uint32_t left; /* of the body to send */
    bool busy;
} lane;

typedef struct host {
    fixture base;
    lane lanes[AT_ONCE];
    uint32_t random;
    int begun;
    int ended;
    int aborted;
    int withdrawn;
    uint64_t bytes;
} host;

static void sleep_until_woken(pthread_mutex_t *lock, pthread_cond_t *cond, bool *woken)
{
    struct timespec deadline;

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 30;
    pthread_mutex_lock(lock);

    while (!*woken) {
        if (pthread_cond_timedwait(cond, lock, &deadline) != 0) {
            CHECK(!"a thread slept although there was work: a wake was lost");
            exit(check_result());
        }
    }

    *woken = false;
    pthread_mutex_unlock(lock);
}

/* ---- the host ---- */

static void give_back(lane *lane)
{
    while (lane->held != NULL) {
        tsgi_message *message = lane->held;

        lane->held = message->next;
        tsgi_message_done(message);
    }
}

static void finish(host *self, lane *lane)
{
    lane->exchange = NULL;
    lane->busy = false;
    self->ended++;
}

static void abort_lane(host *self, lane *lane)
{
    tsgi_exchange *exchange = lane->exchange;

    finish(self, lane);
    self->aborted++;
    tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
}

static void on_deliver(void *data, void *request, tsgi_message *message)
{
    host *self = data;
    lane *lane = request;

    CHECK(lane->busy);

    switch ((tsgi_kind)message->kind) {
    case TSGI_DATA:
        lane->cost += message->u.data.cost;
        self->bytes += message->u.data.size;
        CHECK_INT(message->u.data.data[message->u.data.size - 1], 'x');
        message->next = lane->held;
        lane->held = message;
        break;
    case TSGI_END:
        finish(self, lane);
        return;
    default:
        break;
    }

    if (check_random(&self->random) % 64 == 0) {
        abort_lane(self, lane);
    }
}

static void on_wake(void *data)
{
    fixture_wake(&((host *)data)->base);
}

static void on_log(void *data, const tsgi_record *record)
{
    (void)data;
    CHECK(record->tag != 0 || record->text.size == 4);
}

static const tsgi_host threaded_host = {.struct_size = sizeof(tsgi_host),
                                        .wake = on_wake,
                                        .deliver = on_deliver,
                                        .log = on_log,
                                        .alarm = fixture_alarm};

static void feed(host *self, lane *lane)
{
    static const char bytes[512];

    if (lane->left > 0 && tsgi_exchange_wanted(lane->exchange) > 0) {
        uint64_t wanted = tsgi_exchange_wanted(lane->exchange);
        uint32_t size = lane->left < wanted ? lane->left : (uint32_t)wanted;

        size = size < sizeof(bytes) ? size : sizeof(bytes);
        CHECK_INT(tsgi_exchange_body(lane->exchange, bytes, size), TSGI_OK);
        lane->left -= size;

        if (lane->left == 0) {
            CHECK_INT(tsgi_exchange_body_end(lane->exchange, 0), TSGI_OK);
        }
    }

    if (lane->cost > 0 && check_random(&self->random) % 2 == 0) {
        tsgi_exchange_credit(lane->exchange, lane->cost);
        lane->cost = 0;
        give_back(lane);
    }
}

static void begin(host *self, lane *lane)
{
    tsgi_view view = fixture_view();

    give_back(lane);
    lane->cost = 0;
    lane->left = check_random(&self->random) % 3000;
    lane->busy = true;
    view.flags = check_random(&self->random) % 2 == 0 ? TSGI_VIEW_BODY_LATER : 0;
    self->begun++;
    CHECK_INT(tsgi_exchange_begin(self->base.port, self->base.app, &view, lane, &lane->exchange),
              TSGI_OK);

    if (lane->left == 0) {
        CHECK_INT(tsgi_exchange_body_end(lane->exchange, 0), TSGI_OK);
    }

    if (check_random(&self->random) % 32 == 0) {
        abort_lane(self, lane);
    } else if (check_random(&self->random) % 8 == 0 &&
               tsgi_exchange_withdraw(lane->exchange) == TSGI_OK) {
        finish(self, lane);
        self->withdrawn++;
    }
}

static void run_host(host *self)
{
    while (self->ended < EXCHANGES) {
        bool idle = true;

        for (int i = 0; i < AT_ONCE; i++) {
            lane *lane = &self->lanes[i];

            if (!lane->busy && self->begun < EXCHANGES) {
                begin(self, lane);
                idle = false;
            }

            if (lane->busy && (lane->left > 0 || lane->cost > 0)) {
                uint32_t left = lane->left;
                uint64_t cost = lane->cost;

                feed(self, lane);
                idle = idle && left == lane->left && cost == 0;
            }
        }

        if (tsgi_exchange_drain(self->base.port, 16) == 0 && idle) {
            sleep_until_woken(&self->base.lock, &self->base.woken_cond, &self->base.woken);
        }
    }
}

/* ---- the runtime ---- */

typedef struct isolate {
    host *host;
    tsgi_port *port;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool woken;
    uint32_t random;
    int over;
} isolate;

static void wake_isolate(void *data)
{
    isolate *self = data;

    pthread_mutex_lock(&self->lock);
    self->woken = true;
    pthread_cond_signal(&self->cond);
    pthread_mutex_unlock(&self->lock);
}

/* Sends as much as the window takes; ends now and then. */
static void answer(isolate *self, tsgi_exchange *exchange)
{
    if (exchange->app_state == TSGI_IDLE) {
        CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    }

    while (tsgi_exchange_room(exchange) > 0) {
        if (check_random(&self->random) % 8 == 0) {
            tsgi_log(exchange->runtime, exchange, NULL, TSGI_LEVEL_INFO, 0, "text", 4);
            CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
            self->over++;
            return;
        }

        uint64_t room = tsgi_exchange_room(exchange);

        CHECK_INT(fixture_data(exchange, (uint32_t)(room < 300 ? room : 300)), TSGI_OK);
    }
}

static void receive(isolate *self, tsgi_message *message)
{
    tsgi_exchange *exchange = message->exchange;
    bool live = exchange->app_state != TSGI_OVER;

    switch ((tsgi_kind)message->kind) {
    case TSGI_BEGIN:
        if (!tsgi_exchange_take(exchange)) {
            tsgi_exchange_cut(exchange);
            self->over++;
            break;
        }

        CHECK_INT(tsgi_exchange_want(exchange, 1000), TSGI_OK);
        answer(self, exchange);
        break;
    case TSGI_BODY:
        if (live) {
            CHECK_INT(tsgi_exchange_want(exchange, message->u.data.size), TSGI_OK);
        }

        break;
    case TSGI_CREDIT:
        tsgi_exchange_ref(exchange);
        tsgi_message_done(message);

        if (live && tsgi_exchange_take_credit(exchange)) {
            answer(self, exchange);
        }

        tsgi_exchange_unref(exchange);
        return;
    case TSGI_ABORT:
        if (live) {
            self->over++;
        }

        tsgi_exchange_cut(exchange);
        break;
    default:
        break;
    }

    tsgi_message_done(message);
}

static void *run_isolate(void *data)
{
    isolate *self = data;

    while (self->over < EXCHANGES) {
        tsgi_message *message = tsgi_port_next(self->port);

        if (message == NULL) {
            sleep_until_woken(&self->lock, &self->cond, &self->woken);
            continue;
        }

        receive(self, message);
    }

    return NULL;
}

static void thousands_of_exchanges(void)
{
    static host self;
    isolate isolate = {.host = &self, .random = 4711};
    pthread_t thread;
    tsgi_message *message;

    fixture_open(&self.base, 2048, 1);
    tsgi_runtime_port_close(self.base.port);
    self.base.port = tsgi_runtime_port_open(self.base.runtime, &threaded_host, &self);
    self.random = 20261121;
    pthread_mutex_init(&isolate.lock, NULL);
    pthread_cond_init(&isolate.cond, NULL);
    isolate.port = self.base.group->ports[0];
    tsgi_port_receive(isolate.port, wake_isolate, &isolate);
    pthread_create(&thread, NULL, run_isolate, &isolate);
    run_host(&self);
    pthread_join(thread, NULL);

    CHECK_INT(self.begun, EXCHANGES);
    CHECK_INT(self.ended, EXCHANGES);
    CHECK_INT(isolate.over, EXCHANGES);
    CHECK(self.aborted > EXCHANGES / 50 && self.aborted < EXCHANGES);
    CHECK(self.withdrawn > 0);
    CHECK(self.bytes > 0);

    for (int i = 0; i < AT_ONCE; i++) {
        give_back(&self.lanes[i]);
    }

    tsgi_port_receive(isolate.port, NULL, NULL);

    while ((message = tsgi_port_next(isolate.port)) != NULL) {
        tsgi_message_done(message);
    }

    while (tsgi_exchange_drain(self.base.port, 64) > 0) {
    }

    fixture_close(&self.base);
    pthread_cond_destroy(&isolate.cond);
    pthread_mutex_destroy(&isolate.lock);
}

int main(void)
{
    RUN(thousands_of_exchanges);

    return check_result();
}
