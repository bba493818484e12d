/* One exchange at a time, both halves played by one thread: order, heads, lengths. */

#include "fixture.h"

static void a_whole_exchange(void)
{
    fixture f;
    fixture_request request;

    fixture_open(&f, 1000, 1);

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);

    CHECK_INT(atomic_load(&f.runtime->live), 1);
    fixture_skip(&f, TSGI_BEGIN);
    CHECK_INT(fixture_start(exchange, 201, -1), TSGI_OK);
    CHECK_INT(fixture_data(exchange, 10), TSGI_OK);
    CHECK_INT(fixture_data(exchange, 20), TSGI_OK);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(request.starts, 1);
    CHECK_INT(request.status, 201);
    CHECK_TEXT(request.reason, strlen(request.reason), "OK");
    CHECK_INT(request.length, -1);
    CHECK_INT(request.bytes, 30);
    CHECK_INT(request.ends, 1);
    CHECK_INT(request.end, 0);
    CHECK_INT(atomic_load(&f.runtime->live), 0);
    fixture_close(&f);
}

static void paths_outside_the_mount_leave_no_exchange(void)
{
    fixture f;
    fixture_request request = {0};
    tsgi_view view = fixture_view();
    tsgi_exchange *exchange = NULL;

    fixture_open(&f, 1000, 1);
    view.path = (tsgi_bytes){"/application", 12};
    CHECK_INT(tsgi_exchange_begin(f.port, f.app, &view, &request, &exchange), TSGI_NOT_MOUNTED);
    CHECK(exchange == NULL);
    CHECK_INT(atomic_load(&f.runtime->live), 0);
    CHECK(tsgi_port_next(f.group->ports[0]) == NULL);
    atomic_store(&f.runtime->draining, true);
    view = fixture_view();
    CHECK_INT(tsgi_exchange_begin(f.port, f.app, &view, &request, &exchange), TSGI_UNAVAILABLE);
    fixture_close(&f);
}

static void the_runtime_keeps_its_order(void)
{
    fixture f;
    fixture_request request;
    uint32_t cuts[] = {0};
    tsgi_head inform = {103, "", 0, cuts, 0};

    fixture_open(&f, 1000, 1);

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);
    tsgi_message *begin = fixture_receive(&f, TSGI_BEGIN);

    CHECK_INT(fixture_data(exchange, 1), TSGI_ORDER);
    CHECK_INT(tsgi_exchange_file(exchange, 0, 0, 1), TSGI_ORDER);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_ORDER); /* complete, and no head */
    CHECK_INT(tsgi_exchange_inform(exchange, &inform), TSGI_OK);
    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_ORDER);
    CHECK_INT(tsgi_exchange_inform(exchange, &inform), TSGI_ORDER);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_EXPIRED);
    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_EXPIRED);
    CHECK_INT(fixture_data(exchange, 1), TSGI_EXPIRED);
    CHECK_INT(tsgi_exchange_want(exchange, 1), TSGI_EXPIRED);
    CHECK_INT(tsgi_exchange_inform(exchange, &inform), TSGI_EXPIRED);
    tsgi_message_done(begin);
    fixture_drain(&f);
    CHECK_INT(request.informs, 1);
    CHECK_INT(request.starts, 1);
    CHECK_INT(request.ends, 1);
    fixture_close(&f);
}

