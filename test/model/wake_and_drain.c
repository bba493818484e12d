/*
 * Two senders and a receiver on one port, in every order: no message lost, none out of its
 * sender's order, no wake lost, at most one wake for each time the receiver armed, and nothing used
 * after it was freed, freed twice or left behind, also when the port is closed meanwhile.
 */

#include <stdio.h>
#include <string.h>

#include "atomics.h"
#include "core/message.h"
#include "core/port.h"
#include "core/trace.h"
#include "explorer.h"

enum { SENDERS = 2, EACH = 3 };

/* A message and the exchange it stands for, of which nothing matters here but that it holds the
 * port. */
typedef struct letter {
    tsgi_message message; /* first */
    int sender, number;
    bool sent;
    bool done;
    bool last; /* done with, its sender's exchange goes, and its reference to the port with it */
} letter;

/* All there is besides the port itself: shared with the explorer, which compares it. */
static struct {
    letter letters[SENDERS][EACH];
    tsgi_port *port;
    tsgi_port from; /* of a host that wakes once a turn */
    bool flush_due; /* and has been told so */
    int received[SENDERS];
    unsigned sleeps;
    unsigned wakes;
    bool woken;
    bool listens; /* a wake may come */
} world;

/* ---- what port.c calls ---- */

void tsgi_message_hold(tsgi_message *message)
{
    ((letter *)(void *)message)->sent = true;
}

void tsgi_message_done(tsgi_message *message)
{
    letter *self = (letter *)(void *)message;

    if (self->done || !self->sent) {
        model_fail("a message was done with twice");
        return;
    }

    self->done = true;

    if (self->last) {
        tsgi_port_unref(world.port);
    }
}

bool tsgi_trace_enabled;

bool tsgi_trace_enabled;

void tsgi_trace_message(const tsgi_message *message)
{
    (void)message;
}

static void wake(void *data)
{
    world.wakes++;
    model_set(&world.woken);

    if (data != world.port || !world.listens) {
        model_fail("a receiver that had gone was woken");
    }
}

/* ---- senders ---- */

static void send(int sender, int first, int last)
{
    letter *letters = world.letters[sender];

    for (int i = first; i < last; i++) {
        letters[i].message.next = &letters[i + 1].message;
    }

    tsgi_port_send(world.port, &letters[first].message, &letters[last].message);
    model_forget((unsigned)last);
}

/* START alone, then DATA and END together. */
static void send_one_and_two(void)
{
    send(0, 0, 0);
    send(0, 1, 2);
}

static void send_two_together(void)
{
    send(0, 0, 1);
}

static void send_two(void)
{
    send(0, 0, 0);
    send(0, 1, 1);
}

static void defer(void *data)
{
    (void)data;

    if (world.flush_due) {
        model_fail("a host was told twice of one flush");
    }

    world.flush_due = true;
}

/* What nginx does: all the messages of a turn, then the wakes that are due. */
static void send_two_in_one_turn(void)
{
    for (int i = 0; i < 2; i++) {
        tsgi_message *message = &world.letters[0][i].message;

        tsgi_port_send_from(&world.from, world.port, message, message);
    }

    if (world.flush_due) {
        world.flush_due = false;
        tsgi_port_flush(&world.from);
    }
}

static void send_one(void)
{
    send(1, 0, 0);
}

/* ---- receivers ---- */

static bool receive(void)
{
    tsgi_message *message = tsgi_port_next(world.port);

    if (message == NULL) {
        return false;
    }

    letter *self = (letter *)(void *)message;

    if (!self->sent || self->done || self->number != world.received[self->sender]) {
        model_fail("a message came out of its order");
    }

    world.received[self->sender]++;
    tsgi_message_done(message);

    return true;
}

static void receive_until(int count)
{
    while (world.received[0] + world.received[1] < count) {
        if (!receive()) {
            world.sleeps++;
            model_await(&world.woken);
        }

        model_forget(0);
    }
}

