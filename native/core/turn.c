#include "turn.h"

#include "clock.h"
#include "port.h"

static void wake_held(tsgi_turn *turn)
{
    uint32_t count = turn->count;

    turn->count = 0;

    for (uint32_t i = 0; i < count; i++) {
        tsgi_port_wake_if_armed(turn->held[i]);
        tsgi_port_unref(turn->held[i]);
    }
}

void tsgi_turn_begin(tsgi_turn *turn)
{
    turn->running = true;
}

void tsgi_turn_step(tsgi_turn *turn)
{
    if (turn->count > 0 && tsgi_clock_now() - turn->since >= TSGI_TURN_HOLD) {
        wake_held(turn);
    }
}

void tsgi_turn_end(tsgi_turn *turn)
{
    turn->running = false;
    wake_held(turn);
}

void tsgi_turn_send(tsgi_turn *turn, tsgi_port *port, tsgi_message *first, tsgi_message *last)
{
    if (!turn->running || port->host.lookout == 0) {
        tsgi_port_send(port, first, last);
        return;
    }

    tsgi_port_ref(port);
    tsgi_port_push(port, first, last);

    if (turn->count == TSGI_TURN_WAKES) {
        wake_held(turn);
    }

    if (turn->count == 0) {
        turn->since = tsgi_clock_now();
    }

    turn->held[turn->count++] = port;
}
