/*
 * A sender, a receiver that may not come back, and two who think so, in every order: what was
 * begun is ended once, by the receiver or by who took its tenure; what was only queued goes to the
 * successor; no message is lost, none comes out of its order, and nobody touches the port beside
 * another.
 */

#include <stdio.h>
#include <string.h>

#include "atomics.h"
#include "core/message.h"
#include "core/port.h"
#include "core/tenure.h"
#include "core/trace.h"
#include "explorer.h"

enum { LETTERS = 3, TRIES = 2 };

/* A request, of which nothing matters but who begins it and who ends it. */
typedef struct letter {
    tsgi_message message; /* first */
    int number;
    int begun;
    int ended;
} letter;

static struct {
    letter letters[LETTERS];
    tsgi_port *port;
    tsgi_tenure tenure;
    int received;
    int taken;    /* times that the tenure was taken */
    bool at_port; /* somebody is */
    bool woken;
    bool successor; /* it is the successor who listens, and is woken */
    bool successor_woken;
} world;

/* ---- what port.c calls ---- */

bool tsgi_trace_enabled;

void tsgi_message_hold(tsgi_message *message)
{
    (void)message;
}

void tsgi_message_done(tsgi_message *message)
{
    (void)message;
}

void tsgi_trace_message(const tsgi_message *message)
{
    (void)message;
}

static void wake(void *data)
{
    model_set(data);

    if ((data == &world.successor_woken) != world.successor) {
        model_fail("a receiver that had gone was woken");
    }
}

/* ---- the port ---- */

static letter *next(void)
{
    if (world.at_port) {
        model_fail("two were at one port");
    }

    world.at_port = true;

    tsgi_message *message = tsgi_port_next(world.port);

    world.at_port = false;

    letter *self = (letter *)(void *)message;

    if (self != NULL) {
        if (self->begun != 0 || self->number != world.received) {
            model_fail("a message came out of its order");
        }

        self->begun++;
        world.received++;
    }

    return self;
}

static void end(letter *letter)
{
    if (letter->ended++ != 0) {
        model_fail("what was begun was ended twice");
    }
}

/* ---- threads ---- */

static void send_all(void)
{
    for (int i = 0; i < LETTERS; i++) {
        tsgi_message *message = &world.letters[i].message;

        tsgi_port_send(world.port, message, message);
        model_forget((unsigned)i);
    }
}

/* An isolate's thread.  Each pause is JavaScript, from which it may come back very late. */
static void serve(void)
{
    while (tsgi_tenure_enter(&world.tenure)) {
        letter *mine = next();

        tsgi_tenure_leave(&world.tenure);
        model_forget(mine == NULL ? 10 : 11 + (unsigned)mine->number);

        if (mine == NULL) {
            if (world.received == LETTERS) {
                return;
            }

            model_await(&world.woken);
            continue;
        }

        model_pause();

        if (!tsgi_tenure_enter(&world.tenure)) {
            return;
        }

        end(mine);
        tsgi_tenure_leave(&world.tenure);
    }
}

/* The end of what the lost thread had begun, and all that its successor does. */
static void succeed(void)
{
    tsgi_port_receive(world.port, NULL, NULL);
    world.successor = true;

    for (int i = 0; i < LETTERS; i++) {
        if (world.letters[i].begun != world.letters[i].ended) {
            end(&world.letters[i]);
        }
    }

    tsgi_port_receive(world.port, wake, &world.successor_woken);

    while (world.received < LETTERS) {
        letter *mine = next();

        if (mine == NULL) {
            model_await(&world.successor_woken);
        } else {
            end(mine);
        }

        model_forget(20);
    }

    model_set(&world.woken); /* lets the lost thread come to its end */
}

static void abandon(void)
{
    for (int i = 0; i < TRIES; i++) {
        if (tsgi_tenure_revoke(&world.tenure)) {
            if (world.taken++ != 0) {
                model_fail("a tenure was taken twice");
            }

            succeed();
            return;
        }

        bool lost = tsgi_tenure_is_lost(&world.tenure);

        if (lost != (world.taken != 0)) {
            model_fail("a tenure was lost to nobody");
        }

        model_forget((unsigned)i);
    }
}

/* ---- before and after ---- */

static void begin(void)
{
    memset(&world, 0, sizeof(world));
    model_share(&world, sizeof(world));
    tsgi_tenure_init(&world.tenure);
    world.port = tsgi_port_new(NULL);
    tsgi_port_receive(world.port, wake, &world.woken);

    for (int i = 0; i < LETTERS; i++) {
        world.letters[i].number = i;
    }
}

static void check(void)
{
    for (int i = 0; i < LETTERS; i++) {
        if (world.letters[i].begun != 1) {
            model_fail("a message was lost");
        } else if (world.letters[i].ended != 1) {
            model_fail("what was begun was never ended");
        }
    }

    tsgi_port_close(world.port);
}

static const model models[] = {
    {"a thread is abandoned", begin, {send_all, serve, abandon}, check, "a message waits for ever"},
    {"two abandon one thread",
     begin,
     {send_all, serve, abandon, abandon},
     check,
     "a message waits for ever"},
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
