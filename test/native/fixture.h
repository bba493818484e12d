/*
 * A host, an application and a request that tests of the core share: the host notes what is
 * delivered to it, the application's half is played by the test itself.
 */

#ifndef TSGI_TEST_FIXTURE_H
#define TSGI_TEST_FIXTURE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "core/api.h"
#include "core/exchange.h"
#include "core/log.h"
#include "core/message.h"
#include "core/runtime.h"

/* The request of one exchange, as a host keeps it. */
typedef struct fixture_request {
    int delivered;
    int starts, datas, files, ends, informs, wants;
    uint16_t status; /* of START */
    int64_t length;
    char reason[64];
    char headers[1024]; /* "name: value\n" each */
    uint16_t end;
    uint64_t bytes;
    uint64_t cost;
    tsgi_exchange *abort_in_deliver; /* set: abort this when the next message is delivered */
    tsgi_message *held;              /* DATA and FILE messages, last first */
} fixture_request;

typedef struct fixture {
    tsgi_runtime *runtime;
    tsgi_port *port;
    tsgi_group *group;
    tsgi_app *app;
    pthread_mutex_t lock;
    pthread_cond_t woken_cond;
    bool woken;
    unsigned wakes;
    bool hold; /* keep DATA and FILE messages instead of giving them back at once */
    unsigned records;
    char log[8192];
    size_t log_size;
    tsgi_record last;
    unsigned alarms;
} fixture;

static inline void fixture_wake(void *data)
{
    fixture *self = data;

    pthread_mutex_lock(&self->lock);
    self->woken = true;
    self->wakes++;
    pthread_cond_signal(&self->woken_cond);
    pthread_mutex_unlock(&self->lock);
}

static inline void fixture_take_start(fixture_request *request, const tsgi_start *start)
{
    request->status = start->status;
    request->length = start->content_length;
    snprintf(request->reason, sizeof(request->reason), "%s", start->reason.data);
    request->headers[0] = '\0';

    for (uint32_t i = 0; i < start->header_count; i++) {
        size_t used = strlen(request->headers);

        CHECK_INT(start->headers[i].name.data[start->headers[i].name.size], 0);
        CHECK_INT(start->headers[i].value.data[start->headers[i].value.size], 0);
        snprintf(request->headers + used, sizeof(request->headers) - used, "%s: %s\n",
                 start->headers[i].name.data, start->headers[i].value.data);
    }
}

static inline void fixture_deliver(void *data, void *target, tsgi_message *message)
{
    fixture *self = data;
    fixture_request *request = target;

    CHECK(request != NULL);
    CHECK_INT(request->ends, 0);
    request->delivered++;

    switch ((tsgi_kind)message->kind) {
    case TSGI_INFORM:
        request->informs++;
        break;
    case TSGI_START:
        request->starts++;
        fixture_take_start(request, &message->u.start);
        break;
    case TSGI_DATA:
    case TSGI_FILE:
        CHECK_INT(request->starts, 1);
        request->datas += message->kind == TSGI_DATA;
        request->files += message->kind == TSGI_FILE;
        request->bytes += message->kind == TSGI_DATA ? message->u.data.size : message->u.file.size;
        request->cost += message->kind == TSGI_DATA ? message->u.data.cost : message->u.file.cost;
        break;
    case TSGI_WANT:
        request->wants++;
        break;
    case TSGI_END:
        request->ends++;
        request->end = message->u.end.status;
        break;
    default:
        CHECK(!"a message that no host is sent");
    }

    if (request->abort_in_deliver != NULL) {
        tsgi_exchange *exchange = request->abort_in_deliver;

        request->abort_in_deliver = NULL;
        tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
    }

    if (message->kind == TSGI_DATA || message->kind == TSGI_FILE) {
        if (self->hold) {
            message->next = request->held;
            request->held = message;
        } else {
            tsgi_message_done(message);
        }
    }
}

static inline void fixture_log(void *data, const tsgi_record *record)
{
    fixture *self = data;
    size_t room = sizeof(self->log) - self->log_size;

    self->records++;
    self->last = *record;
    self->log_size += (size_t)snprintf(self->log + self->log_size, room, "%.*s\n",
                                       (int)record->text.size, record->text.data);

    if (self->log_size >= sizeof(self->log)) {
        self->log_size = 0;
    }
}

static inline void fixture_alarm(void *data, const char *text, uint32_t size)
{
    (void)text;
    CHECK(size > 0);
    ((fixture *)data)->alarms++;
}

static const tsgi_host fixture_host = {.struct_size = sizeof(tsgi_host),
                                       .wake = fixture_wake,
                                       .deliver = fixture_deliver,
                                       .log = fixture_log,
                                       .alarm = fixture_alarm};

