/* One exchange at a time, both halves played by one thread: credit, windows, files. */

#include <fcntl.h>

#include "fixture.h"

static void credit_bounds_what_is_under_way(void)
{
    fixture f;
    fixture_request request;
    uint64_t returned = 0;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 4096, 0);

    f.hold = true;
    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);

    for (int round = 0; round < 50; round++) {
        uint64_t room;

        while ((room = tsgi_exchange_room(exchange)) > 0) {
            CHECK_INT(fixture_data(exchange, (uint32_t)(room < 1000 ? room : 1000)), TSGI_OK);
        }

        fixture_drain(&f);

        /* The last message may overdraw by its least cost. */
        CHECK(request.cost - returned <= 4096 + TSGI_MESSAGE_COST);
        CHECK_INT(tsgi_exchange_file(exchange, 0, 0, 1), TSGI_AGAIN);
        tsgi_exchange_credit(exchange, request.cost - returned);
        returned = request.cost;
        fixture_release(&request);

        tsgi_message *credit = fixture_receive(&f, TSGI_CREDIT);

        tsgi_message_done(credit);
        CHECK(tsgi_exchange_take_credit(exchange));
    }

    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    fixture_close(&f);
}

/* Credit in the smallest pieces comes back all the same, and in few messages. */
static void credit_in_small_pieces(void)
{
    fixture f;
    fixture_request request;
    int credits = 0;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    CHECK_INT(fixture_data(exchange, 1000), TSGI_OK);
    CHECK_INT(tsgi_exchange_room(exchange), 0);

    for (int i = 0; i < 1000; i++) {
        tsgi_exchange_credit(exchange, 1);
    }

    for (tsgi_message *credit; (credit = tsgi_port_next(f.group->ports[0])) != NULL; credits++) {
        CHECK_INT(credit->kind, TSGI_CREDIT);
        tsgi_message_done(credit);
        tsgi_exchange_take_credit(exchange);
    }

    CHECK_INT(credits, 1);
    CHECK_INT(tsgi_exchange_room(exchange), 1000);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    fixture_close(&f);
}

/* However often the application reads, one message says how much in all: it costs no memory, and cannot fail. */
static void wants_add_up(void)
{
    fixture f;
    fixture_request request;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 100, TSGI_VIEW_BODY_LATER);

    CHECK_INT(tsgi_exchange_want(exchange, 10), TSGI_OK);
    CHECK_INT(tsgi_exchange_want(exchange, 20), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(request.wants, 1);
    CHECK_INT(tsgi_exchange_wanted(exchange), 30);
    CHECK_INT(tsgi_exchange_want(exchange, 5), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(request.wants, 2);
    CHECK_INT(tsgi_exchange_wanted(exchange), 35);
    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    fixture_drain(&f);
    fixture_close(&f);
}

static void the_body_keeps_to_the_window(void)
{
    fixture f;
    fixture_request request;
    char bytes[100] = {0};

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 100, 0);

    CHECK_INT(tsgi_exchange_wanted(exchange), 100);
    CHECK_INT(tsgi_exchange_body(exchange, bytes, 60), TSGI_OK);
    CHECK_INT(tsgi_exchange_wanted(exchange), 40);
    CHECK_INT(tsgi_exchange_body(exchange, bytes, 41), TSGI_AGAIN);
    CHECK_INT(tsgi_exchange_body(exchange, bytes, 0), TSGI_OK); /* nothing: no message */
    CHECK_INT(tsgi_exchange_body(exchange, bytes, 40), TSGI_OK);
    CHECK_INT(tsgi_exchange_wanted(exchange), 0);
    fixture_skip(&f, TSGI_BODY);
    fixture_skip(&f, TSGI_BODY);
    CHECK_INT(tsgi_exchange_want(exchange, 70), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(request.wants, 1);
    CHECK_INT(tsgi_exchange_wanted(exchange), 70);
    CHECK_INT(tsgi_exchange_body_end(exchange, 0), TSGI_OK);
    CHECK_INT(tsgi_exchange_body_end(exchange, 0), TSGI_ORDER);
    CHECK_INT(tsgi_exchange_body(exchange, bytes, 1), TSGI_ORDER);
    CHECK_INT(tsgi_exchange_body_file(exchange, 0, 0, 1), TSGI_ORDER);
    fixture_skip(&f, TSGI_BODY_END);
    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    fixture_drain(&f);

    /* Streamed: nothing until the application asks. */
    exchange = fixture_begin(&f, &request, TSGI_VIEW_BODY_LATER);
    CHECK_INT(tsgi_exchange_wanted(exchange), 0);
    CHECK_INT(tsgi_exchange_body(exchange, bytes, 1), TSGI_AGAIN);
    fixture_skip(&f, TSGI_BEGIN);
    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    fixture_drain(&f);
    fixture_close(&f);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) != -1;
}

static void files_are_duplicated_and_closed(void)
{
    fixture f;
    fixture_request request;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

    f.hold = true;
    CHECK_INT(tsgi_exchange_body_file(exchange, fd, 7, 70000), TSGI_OK);

    tsgi_message *body = fixture_receive(&f, TSGI_BODY);
    int copy = body->u.file.fd;

    CHECK(body->flags & TSGI_MESSAGE_SPOOLED);
    CHECK_INT(body->u.file.offset, 7);
    CHECK(copy != fd && is_open(copy));
    tsgi_message_done(body);
    CHECK(!is_open(copy));

    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    CHECK_INT(tsgi_exchange_file(exchange, fd, 5, 500000), TSGI_OK);
    CHECK_INT(tsgi_exchange_file(exchange, -1, 5, 5), TSGI_SYSTEM);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(request.files, 1);
    CHECK_INT(request.bytes, 500000);
    copy = request.held->u.file.fd;
    CHECK(copy != fd && is_open(copy) && is_open(fd));
    fixture_release(&request); /* after the end */
    CHECK(!is_open(copy));
    CHECK(is_open(fd));
    close(fd);
    fixture_close(&f);
}

static void drain_is_bounded(void)
{
    fixture f;
    fixture_request request;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 100000, 0);

    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);

    for (int i = 0; i < 10; i++) {
        CHECK_INT(fixture_data(exchange, 1), TSGI_OK);
    }

    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    CHECK_INT(f.wakes, 1);
    CHECK_INT(tsgi_exchange_drain(f.port, 5), 5);
    CHECK_INT(request.delivered, 5);
    CHECK_INT(tsgi_exchange_drain(f.port, 5), 5);
    CHECK_INT(tsgi_exchange_drain(f.port, 5), 2);
    CHECK_INT(tsgi_exchange_drain(f.port, 5), 0);
    CHECK_INT(f.wakes, 1);
    fixture_close(&f);
}

int main(void)
{
    RUN(credit_bounds_what_is_under_way);
    RUN(credit_in_small_pieces);
    RUN(wants_add_up);
    RUN(the_body_keeps_to_the_window);
    RUN(files_are_duplicated_and_closed);
    RUN(drain_is_bounded);
    CHECK_LEAKS(files_are_duplicated_and_closed);

    return check_result();
}