static void a_failure_needs_no_head(void)
{
    fixture f;
    fixture_request request;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

    CHECK_INT(tsgi_exchange_end(exchange, 503), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(request.starts, 0);
    CHECK_INT(request.end, 503);
    fixture_close(&f);
}

static const struct {
    const char *text;
    uint32_t cuts[5];
    uint32_t fields;
    uint16_t status;
    tsgi_status expected;
    int64_t length;
} heads[] = {
    {"OKX-Aone", {2, 3, 3}, 1, 200, TSGI_OK, -1},
    {"", {0}, 0, 200, TSGI_OK, -1},
    {"OKX-A", {2, 3, 0}, 1, 999, TSGI_OK, -1},
    {"OKContent-Length17", {2, 14, 2}, 1, 200, TSGI_OK, 17},
    {"OKcontent-LENGTH0", {2, 14, 1}, 1, 200, TSGI_OK, 0},
    {"OK", {2}, 0, 199, TSGI_INVALID, 0},
    {"OK", {2}, 0, 100, TSGI_INVALID, 0},
    {"OK", {2}, 0, 1000, TSGI_INVALID, 0},
    {"OK", {2}, 0, 0, TSGI_INVALID, 0},
    {"O\nK", {3}, 0, 200, TSGI_INVALID, 0},
    {"OKX Aone", {2, 3, 3}, 1, 200, TSGI_INVALID, 0},
    {"OKone", {2, 0, 3}, 1, 200, TSGI_INVALID, 0},
    {"OKX-Ao\ne", {2, 3, 3}, 1, 200, TSGI_INVALID, 0},
    {"OKX-Ao\re", {2, 3, 3}, 1, 200, TSGI_INVALID, 0},
    {"OKTEgzip", {2, 2, 4}, 1, 200, TSGI_INVALID, 0},
    {"OKStatus200", {2, 6, 3}, 1, 200, TSGI_INVALID, 0},
    {"OKTrailersx", {2, 8, 1}, 1, 200, TSGI_INVALID, 0},
    {"OKContent-Length-1", {2, 14, 2}, 1, 200, TSGI_INVALID, 0},
    {"OKContent-Length", {2, 14, 0}, 1, 200, TSGI_INVALID, 0},
    {"OKContent-Length5Content-Length6", {2, 14, 1, 14, 1}, 2, 200, TSGI_INVALID, 0},
    {"OKContent-Length5Content-Length5", {2, 14, 1, 14, 1}, 2, 200, TSGI_INVALID, 0},
    {"OKX-Aone", {2, 3, 2}, 1, 200, TSGI_INVALID, 0}, /* cuts that do not add up */
    {"OKX-Aone", {2, 3, 4}, 1, 200, TSGI_INVALID, 0},
    {"OKX-Aone", {200, 3, 3}, 1, 200, TSGI_INVALID, 0},
    {"OKX-Aone", {2, UINT32_MAX, 3}, 1, 200, TSGI_INVALID, 0},
};

static void heads_are_checked(void)
{
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        fixture f;
        fixture_request request;
        tsgi_head head = {heads[i].status, heads[i].text, strlen(heads[i].text), heads[i].cuts,
                          heads[i].fields};

        tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

        tsgi_status status = tsgi_exchange_start(exchange, &head, -1);

        if (status != heads[i].expected) {
            fprintf(stderr, "head %zu:\n", i);
        }

        CHECK_INT(status, heads[i].expected);

        /* A refused head changes nothing. */
        if (status != TSGI_OK) {
            CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
            CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
        } else {
            CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
        }

        fixture_drain(&f);
        CHECK_INT(request.starts, 1);

        if (status == TSGI_OK) {
            CHECK_INT(request.status, heads[i].status);
            CHECK_INT(request.length, heads[i].length);
        }

        fixture_close(&f);
    }
}

static void fields_arrive_in_order_without_the_length(void)
{
    static const char text[] = "Very wellX-A1Content-Length3Set-Cookiea=1X-A2Set-Cookieb=2";
    static const uint32_t cuts[] = {9, 3, 1, 14, 1, 10, 3, 3, 1, 10, 3};
    fixture f;
    fixture_request request;
    tsgi_head head = {200, text, sizeof(text) - 1, cuts, 5};

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

    CHECK_INT(tsgi_exchange_start(exchange, &head, 99), TSGI_OK);
    CHECK_INT(fixture_data(exchange, 3), TSGI_OK);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    CHECK_TEXT(request.reason, strlen(request.reason), "Very well");
    CHECK_INT(request.length, 3);
    CHECK_TEXT(request.headers, strlen(request.headers),
               "X-A: 1\nSet-Cookie: a=1\nX-A: 2\nSet-Cookie: b=2\n");
    CHECK_INT(request.end, 0);
    fixture_close(&f);
}

