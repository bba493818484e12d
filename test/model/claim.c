/*
 * Hosts and an isolate at the queue of one group, in every order: each exchange has one of two who
 * decide about it, never more wait than may, nobody is refused while there is room, and every place
 * comes back.
 */

#include <string.h>

#include "atomics.h"
#include "core/waiting.h"
#include "explorer.h"

enum { EXCHANGES = 2 };

typedef struct exchange {
    atomic_uint claim;
    bool begun;
    bool refused;
    bool taken;
    bool withdrawn;
} exchange;

static struct {
    tsgi_waiting waiting;
    exchange exchanges[EXCHANGES];
    bool sent; /* the first exchange has begun */
} world;

/* ---- threads ---- */

static void begin_one(exchange *self)
{
    self->begun = tsgi_waiting_enter(&world.waiting);
    self->refused = !self->begun;
}

static void withdraw(exchange *self)
{
    if (self->begun && tsgi_waiting_withdraw(&world.waiting, &self->claim)) {
        self->withdrawn = true;
    }
}

static void begin_first(void)
{
    begin_one(&world.exchanges[0]);
    model_set(&world.sent);
}

static void begin_first_and_withdraw(void)
{
    begin_first();
    withdraw(&world.exchanges[0]);
}

static void begin_second(void)
{
    begin_one(&world.exchanges[1]);
}

static void begin_second_and_withdraw(void)
{
    begin_second();
    withdraw(&world.exchanges[1]);
}

/* The isolate, which ends what it has taken and says so once more. */
static void take_first(void)
{
    exchange *self = &world.exchanges[0];

    model_await(&world.sent);

    if (!self->begun) {
        return;
    }

    self->taken = tsgi_waiting_take(&world.waiting, &self->claim);

    if (tsgi_waiting_take(&world.waiting, &self->claim) != self->taken) {
        model_fail("what was decided has changed");
    }
}

/* ---- before and after ---- */

static void begin(unsigned most)
{
    memset(&world, 0, sizeof(world));
    tsgi_waiting_init(&world.waiting, most);
    model_share(&world, sizeof(world));
}

static void begin_with_room(void)
{
    begin(2);
}

static void begin_without_room(void)
{
    begin(1);
}

static void end(void)
{
    unsigned waiting = 0;

    for (int i = 0; i < EXCHANGES; i++) {
        const exchange *self = &world.exchanges[i];

        if (self->taken && self->withdrawn) {
            model_fail("an exchange was taken and withdrawn");
        }

        waiting += self->begun && !self->taken && !self->withdrawn;
    }

    if (world.waiting.count != waiting) {
        model_fail("a place was lost or given back twice");
    }

    if (world.waiting.most > 0 && waiting > world.waiting.most) {
        model_fail("more wait than may");
    }
}

/* Room for both. */
static void end_with_room(void)
{
    end();

    if (world.exchanges[0].refused || world.exchanges[1].refused) {
        model_fail("an exchange was refused although there was room");
    }

    if (!world.exchanges[0].taken && !world.exchanges[0].withdrawn) {
        model_fail("nobody has an exchange");
    }
}

/* Room for one of them, of which nobody decides. */
static void end_of_a_race_for_the_last_place(void)
{
    if (world.exchanges[0].begun && world.exchanges[1].begun) {
        model_fail("more wait than may");
    }

    if (world.exchanges[0].refused && world.exchanges[1].refused) {
        model_fail("an exchange was refused although there was room");
    }

    end();
}

static const char stuck[] = "a thread waits for ever";

static const model models[] = {
    {"two hosts and one place",
     begin_without_room,
     {begin_first, begin_second},
     end_of_a_race_for_the_last_place,
     stuck},
    {"a host that withdraws what an isolate takes",
     begin_with_room,
     {begin_first_and_withdraw, take_first, begin_second_and_withdraw},
     end_with_room,
     stuck},
    {"the place of what was taken or withdrawn is another's",
     begin_without_room,
     {begin_first_and_withdraw, take_first, begin_second},
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
