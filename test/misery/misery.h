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
#include <stdint.h>

typedef struct misery_control {
    _Atomic uint32_t fail;        /* the n-th allocation from now on fails; 0: none; counts down */
    _Atomic uint32_t failed;      /* how many have failed */
    _Atomic uint32_t allocations; /* how many could have */
    _Atomic uint32_t hold;        /* the n-th message from now on is held; 0: none; counts down */
    _Atomic uint32_t held;        /* 1: a thread waits before it sends that message */
    _Atomic uint32_t go;          /* 1: it may go on */
    _Atomic uint32_t messages;    /* how many were sent */
} misery_control;

#endif
