/* Wakes that an isolate holds while it deals with what it was sent (core/turn.h). */

#include "core/turn.h"

#include "fixture.h"

enum { PORTS = TSGI_TURN_WAKES + 1 };

static unsigned wakes[PORTS];

static void count_wake(void *data)
{
    ++*(unsigned *)data;
}

static tsgi_port *open_host_port(unsigned index, uint32_t lookout)
{
    tsgi_port *port = tsgi_port_new(NULL);

    wakes[index] = 0;
    port->host.lookout = lookout;
    tsgi_port_receive(port, count_wake, &wakes[index]);

    return port;
}

static void respond(tsgi_turn *turn, tsgi_port *port)
{
    tsgi_message *first = tsgi_message_new(NULL, TSGI_WANT, 0);
    tsgi_message *last = tsgi_message_new(NULL, TSGI_WANT, 0);

    first->next = last;
    tsgi_turn_send(turn, port, first, last);
}

static void receive_all(tsgi_port *port, int expected)
{
    int count = 0;

    for (tsgi_message *message; (message = tsgi_port_next(port)) != NULL; count++) {
        tsgi_message_done(message);
    }

    CHECK_INT(count, expected);
}

static void a_wake_waits_for_the_end_of_the_turn(void)
{
    tsgi_turn turn = {0};
    tsgi_port *port = open_host_port(0, 10);
    tsgi_port *other = open_host_port(1, 10);

    tsgi_turn_begin(&turn);
    respond(&turn, port);
    respond(&turn, other);
    tsgi_turn_step(&turn);
    CHECK_INT(wakes[0] + wakes[1], 0);
    receive_all(port, 2); /* a host that looks by itself finds it */
    respond(&turn, port);
    tsgi_turn_end(&turn);
    CHECK_INT(wakes[0], 1);
    CHECK_INT(wakes[1], 1);
    receive_all(port, 2);
    receive_all(other, 2);

    tsgi_turn_begin(&turn);
    tsgi_turn_end(&turn);
    CHECK_INT(wakes[0], 1);
    tsgi_port_close(port);
    tsgi_port_close(other);
}

static void nothing_is_held_from_a_host_that_only_sleeps(void)
{
    tsgi_turn turn = {0};
    tsgi_port *port = open_host_port(0, 0);

    tsgi_turn_begin(&turn);
    respond(&turn, port);
    CHECK_INT(wakes[0], 1);
    tsgi_turn_end(&turn);
    CHECK_INT(wakes[0], 1);
    receive_all(port, 2);
    tsgi_port_close(port);
}

static void nothing_is_held_outside_of_a_turn(void)
{
    tsgi_turn turn = {0};
    tsgi_port *port = open_host_port(0, 10);

    tsgi_turn_begin(&turn);
    tsgi_turn_end(&turn);
    respond(&turn, port);
    CHECK_INT(wakes[0], 1);
    receive_all(port, 2);
    tsgi_port_close(port);
}

static void a_step_wakes_who_has_waited_for_long(void)
{
    tsgi_turn turn = {0};
    tsgi_port *port = open_host_port(0, 10);

    tsgi_turn_begin(&turn);
    respond(&turn, port);
    CHECK(turn.since > TSGI_TURN_HOLD);
    turn.since -= TSGI_TURN_HOLD;
    tsgi_turn_step(&turn);
    CHECK_INT(wakes[0], 1);
    tsgi_turn_end(&turn);
    CHECK_INT(wakes[0], 1);
    receive_all(port, 2);
    tsgi_port_close(port);
}

static void one_more_than_can_be_held_wakes_all(void)
{
    tsgi_turn turn = {0};
    tsgi_port *ports[PORTS];
    unsigned woken = 0;

    tsgi_turn_begin(&turn);

    for (unsigned i = 0; i < PORTS; i++) {
        ports[i] = open_host_port(i, 10);
        respond(&turn, ports[i]);
    }

    for (unsigned i = 0; i < PORTS; i++) {
        woken += wakes[i];
    }

    CHECK_INT(woken, TSGI_TURN_WAKES);
    tsgi_turn_end(&turn);

    for (unsigned i = 0; i < PORTS; i++) {
        CHECK_INT(wakes[i], 1);
        receive_all(ports[i], 2);
        tsgi_port_close(ports[i]);
    }
}

/* The sanitizers see to the memory. */
static void a_port_may_close_before_it_is_woken(void)
{
    tsgi_turn turn = {0};
    tsgi_port *port = open_host_port(0, 10);

    tsgi_turn_begin(&turn);
    respond(&turn, port);
    tsgi_port_close(port);
    respond(&turn, port);
    tsgi_turn_end(&turn);
    CHECK_INT(wakes[0], 0);
}

int main(void)
{
    RUN(a_wake_waits_for_the_end_of_the_turn);
    RUN(nothing_is_held_from_a_host_that_only_sleeps);
    RUN(nothing_is_held_outside_of_a_turn);
    RUN(a_step_wakes_who_has_waited_for_long);
    RUN(one_more_than_can_be_held_wakes_all);
    RUN(a_port_may_close_before_it_is_woken);

    return check_result();
}
