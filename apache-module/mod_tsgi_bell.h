/*
 * A bell: one thread sleeps until others ring it.
 *
 * It dozes on the bell alone, by a futex, or polls it together with other descriptors, by an
 * eventfd; whoever rings does what wakes the one that sleeps, and nothing when he is up.  A ring
 * before the sleep ends it at once.
 *
 *     QUIET --doze--> DOZING --ring--> RUNG --woken--> QUIET
 *     QUIET --arm---> POLLED --ring--> RUNG --disarm-> QUIET
 *     QUIET --ring--> RUNG, and the next doze or arm finds it so
 *
 * Dozing costs a third of polling, and a port is waited for in every request.
 */

#ifndef MOD_TSGI_BELL_H
#define MOD_TSGI_BELL_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct {
    atomic_uint state;
    int fd; /* readable when it was rung while it was POLLED; -1: not open */
} mod_tsgi_bell;

/* False: errno. */
bool mod_tsgi_bell_open(mod_tsgi_bell *bell);
void mod_tsgi_bell_close(mod_tsgi_bell *bell);

/* Any thread, and in a signal handler. */
void mod_tsgi_bell_ring(mod_tsgi_bell *bell);

/* The sleeper.  Sleeps until it is rung, a signal comes or so many milliseconds have passed;
 * false: they have. */
bool mod_tsgi_bell_doze(mod_tsgi_bell *bell, int milliseconds);

/* The sleeper, before it polls bell->fd; false: it was rung already, and there is no need. */
bool mod_tsgi_bell_arm(mod_tsgi_bell *bell);

/* The sleeper, after that. */
void mod_tsgi_bell_disarm(mod_tsgi_bell *bell);

#endif
