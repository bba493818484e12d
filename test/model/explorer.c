#include "explorer.h"

#include <stdio.h>
#include <string.h>

#include "machine.h"

enum { DEPTH = 400 };

static const char *const action_names[] = {"start", "load",   "store", "exchange", "subtract",
                                           "lock",  "unlock", "await", "pause"};

static char stacks[MODEL_THREADS][STACK];

/* A place where threads had a choice, as it was: to go another way from there. */
typedef struct fork {
    unsigned char
        options[2 * MODEL_THREADS]; /* 2 * thread: goes on; plus 1: a late store is seen */
    unsigned count, chosen;
    machine_state machine;
    char stacks[MODEL_THREADS][STACK];
    char shared[SHARED];
} fork;

static fork path[DEPTH];

static void save(fork *fork)
{
    fork->machine = machine;
    memcpy(fork->stacks, stacks, machine.thread_count * STACK);
    memcpy(fork->shared, shared, shared_size);
}

/* A suspended thread is its context and its stack, both at the addresses they had. */
static void restore(const fork *fork)
{
    machine = fork->machine;
    memcpy(stacks, fork->stacks, machine.thread_count * STACK);
    memcpy(shared, fork->shared, shared_size);
}

static void enter(void)
{
    current->run();
    machine_let_all_go();
    current->over = true;
    current->given = machine_mix(current->given, 0);
    swapcontext(&current->context, &explorer);
}

static void restart(const model *model)
{
    memset(&machine, 0, sizeof(machine));
    model->begin();

    for (int i = 0; i < MODEL_THREADS && model->threads[i] != NULL; i++) {
        thread *thread = &machine.threads[machine.thread_count++];

        thread->run = model->threads[i];
        thread->given = (uint64_t)i + 1;
        getcontext(&thread->context);
        thread->context.uc_stack.ss_sp = stacks[i];
        thread->context.uc_stack.ss_size = STACK;
        makecontext(&thread->context, enter, 0);
    }
}

static bool can_go_on(const thread *thread)
{
    if (thread->over) {
        return false;
    }

    if (thread->action == LOCK) {
        return !machine_is_locked(thread->where);
    }

    return thread->action != AWAIT || *(const bool *)thread->where;
}

static unsigned find_options(unsigned char *options)
{
    unsigned count = 0;

    for (unsigned i = 0; i < machine.thread_count; i++) {
        if (can_go_on(&machine.threads[i])) {
            options[count++] = (unsigned char)(2 * i);
        }

        if (machine.threads[i].late_count > 0) {
            options[count++] = (unsigned char)(2 * i + 1);
        }
    }

    return count;
}

static void take(unsigned option)
{
    thread *thread = &machine.threads[option / 2];

    if (option % 2 == 1) {
        machine_let_go(thread);
        return;
    }

    current = thread;
    swapcontext(&explorer, &thread->context);
    current = NULL;

    if (stacks[option / 2][0] != 0) {
        model_fail("a thread needs more stack");
    }
}

static bool all_over(void)
{
    for (unsigned i = 0; i < machine.thread_count; i++) {
        if (!machine.threads[i].over) {
            return false;
        }
    }

    return true;
}

/* From the start, or from the last fork before `depth`, whose choice has been made; the first
 * choice at every fork from there on.  Returns how deep it came. */
static unsigned run(const model *model, unsigned depth)
{
    if (depth == 0) {
        restart(model);
    } else {
        restore(&path[depth - 1]);
        take(path[depth - 1].options[path[depth - 1].chosen]);
    }

    for (;; depth++) {
        fork *fork = &path[depth];

        if (failure != NULL) {
            return depth;
        }

        fork->count = find_options(fork->options);
        fork->chosen = 0;

        if (fork->count == 0) {
            if (all_over()) {
                model->end();
            } else {
                model_fail(model->stuck);
            }

            return depth;
        }

        if (depth + 1 == DEPTH) {
            model_fail("a run does not end");
            return depth;
        }

        if (!states_add()) {
            return depth;
        }

        save(fork);
        take(fork->options[0]);
    }
}

/* The failed run once more, told. */
static void tell(const model *model, unsigned length)
{
    const char *why = failure;

    printf("%s: %s, after these steps:\n", model->name, why);
    failure = NULL;
    restart(model);

    for (unsigned depth = 0; depth < length; depth++) {
        unsigned option = path[depth].options[path[depth].chosen];
        const thread *thread = &machine.threads[option / 2];

        printf("  thread %u: %s\n", option / 2,
               option % 2 == 1 ? "an earlier store is seen" : action_names[thread->action]);
        take(option);
    }

    failure = why;
}

bool model_explore(const model *model)
{
    unsigned known = 0;
    unsigned long runs = 0;

    states_forget();
    failure = NULL;

    do {
        unsigned length = run(model, known);

        runs++;

        if (failure != NULL) {
            tell(model, length);
            return false;
        }

        while (length > 0 && path[length - 1].chosen + 1 == path[length - 1].count) {
            length--;
        }

        if (length > 0) {
            path[length - 1].chosen++;
        }

        known = length;
    } while (known > 0);

    printf("%s: holds in %zu states, %lu runs\n", model->name, states_seen(), runs);

    return true;
}
