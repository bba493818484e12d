/*
 * What one run is made of, between the three files of the explorer: steps.c takes the steps, states.c
 * remembers which states were seen, explorer.c chooses who goes on.
 */

#ifndef TSGI_MODEL_MACHINE_H
#define TSGI_MODEL_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

#include "explorer.h"

enum { STACK = 8 * 1024, BUFFER = 8, LOCKS = 2, BLOCKS = 1, BLOCK = 1024, SHARED = 2048 };

typedef enum { START, LOAD, STORE, EXCHANGE, SUBTRACT, LOCK, UNLOCK, AWAIT, PAUSE } action;

typedef struct late_store {
    void *where;
    size_t size;
    uint64_t value;
} late_store;

typedef struct thread {
    ucontext_t context;
    void (*run)(void);
    bool over;
    action action;     /* what it does when it goes on */
    const void *where; /* to what */
    uint64_t given;    /* hash of what its steps have given it */
    late_store late[BUFFER];
    unsigned late_count;
} thread;

/* Memory from calloc: at the same address in each run. */
typedef struct block {
    _Alignas(16) char bytes[BLOCK];
    bool live;
    bool freed;
} block;

/* All of a run but what its threads share and have on their stacks. */
typedef struct machine_state {
    thread threads[MODEL_THREADS];
    unsigned thread_count;
    block blocks[BLOCKS];
    const void *locked[LOCKS]; /* locks that are held */
} machine_state;

/* ---- steps.c ---- */

extern machine_state machine;
extern thread *current;     /* NULL: the explorer itself */
extern ucontext_t explorer; /* to which a thread goes back at each step */
extern void *shared;
extern size_t shared_size;
extern const char *failure; /* of this run */

uint64_t machine_mix(uint64_t hash, uint64_t value);

/* The oldest store of that thread is seen by the others. */
void machine_let_go(thread *thread);

/* All of the current thread's are. */
void machine_let_all_go(void);

bool machine_is_locked(const void *lock);

/* ---- states.c ---- */

void states_forget(void);
size_t states_seen(void);

/* False: the machine has been in this state before. */
bool states_add(void);

#endif