static inline void fixture_open(fixture *self, uint32_t window, uint32_t threads)
{
    tsgi_runtime_options options = {.struct_size = sizeof(options), .host_name = "test"};
    tsgi_group_options group = {.struct_size = sizeof(group), .threads = threads, .name = "group"};
    tsgi_app_options app = {.struct_size = sizeof(app),
                            .script = "/app.js",
                            .interface = "auto",
                            .window = window,
                            .write_limit = 1 << 20};

    memset(self, 0, sizeof(*self));
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->woken_cond, NULL);
    options.host = &fixture_host;
    options.port_data = self;
    self->runtime = tsgi_runtime_new(&options, (tsgi_spawner){NULL, NULL, NULL});
    self->port = tsgi_runtime_port_open(self->runtime, &fixture_host, self);
    CHECK_INT(tsgi_group_open(self->runtime, &group, &self->group), TSGI_OK);
    CHECK_INT(tsgi_app_open(self->group, &app, &self->app), TSGI_OK);
}

static inline void fixture_close(fixture *self)
{
    if (self->port != NULL) {
        tsgi_runtime_port_close(self->port);
    }

    CHECK_INT(atomic_load(&self->runtime->live), 0);
    CHECK_INT(atomic_load(&self->runtime->records), 0);
    CHECK_INT(atomic_load(&self->group->waiting.count), 0);
    tsgi_runtime_free(self->runtime);
    pthread_cond_destroy(&self->woken_cond);
    pthread_mutex_destroy(&self->lock);
}

static inline tsgi_view fixture_view(void)
{
#define FIXTURE_TEXT(text) {text, sizeof(text) - 1}
    tsgi_view view = {
        .struct_size = sizeof(tsgi_view),
        .method = FIXTURE_TEXT("GET"),
        .request_uri = FIXTURE_TEXT("/app/x"),
        .mount = FIXTURE_TEXT("/app"),
        .path = FIXTURE_TEXT("/app/x"),
        .protocol = FIXTURE_TEXT("HTTP/1.1"),
        .scheme = FIXTURE_TEXT("http"),
        .server_name = FIXTURE_TEXT("localhost"),
        .server_port = FIXTURE_TEXT("80"),
        .request_id = FIXTURE_TEXT("abc"),
        .content_length = -1,
    };

    return view;
}

static inline tsgi_exchange *fixture_begin(fixture *self, fixture_request *request, uint32_t flags)
{
    tsgi_view view = fixture_view();
    tsgi_exchange *exchange = NULL;

    memset(request, 0, sizeof(*request));
    view.flags = flags;
    CHECK_INT(tsgi_exchange_begin(self->port, self->app, &view, request, &exchange), TSGI_OK);

    return exchange;
}

/* The application's side: the next message, which must be of that kind. */
static inline tsgi_message *fixture_receive(fixture *self, tsgi_kind kind)
{
    tsgi_message *message = tsgi_port_next(self->group->ports[0]);

    CHECK(message != NULL);

    if (message != NULL) {
        CHECK_INT(message->kind, kind);
    }

    return message;
}

/* As above, and done with at once. */
static inline void fixture_skip(fixture *self, tsgi_kind kind)
{
    tsgi_message *message = fixture_receive(self, kind);

    if (message != NULL) {
        tsgi_message_done(message);
    }
}

/* Opens with one exchange, of which the application has had BEGIN. */
static inline tsgi_exchange *fixture_open_exchange(fixture *self, fixture_request *request,
                                                   uint32_t window, uint32_t flags)
{
    fixture_open(self, window, 1);

    tsgi_exchange *exchange = fixture_begin(self, request, flags);

    fixture_skip(self, TSGI_BEGIN);

    return exchange;
}

/* Receives ABORT and cuts, as the bridge does. */
static inline void fixture_cut(fixture *self, tsgi_exchange *exchange)
{
    tsgi_message *abort = fixture_receive(self, TSGI_ABORT);

    tsgi_exchange_cut(exchange);
    tsgi_message_done(abort);
}

static inline tsgi_status fixture_start(tsgi_exchange *exchange, uint16_t status, int64_t length)
{
    uint32_t cuts[] = {2};
    tsgi_head head = {status, "OK", 2, cuts, 0};

    return tsgi_exchange_start(exchange, &head, length);
}

static inline tsgi_status fixture_data(tsgi_exchange *exchange, uint32_t size)
{
    tsgi_message *data = tsgi_message_new_data(exchange, TSGI_DATA, size);

    memset(tsgi_message_extra(data), 'x', size);

    return tsgi_exchange_data(exchange, data);
}

static inline void fixture_drain(fixture *self)
{
    while (tsgi_exchange_drain(self->port, 3) == 3) {
    }
}

/* Gives back what the host held. */
static inline void fixture_release(fixture_request *request)
{
    while (request->held != NULL) {
        tsgi_message *message = request->held;

        request->held = message->next;
        tsgi_message_done(message);
    }
}

#endif