static void a_declared_length_holds(void)
{
    fixture f;
    fixture_request request;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

    CHECK_INT(fixture_start(exchange, 200, 10), TSGI_OK);
    CHECK_INT(tsgi_exchange_room(exchange), 10);
    CHECK_INT(fixture_data(exchange, 11), TSGI_EXCESS);
    CHECK_INT(fixture_data(exchange, 4), TSGI_OK);
    CHECK_INT(tsgi_exchange_room(exchange), 6);
    CHECK(!tsgi_exchange_is_full(exchange));
    CHECK_INT(fixture_data(exchange, 7), TSGI_EXCESS);
    CHECK_INT(fixture_data(exchange, 6), TSGI_OK);
    CHECK(tsgi_exchange_is_full(exchange));
    CHECK_INT(fixture_data(exchange, 1), TSGI_EXCESS);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(request.bytes, 10);
    CHECK_INT(request.end, 0);

    /* Fewer bytes than declared: never a complete response. */
    exchange = fixture_begin(&f, &request, 0);
    fixture_skip(&f, TSGI_BEGIN);
    CHECK_INT(fixture_start(exchange, 200, 10), TSGI_OK);
    CHECK_INT(fixture_data(exchange, 9), TSGI_OK);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    CHECK(request.end != 0);
    fixture_close(&f);
}

static void no_body_where_none_is_allowed(void)
{
    static const struct {
        uint32_t flags;
        uint16_t status;
        int64_t length;
    } cases[] = {{TSGI_VIEW_HEAD, 200, 5}, {0, 304, 5}, {0, 204, -1}};

    for (int i = 0; i < 3; i++) {
        fixture f;
        fixture_request request;

        tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, cases[i].flags);

        CHECK_INT(fixture_start(exchange, cases[i].status, 5), TSGI_OK);
        CHECK(tsgi_exchange_is_bodiless(exchange));
        CHECK_INT(fixture_data(exchange, 5), TSGI_EXCESS);
        CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
        fixture_drain(&f);
        CHECK_INT(request.length, cases[i].length);
        CHECK_INT(request.bytes, 0);
        CHECK_INT(request.end, 0);
        fixture_close(&f);
    }
}

static void the_whole_response_at_once(void)
{
    static const struct {
        uint32_t flags;
        uint32_t size; /* of DATA; 0: none */
        int64_t length;
        tsgi_status expected;
        uint64_t bytes;
        bool complete;
    } cases[] = {
        {0, 5, 5, TSGI_OK, 5, true},     {0, 0, 0, TSGI_OK, 0, true},
        {0, 0, -1, TSGI_OK, 0, true},    {TSGI_VIEW_HEAD, 5, 5, TSGI_OK, 0, true},
        {0, 3, 5, TSGI_OK, 3, false},    {0, 0, 5, TSGI_OK, 0, false},
        {0, 6, 5, TSGI_EXCESS, 0, true}, {0, 6, -1, TSGI_OK, 6, true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fixture f;
        fixture_request request;
        uint32_t cuts[] = {2};
        tsgi_head head = {200, "OK", 2, cuts, 0};

        fixture_open(&f, 1000, 1);

        tsgi_exchange *exchange = fixture_begin(&f, &request, cases[i].flags);
        tsgi_message *data = NULL;

        if (cases[i].size > 0) {
            data = tsgi_message_new_data(exchange, TSGI_DATA, cases[i].size);
        }

        fixture_skip(&f, TSGI_BEGIN);

        tsgi_status status = tsgi_exchange_respond(exchange, &head, cases[i].length, data);

        CHECK_INT(status, cases[i].expected);

        if (status != TSGI_OK) {
            CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK); /* nothing was sent before */
            fixture_drain(&f);
            CHECK_INT(request.starts, 0);
        } else {
            CHECK_INT(request.delivered, 0);
            fixture_drain(&f);
            CHECK_INT(request.starts, 1);
            CHECK_INT(request.bytes, cases[i].bytes);
            CHECK_INT(request.end == 0, cases[i].complete);
        }

        CHECK_INT(request.ends, 1);
        fixture_close(&f);
    }
}

int main(void)
{
    RUN(a_whole_exchange);
    RUN(paths_outside_the_mount_leave_no_exchange);
    RUN(the_runtime_keeps_its_order);
    RUN(a_failure_needs_no_head);
    RUN(heads_are_checked);
    RUN(fields_arrive_in_order_without_the_length);
    RUN(a_declared_length_holds);
    RUN(no_body_where_none_is_allowed);
    RUN(the_whole_response_at_once);
    CHECK_LEAKS(a_whole_exchange);

    return check_result();
}