static void leave(void)
{
    tsgi_port_receive(world.port, NULL, NULL);
    world.listens = false;
    tsgi_port_close(world.port);
}

static void receive_three(void)
{
    receive_until(3);
    leave();
}

static void receive_four(void)
{
    receive_until(4);
    leave();
}

/* An environment ends and the next one takes over what is queued, with its first look. */
static void receive_by_two_environments(void)
{
    receive();
    tsgi_port_receive(world.port, NULL, NULL);
    world.listens = false;
    model_forget(1);
    model_pause();
    world.listens = true;
    tsgi_port_receive(world.port, wake, world.port);
    receive_until(3);
    leave();
}

/* The thread ends while messages are on their way. */
static void receive_once(void)
{
    receive();
    leave();
}

static void receive_nothing(void)
{
    leave();
}

/* ---- before and after ---- */

static void begin(int first, int second)
{
    const int counts[SENDERS] = {first, second};

    memset(&world, 0, sizeof(world));
    model_share(&world, sizeof(world));
    world.listens = true;
    world.port = tsgi_port_new(NULL);
    world.from.host.defer = defer;
    tsgi_port_receive(world.port, wake, world.port);

    for (int i = 0; i < SENDERS; i++) {
        for (int j = 0; j < counts[i]; j++) {
            world.letters[i][j].sender = i;
            world.letters[i][j].number = j;
            world.letters[i][j].last = j == counts[i] - 1;
        }

        if (counts[i] > 0) {
            tsgi_port_ref(world.port);
        }
    }
}

static void begin_two_and_one(void)
{
    begin(2, 1);
}

static void begin_three_and_one(void)
{
    begin(3, 1);
}

static void end(void)
{
    for (int i = 0; i < SENDERS; i++) {
        for (int j = 0; j < EACH; j++) {
            if (world.letters[i][j].sent != world.letters[i][j].done) {
                model_fail("a message was lost");
            }
        }
    }

    if (model_blocks() != 0) {
        model_fail("the port was not freed");
    }

    /* The port is armed at first and by each look that finds nothing.  Not each of these leads to
     * sleep: a sender may have been quicker, and its wake is spurious. */
    if (world.wakes > 1 + world.sleeps + SENDERS) {
        model_fail("there were more wakes than sleeps allow");
    }
}

/* Nobody looks, so that there is one sleep: the first. */
static void end_unread(void)
{
    if (world.wakes != 1) {
        model_fail("there were more wakes than sleeps allow");
    }

    world.listens = false;
    tsgi_port_close(world.port);
    end();
}

static const char stuck[] = "the receiver sleeps although there are messages";

/* The small ones first: a defect shows there soonest. */
static const model models[] = {
    {"two senders and nobody who looks",
     begin_two_and_one,
     {send_two, send_one},
     end_unread,
     stuck},
    {"a port that is closed at once",
     begin_two_and_one,
     {send_two_together, send_one, receive_nothing},
     end,
     stuck},
    {"a host that wakes once a turn",
     begin_two_and_one,
     {send_two_in_one_turn, send_one, receive_three},
     end,
     stuck},
    {"a host that wakes once a turn what is closed at once",
     begin_two_and_one,
     {send_two_in_one_turn, send_one, receive_nothing},
     end,
     stuck},
    {"one environment follows another",
     begin_two_and_one,
     {send_two_together, send_one, receive_by_two_environments},
     end,
     stuck},
    {"a port that is closed after a look",
     begin_two_and_one,
     {send_two, send_one, receive_once},
     end,
     stuck},
    {"two senders and a receiver that sleeps",
     begin_two_and_one,
     {send_two, send_one, receive_three},
     end,
     stuck},
    {"two senders, one of chains, and a receiver that sleeps",
     begin_three_and_one,
     {send_one_and_two, send_one, receive_four},
     end,
     stuck},
};

int main(void)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        if (!model_explore(&models[i])) {
            return 1;
        }
    }

    return 0;
}
