/* The runtime's half of an exchange; every function runs on the runtime thread. */

#include "exchange.h"
#include "group.h"
#include "message.h"

static bool may(const tsgi_exchange *exchange, tsgi_kind kind)
{
    return tsgi_order_next(exchange->app_state, kind) != TSGI_ILLEGAL;
}

static void send(tsgi_exchange *exchange, tsgi_message *message)
{
    exchange->app_state = tsgi_order_next(exchange->app_state, (tsgi_kind)message->kind);
    tsgi_port_send(exchange->host_port, message, message);
}

static tsgi_status refusal(const tsgi_exchange *exchange)
{
    return exchange->app_state == TSGI_OVER ? TSGI_EXPIRED : TSGI_ORDER;
}

bool tsgi_exchange_take(tsgi_exchange *exchange)
{
    return tsgi_waiting_take(&exchange->app->group->waiting, &exchange->claim);
}

bool tsgi_exchange_is_withdrawn(const tsgi_exchange *exchange)
{
    return atomic_load(&exchange->claim) == TSGI_CLAIM_WITHDRAWN;
}

/* The runtime's half has ended, perhaps without JavaScript: nobody waits for that any more. */
static void leave(tsgi_exchange *exchange)
{
    tsgi_exchange_take(exchange);
    exchange->app_state = TSGI_OVER;
    exchange->reader = NULL;
    atomic_fetch_sub(&exchange->app_port->live, 1);
    tsgi_exchange_unref(exchange);
}

/* ---- the head of a response ---- */

tsgi_status tsgi_exchange_inform(tsgi_exchange *exchange, const tsgi_head *head)
{
    tsgi_message *inform;

    if (!may(exchange, TSGI_INFORM)) {
        return refusal(exchange);
    }

    if (head->status < 100 || head->status > 199 || head->status == 101) {
        return TSGI_INVALID;
    }

    tsgi_status status = tsgi_head_make(exchange, TSGI_INFORM, head, &inform);

    if (status == TSGI_OK) {
        send(exchange, inform);
    }

    return status;
}

/* Makes START and notes what it promises. */
static tsgi_status make_start(tsgi_exchange *exchange, const tsgi_head *head, int64_t length,
                              tsgi_message **start)
{
    if (!may(exchange, TSGI_START)) {
        return refusal(exchange);
    }

    if (head->status < 200 || head->status > 999) {
        return TSGI_INVALID;
    }

    tsgi_status status = tsgi_head_make(exchange, TSGI_START, head, start);

    if (status != TSGI_OK) {
        return status;
    }

    if ((*start)->u.start.content_length < 0) {
        (*start)->u.start.content_length = length;
    }

    if (head->status == 204) {
        (*start)->u.start.content_length = -1; /* RFC 9110, 8.6 */
    }

    exchange->status = head->status;
    exchange->declared = (*start)->u.start.content_length;

    return TSGI_OK;
}

tsgi_status tsgi_exchange_start(tsgi_exchange *exchange, const tsgi_head *head, int64_t length)
{
    tsgi_message *start;
    tsgi_status status = make_start(exchange, head, length, &start);

    if (status == TSGI_OK) {
        send(exchange, start);
    }

    return status;
}

/* ---- the body ---- */

bool tsgi_exchange_is_bodiless(const tsgi_exchange *exchange)
{
    return (exchange->flags & TSGI_VIEW_HEAD) || exchange->status == 204 || exchange->status == 304;
}

static uint64_t undelivered(const tsgi_exchange *exchange)
{
    return exchange->declared < 0 ? UINT64_MAX : (uint64_t)exchange->declared - exchange->sent;
}

uint64_t tsgi_exchange_room(const tsgi_exchange *exchange)
{
    uint64_t room = exchange->room > 0 ? (uint64_t)exchange->room : 0;
    uint64_t left = undelivered(exchange);

    return room < left ? room : left;
}

bool tsgi_exchange_is_full(const tsgi_exchange *exchange)
{
    return undelivered(exchange) == 0;
}

tsgi_status tsgi_exchange_data(tsgi_exchange *exchange, tsgi_message *data)
{
    tsgi_status status = TSGI_OK;

    if (!may(exchange, TSGI_DATA)) {
        status = refusal(exchange);
    } else if (tsgi_exchange_is_bodiless(exchange) || data->u.data.size > undelivered(exchange)) {
        status = TSGI_EXCESS;
    }

    if (status != TSGI_OK) {
        tsgi_message_done(data);
        return status;
    }

    exchange->sent += data->u.data.size;
    exchange->room -= data->u.data.cost;
    send(exchange, data);

    return TSGI_OK;
}

