/*
 * How the library is told what to do: by its environment when the process starts, and by a file that the
 * test and every process with the library have mapped, all words little-endian and 0 at first.
 *
 *     TSGI_MISERY=seed=N        sockets misbehave, in an order that N chooses
 *     TSGI_MISERY_CONTROL=path  the file
 */

#ifndef TSGI_MISERY_H
#define TSGI_MISERY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/order.h"

typedef struct misery_control {
    _Atomic uint32_t fail;        /* the n-th allocation from now on fails; 0: none; counts down */
    _Atomic uint32_t failed;      /* how many have failed */
    _Atomic uint32_t allocations; /* how many could have */
    _Atomic uint32_t hold;        /* the n-th message from now on is held; 0: none; counts down */
    _Atomic uint32_t held;        /* 1: a thread waits before it sends that message */
    _Atomic uint32_t go;          /* 1: it may go on */
    _Atomic uint32_t messages;    /* how many were sent */
    _Atomic uint32_t stall;       /* 1: no byte leaves by a socket of the network */
    _Atomic uint32_t
        threads; /* the n-th thread of Node or ours, and those after it, fail; 0: none */
    _Atomic uint32_t unmade;    /* how many threads have failed */
    _Atomic uint32_t disk;      /* 1: it is full, but for what is appended to, which logs are */
    _Atomic uint32_t unwritten; /* how many writes have failed */
    _Atomic int32_t clock;      /* seconds that the time of day is off; intervals are as ever */

    /* By the state that the sender was in and the kind of the message. */
    _Atomic uint32_t sent_in[TSGI_STATES][TSGI_KINDS];
    _Atomic uint32_t held_in[TSGI_STATES][TSGI_KINDS];
} misery_control;

/* For the library alone: a preloaded name comes before everybody's. */
#pragma GCC visibility push(hidden)

/* NULL: no file was given. */
extern misery_control *control;

/* sockets.c: they misbehave from now on. */
void misery_spoil_sockets(uint64_t seed);

/* messages.c: true when what is written is a line of TSGI_TRACE, which goes nowhere: the message that
 * it announces is counted, and held if it is its turn. */
bool misery_take_trace(int fd, const void *text, size_t size);

/* disk.c: true when there is no room for what is written there; errno says so. */
bool misery_disk_is_full(int fd);

#pragma GCC visibility pop

#endif
