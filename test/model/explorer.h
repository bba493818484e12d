/*
 * Runs a few threads, one step at a time, in every order there is.
 *
 * A thread is a function that takes a step at each operation of atomics.h, and whose doings
 * depend on nothing but what those operations gave it.  So a state is what shared memory holds
 * and what each thread has been given so far; a state seen before is not gone into again.
 * Where there was a choice, memory and stacks are kept, to be put back for the next one.
 */

#ifndef TSGI_MODEL_EXPLORER_H
#define TSGI_MODEL_EXPLORER_H

#include <stdbool.h>
#include <stddef.h>

enum { MODEL_THREADS = 4 };

typedef struct model {
    const char *name;
    void (*begin)(void);                  /* before each run: makes everything anew */
    void (*threads[MODEL_THREADS])(void); /* NULL: fewer */
    void (*end)(void);                    /* after each run: what must hold then */
    const char *stuck;                    /* what it means when no thread can go on */
} model;

/* False: a run failed, and what it did is on stdout. */
bool model_explore(const model *model);

/* Called in `begin`, once: what is shared besides the memory that calloc gives. */
void model_share(void *where, size_t size);

/* Called in a thread: a step of its own, in which nothing happens. */
void model_pause(void);

/* Called in a thread: all that matters of what it has been given is `place` and what lies in shared
 * memory.  Two ways to come here are one from now on. */
void model_forget(unsigned place);

/* Called in a thread: takes `*flag` away when it is set, and waits for that. */
void model_await(bool *flag);

/* Called in a thread: sets a shared flag. */
void model_set(bool *flag);

/* Called in a thread or in `end`: this run has failed. */
void model_fail(const char *why);

/* Blocks that calloc gave in this run and that were not freed. */
unsigned model_blocks(void);

#endif
