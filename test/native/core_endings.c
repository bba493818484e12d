/* How an exchange ends from either side, and that whatever is under way then is freed. */

#include "fixture.h"

/* ---- aborts ---- */

static void an_abort_cuts_at_once(void)
{
    fixture f;
    fixture_request request;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    CHECK_INT(fixture_data(exchange, 10), TSGI_OK);
    tsgi_exchange_abort(exchange, TSGI_ABORT_TIMEOUT);
    CHECK_INT(atomic_load(&f.runtime->live), 0);
    CHECK_INT(fixture_data(exchange, 10), TSGI_OK); /* it does not know yet */
    fixture_drain(&f);
    CHECK_INT(request.delivered, 0);

    tsgi_message *abort = fixture_receive(&f, TSGI_ABORT);

    CHECK_INT(abort->u.end.status, TSGI_ABORT_TIMEOUT);
    tsgi_exchange_cut(exchange);
    CHECK_INT(fixture_data(exchange, 10), TSGI_EXPIRED);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_EXPIRED);
    tsgi_message_done(abort);
    fixture_close(&f);
}

static void an_end_and_an_abort_may_cross(void)
{
    fixture f;
    fixture_request request;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
    fixture_skip(&f, TSGI_ABORT);
    fixture_drain(&f);
    CHECK_INT(request.ends, 0);
    CHECK_INT(atomic_load(&f.runtime->live), 0);
    fixture_close(&f);
}

/* The host may abort inside deliver, whatever it is given. */
static void an_abort_inside_deliver(void)
{
    for (int after = 0; after < 4; after++) {
        fixture f;
        fixture_request request;

        tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

        CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
        CHECK_INT(fixture_data(exchange, 1), TSGI_OK);
        CHECK_INT(fixture_data(exchange, 2), TSGI_OK);
        CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
        CHECK_INT(tsgi_exchange_drain(f.port, (uint32_t)after), after);
        request.abort_in_deliver = exchange;
        fixture_drain(&f);
        CHECK_INT(request.delivered, after + 1);
        CHECK_INT(atomic_load(&f.runtime->live), 0);
        fixture_skip(&f, TSGI_ABORT);
        fixture_close(&f);
    }
}

/* ---- what is under way when host and runtime end, in any order, is freed ---- */

/* An exchange under way: the head and some bytes were sent, some of the body has come. */
static tsgi_exchange *under_way(fixture *f, fixture_request *request)
{
    tsgi_exchange *exchange = fixture_open_exchange(f, request, 1000, 0);

    f->hold = true;
    CHECK_INT(tsgi_exchange_body(exchange, "abc", 3), TSGI_OK);
    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    CHECK_INT(fixture_data(exchange, 500), TSGI_OK);

    return exchange;
}

static void aborted_before_it_was_seen(void)
{
    fixture f;
    fixture_request request;

    fixture_open(&f, 1000, 1);

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);

    CHECK_INT(tsgi_exchange_body(exchange, "abc", 3), TSGI_OK);
    tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
    fixture_skip(&f, TSGI_BEGIN);
    fixture_skip(&f, TSGI_BODY);
    fixture_cut(&f, exchange);
    fixture_close(&f);
}

static void messages_given_back_after_everything(void)
{
    fixture f;
    fixture_request request;
    tsgi_exchange *exchange = under_way(&f, &request);

    fixture_skip(&f, TSGI_BODY);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    fixture_close(&f);
    fixture_release(&request);
}

static void a_body_that_is_not_read_any_more(void)
{
    fixture f;
    fixture_request request;
    tsgi_exchange *exchange = under_way(&f, &request);

    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    fixture_release(&request);
    fixture_skip(&f, TSGI_BODY);
    fixture_close(&f);
}

static void late_messages_that_are_drained(void)
{
    fixture f;
    fixture_request request;
    tsgi_exchange *exchange = under_way(&f, &request);

    tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
    CHECK_INT(fixture_data(exchange, 400), TSGI_OK);
    fixture_skip(&f, TSGI_BODY);
    fixture_cut(&f, exchange);
    fixture_drain(&f);
    fixture_close(&f);
}

static void late_messages_that_nobody_drains(void)
{
    fixture f;
    fixture_request request;
    tsgi_exchange *exchange = under_way(&f, &request);

    tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
    fixture_skip(&f, TSGI_BODY);
    fixture_cut(&f, exchange);
    fixture_close(&f);
}

static void messages_that_come_after_the_host_thread_has_gone(void)
{
    fixture f;
    fixture_request request;
    tsgi_exchange *exchange = under_way(&f, &request);

    tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
    tsgi_runtime_port_close(f.port);
    f.port = NULL;
    CHECK_INT(fixture_data(exchange, 400), TSGI_OK);
    fixture_skip(&f, TSGI_BODY);
    fixture_cut(&f, exchange);
    fixture_close(&f);
}

int main(void)
{
    RUN(an_abort_cuts_at_once);
    RUN(an_end_and_an_abort_may_cross);
    RUN(an_abort_inside_deliver);
    CHECK_LEAKS(aborted_before_it_was_seen);
    CHECK_LEAKS(messages_given_back_after_everything);
    CHECK_LEAKS(a_body_that_is_not_read_any_more);
    CHECK_LEAKS(late_messages_that_are_drained);
    CHECK_LEAKS(late_messages_that_nobody_drains);
    CHECK_LEAKS(messages_that_come_after_the_host_thread_has_gone);

    return check_result();
}