tsgi_status tsgi_exchange_file(tsgi_exchange *exchange, int fd, uint64_t offset, uint64_t size)
{
    if (!may(exchange, TSGI_FILE)) {
        return refusal(exchange);
    }

    if (exchange->room <= 0) {
        return TSGI_AGAIN;
    }

    if (size == 0) {
        return TSGI_OK;
    }

    if (tsgi_exchange_is_bodiless(exchange) || size > undelivered(exchange)) {
        return TSGI_EXCESS;
    }

    tsgi_message *file = tsgi_message_new_file(exchange, TSGI_FILE, fd, offset, size);

    if (file == NULL) {
        return TSGI_SYSTEM;
    }

    exchange->sent += size;
    exchange->room -= file->u.file.cost;
    send(exchange, file);

    return TSGI_OK;
}

/* ---- END ---- */

static tsgi_message *make_end(tsgi_exchange *exchange, uint16_t status)
{
    tsgi_message *end = tsgi_message_embed(&exchange->end, exchange, TSGI_END);
    bool complete = tsgi_exchange_is_bodiless(exchange) || exchange->declared < 0 ||
                    exchange->sent == (uint64_t)exchange->declared;

    end->u.end.status = (status == 0 && !complete) ? 500 : status;

    return end;
}

tsgi_status tsgi_exchange_end(tsgi_exchange *exchange, uint16_t status)
{
    if (!may(exchange, TSGI_END)) {
        return refusal(exchange);
    }

    if (status == 0 && exchange->app_state == TSGI_IDLE) {
        return TSGI_ORDER; /* a response has a head */
    }

    send(exchange, make_end(exchange, status));
    leave(exchange);

    return TSGI_OK;
}

tsgi_status tsgi_exchange_respond(tsgi_exchange *exchange, const tsgi_head *head, int64_t length,
                                  tsgi_message *data)
{
    tsgi_message *start;
    tsgi_status status = make_start(exchange, head, length, &start);

    if (status == TSGI_OK && data != NULL && exchange->declared >= 0 &&
        data->u.data.size > (uint64_t)exchange->declared && !tsgi_exchange_is_bodiless(exchange)) {
        tsgi_message_done(start);
        exchange->declared = -1;
        status = TSGI_EXCESS;
    }

    if (status != TSGI_OK) {
        if (data != NULL) {
            tsgi_message_done(data);
        }

        return status;
    }

    if (data != NULL && tsgi_exchange_is_bodiless(exchange)) {
        tsgi_message_done(data);
        data = NULL;
    }

    exchange->sent = data != NULL ? data->u.data.size : 0;

    tsgi_message *end = make_end(exchange, 0);

    start->next = data != NULL ? data : end;

    if (data != NULL) {
        data->next = end;
    }

    tsgi_turn_send(&exchange->app_port->turn, exchange->host_port, start, end);
    leave(exchange);

    return TSGI_OK;
}

/* ---- the request body and credit ---- */

tsgi_status tsgi_exchange_want(tsgi_exchange *exchange, uint64_t size)
{
    if (!may(exchange, TSGI_WANT)) {
        return refusal(exchange);
    }

    atomic_fetch_add(&exchange->want_added, size);

    if (!atomic_exchange(&exchange->want_sent, true)) {
        tsgi_message *want = tsgi_message_embed(&exchange->want, exchange, TSGI_WANT);

        want->u.want.size = size; /* for traces; the host fetches what was added up */
        send(exchange, want);
    }

    return TSGI_OK;
}

bool tsgi_exchange_take_credit(tsgi_exchange *exchange)
{
    bool short_before = exchange->room <= 0;

    /* Only now may the host use the CREDIT message again. */
    atomic_store(&exchange->credit_sent, false);
    exchange->room += (int64_t)atomic_exchange(&exchange->credit_returned, 0);

    return short_before && exchange->room > 0;
}

void tsgi_exchange_cut(tsgi_exchange *exchange)
{
    if (exchange->app_state != TSGI_OVER) {
        leave(exchange);
    }
}
