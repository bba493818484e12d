/* The host's half of an exchange; every function runs on the host thread. */

#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "log.h"
#include "message.h"
#include "mount.h"
#include "runtime.h"

static bool advance(tsgi_exchange *exchange, tsgi_kind kind)
{
    tsgi_state next = tsgi_order_next(exchange->host_state, kind);

    if (next == TSGI_ILLEGAL) {
        return false;
    }

    exchange->host_state = next;

    return true;
}

/* The host's half has ended: nothing is delivered to its request any more. */
static void leave(tsgi_exchange *exchange)
{
    exchange->request = NULL;
    atomic_store(&exchange->host_over, true);
    atomic_fetch_sub(&exchange->runtime->live, 1);
    tsgi_exchange_unref(exchange);
}

/* ---- BEGIN ---- */

/* Words first: they want the alignment. */
static size_t block_size(const tsgi_view *view)
{
    return sizeof(tsgi_exchange) + tsgi_environ_bound(view) + view->request_id.size +
           view->method.size + 1 + view->request_uri.size;
}

static tsgi_bytes put(char **end, const char *data, size_t size)
{
    tsgi_bytes bytes = {*end, size};

    if (size > 0) {
        memcpy(*end, data, size);
        *end += size;
    }

    return bytes;
}

/* Copies the view into the block. */
static bool copy_view(tsgi_exchange *exchange, const tsgi_view *view, tsgi_bytes script_name,
                      tsgi_bytes path_info)
{
    char *end = (char *)(exchange + 1);
    size_t size = tsgi_environ_pack(view, script_name, path_info, end, &exchange->environ);

    if (size == 0) {
        return false;
    }

    end += size;

    if (view->request_id.data != NULL) {
        exchange->request_id = put(&end, view->request_id.data, view->request_id.size);
    }

    exchange->first_line = put(&end, view->method.data, view->method.size);
    put(&end, " ", 1);
    put(&end, view->request_uri.data, view->request_uri.size);
    exchange->first_line.size += 1 + view->request_uri.size;

    return true;
}

/* The block, with the view in it and the rest 0; NULL: out of memory. */
static tsgi_exchange *make(const tsgi_view *view, tsgi_bytes script_name, tsgi_bytes path_info)
{
    tsgi_exchange *exchange = malloc(block_size(view));

    if (exchange == NULL) {
        return NULL;
    }

    memset(exchange, 0, sizeof(tsgi_exchange));

    if (!copy_view(exchange, view, script_name, path_info)) {
        free(exchange);
        return NULL;
    }

    return exchange;
}

static void init(tsgi_exchange *exchange, tsgi_port *port, tsgi_app *app, uint32_t flags)
{
    tsgi_runtime *runtime = port->runtime;

    exchange->serial = atomic_fetch_add(&runtime->serial, 1) + 1;
    exchange->runtime = runtime;
    exchange->app = app;
    exchange->host_port = port;
    exchange->app_port = tsgi_group_choose(app->group);
    exchange->flags = flags;
    exchange->host_state = TSGI_NEW;
    exchange->app_state = TSGI_IDLE;
    exchange->wanted = (flags & TSGI_VIEW_BODY_LATER) ? 0 : app->window;
    exchange->room = app->window;
    exchange->declared = -1;

    /* One of the host, one of the runtime. */
    atomic_init(&exchange->refs, 2);
    atomic_init(&exchange->claim, TSGI_CLAIM_WAITING);
    atomic_init(&exchange->host_over, false);
    atomic_init(&exchange->credit_returned, 0);
    atomic_init(&exchange->credit_sent, false);
    atomic_init(&exchange->want_added, 0);
    atomic_init(&exchange->want_sent, false);
    tsgi_port_ref(exchange->host_port);
}

tsgi_status tsgi_exchange_begin(tsgi_port *port, tsgi_app *app, const tsgi_view *view,
                                void *request, tsgi_exchange **result)
{
    tsgi_bytes script_name;
    tsgi_bytes path_info;

    if (atomic_load_explicit(&port->runtime->draining, memory_order_relaxed)) {
        return TSGI_UNAVAILABLE;
    }

    if (!tsgi_mount_split(view->mount, view->path, &script_name, &path_info)) {
        return TSGI_NOT_MOUNTED;
    }

    if (tsgi_group_start(app->group) != TSGI_OK) {
        return TSGI_UNAVAILABLE;
    }

    if (tsgi_group_is_refusing(app->group)) {
        return TSGI_FULL; /* the log has been told when that began */
    }

    if (!tsgi_waiting_enter(&app->group->waiting)) {
        tsgi_refusals_add(app, TSGI_REFUSAL_FULL);
        return TSGI_FULL;
    }

    tsgi_exchange *exchange = make(view, script_name, path_info);

    if (exchange == NULL) {
        tsgi_waiting_leave(&app->group->waiting);
        return TSGI_NO_MEMORY;
    }

    init(exchange, port, app, view->flags);
    exchange->request = request;
    atomic_fetch_add(&exchange->runtime->live, 1);
    advance(exchange, TSGI_BEGIN);

    if (view->flags & TSGI_VIEW_EMPTY_BODY) {
        advance(exchange, TSGI_BODY_END); /* BEGIN says so, a second message need not */
    }

    *result = exchange;

    tsgi_message *begin = tsgi_message_embed(&exchange->begin, exchange, TSGI_BEGIN);

    tsgi_port_send_from(exchange->host_port, exchange->app_port, begin, begin);

    return TSGI_OK;
}

/* ---- the request body ---- */

uint64_t tsgi_exchange_wanted(const tsgi_exchange *exchange)
{
    return exchange->wanted;
}

tsgi_status tsgi_exchange_body(tsgi_exchange *exchange, const char *data, size_t size)
{
    if (tsgi_order_next(exchange->host_state, TSGI_BODY) == TSGI_ILLEGAL) {
        return TSGI_ORDER;
    }

    if (size == 0) {
        return TSGI_OK;
    }

    if (size > exchange->wanted || size > UINT32_MAX) {
        return TSGI_AGAIN;
    }

    tsgi_message *body = tsgi_message_new_data(exchange, TSGI_BODY, (uint32_t)size);

    if (body == NULL) {
        return TSGI_NO_MEMORY;
    }

    memcpy(tsgi_message_extra(body), data, size);
    exchange->wanted -= size;
    advance(exchange, TSGI_BODY);
    tsgi_port_send_from(exchange->host_port, exchange->app_port, body, body);

    return TSGI_OK;
}

tsgi_status tsgi_exchange_body_file(tsgi_exchange *exchange, int fd, uint64_t offset, uint64_t size)
{
    if (tsgi_order_next(exchange->host_state, TSGI_BODY) == TSGI_ILLEGAL) {
        return TSGI_ORDER;
    }

    if (size == 0) {
        return TSGI_OK;
    }

    tsgi_message *body = tsgi_message_new_file(exchange, TSGI_BODY, fd, offset, size);

    if (body == NULL) {
        return TSGI_SYSTEM;
    }

    advance(exchange, TSGI_BODY);
    tsgi_port_send_from(exchange->host_port, exchange->app_port, body, body);

    return TSGI_OK;
}

tsgi_status tsgi_exchange_body_end(tsgi_exchange *exchange, uint16_t status)
{
    if (!advance(exchange, TSGI_BODY_END)) {
        return TSGI_ORDER;
    }

    tsgi_message *end = tsgi_message_embed(&exchange->body_end, exchange, TSGI_BODY_END);

    end->u.end.status = status;
    tsgi_port_send_from(exchange->host_port, exchange->app_port, end, end);

    return TSGI_OK;
}

/* ---- CREDIT and ABORT ---- */

void tsgi_exchange_credit(tsgi_exchange *exchange, uint64_t cost)
{
    exchange->uncredited += cost;

    /* A runtime out of room has at least the window under way, so half of it always comes. */
    if (exchange->uncredited < exchange->app->window / 2) {
        return;
    }

    atomic_fetch_add(&exchange->credit_returned, exchange->uncredited);
    exchange->uncredited = 0;

    if (!atomic_exchange(&exchange->credit_sent, true)) {
        tsgi_message *credit = tsgi_message_embed(&exchange->credit, exchange, TSGI_CREDIT);

        advance(exchange, TSGI_CREDIT);
        tsgi_port_send_from(exchange->host_port, exchange->app_port, credit, credit);
    }
}

void tsgi_exchange_abort(tsgi_exchange *exchange, tsgi_abort reason)
{
    if (!advance(exchange, TSGI_ABORT)) {
        return;
    }

    tsgi_waiting_withdraw(&exchange->app->group->waiting, &exchange->claim);

    tsgi_message *abort = tsgi_message_embed(&exchange->abort, exchange, TSGI_ABORT);

    abort->u.end.status = (uint16_t)reason;
    tsgi_port_send_from(exchange->host_port, exchange->app_port, abort, abort);
    leave(exchange);
}

tsgi_status tsgi_exchange_withdraw(tsgi_exchange *exchange)
{
    tsgi_app *app = exchange->app;

    if (!tsgi_waiting_withdraw(&app->group->waiting, &exchange->claim)) {
        return TSGI_ORDER;
    }

    tsgi_exchange_abort(exchange, TSGI_ABORT_TIMEOUT);
    tsgi_refusals_add(app, TSGI_REFUSAL_LATE);

    return TSGI_OK;
}

/* ---- from the runtime ---- */

/* The host is given a copy: the runtime may use the message again from then on. */
static void deliver_want(tsgi_port *port, tsgi_message *message)
{
    tsgi_message want = *message;
    tsgi_exchange *exchange = message->exchange;

    tsgi_exchange_ref(exchange);
    tsgi_message_done(message);
    atomic_store(&exchange->want_sent, false);
    want.u.want.size = atomic_exchange(&exchange->want_added, 0);

    if (want.u.want.size > 0) { /* else the message before this one brought it */
        exchange->wanted += want.u.want.size;
        port->host.deliver(port->host_data, exchange->request, &want);
    }

    tsgi_exchange_unref(exchange);
}

static void deliver(tsgi_port *port, tsgi_message *message)
{
    tsgi_exchange *exchange = message->exchange;
    tsgi_kind kind = (tsgi_kind)message->kind;

    if (kind == TSGI_LOG) {
        tsgi_log_deliver(port, message);
        tsgi_message_done(message);
        return;
    }

    if (exchange->request == NULL) {
        tsgi_message_done(message);
        return;
    }

    if (kind == TSGI_DATA || kind == TSGI_FILE) {
        port->host.deliver(port->host_data, exchange->request, message); /* keeps it */
        return;
    }

    if (kind == TSGI_WANT) {
        deliver_want(port, message);
        return;
    }

    port->host.deliver(port->host_data, exchange->request, message);

    if (kind == TSGI_END && exchange->request != NULL) {
        leave(exchange);
    }

    tsgi_message_done(message);
}

uint32_t tsgi_exchange_drain(tsgi_port *port, uint32_t max)
{
    uint32_t count = 0;

    while (count < max) {
        tsgi_message *message = tsgi_port_next(port);

        if (message == NULL) {
            break;
        }

        deliver(port, message);
        count++;
    }

    return count;
}
