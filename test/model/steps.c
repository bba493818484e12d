/* The operations of atomics.h: each a step, at which the other threads may go first. */

#include <string.h>

#include "atomics.h"
#include "machine.h"

machine_state machine;
thread *current;
ucontext_t explorer;
void *shared;
size_t shared_size;
const char *failure;

void model_fail(const char *why)
{
    if (failure == NULL) {
        failure = why;
    }
}

uint64_t machine_mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;

    return hash * 0xbf58476d1ce4e5b9u ^ hash >> 32;
}

static void give(uint64_t value)
{
    if (current != NULL) {
        current->given = machine_mix(current->given, value + 1);
    }
}

static void check_lives(const void *where)
{
    for (int i = 0; i < BLOCKS; i++) {
        const char *byte = where;

        if (byte >= machine.blocks[i].bytes && byte < machine.blocks[i].bytes + BLOCK &&
            !machine.blocks[i].live) {
            model_fail("memory was used after it was freed");
        }
    }
}

/* Every operation begins here: the others may go first. */
static void step(action action, const void *where)
{
    if (current != NULL) {
        thread *self = current;

        self->action = action;
        self->where = where;
        self->given = machine_mix(self->given, (uint64_t)action); /* it has come so far */
        swapcontext(&self->context, &explorer);
    }

    if (where != NULL) {
        check_lives(where);
    }
}

static void put(void *where, size_t size, uint64_t value)
{
    memcpy(where, &value, size);
}

static uint64_t get(const void *where, size_t size)
{
    uint64_t value = 0;

    memcpy(&value, where, size);

    return value;
}

void machine_let_go(thread *thread)
{
    late_store *first = &thread->late[0];

    check_lives(first->where);
    put(first->where, first->size, first->value);
    thread->late_count--;
    memmove(first, first + 1, thread->late_count * sizeof(late_store));
}

void machine_let_all_go(void)
{
    while (current != NULL && current->late_count > 0) {
        machine_let_go(current);
    }
}

uint64_t model_load(const void *where, size_t size)
{
    uint64_t value;

    step(LOAD, where);
    value = get(where, size);

    for (unsigned i = 0; current != NULL && i < current->late_count; i++) {
        if (current->late[i].where == where) {
            value = current->late[i].value;
        }
    }

    give(value);

    return value;
}

void model_store(void *where, size_t size, uint64_t value, bool at_once)
{
    step(STORE, where);

    if (at_once || current == NULL || current->late_count == BUFFER) {
        machine_let_all_go();
        put(where, size, value);
    } else {
        current->late[current->late_count++] = (late_store){where, size, value};
    }
}

uint64_t model_exchange(void *where, size_t size, uint64_t value)
{
    uint64_t before;

    step(EXCHANGE, where);
    machine_let_all_go();
    before = get(where, size);
    put(where, size, value);
    give(before);

    return before;
}

bool model_compare_exchange(void *where, size_t size, void *expected, uint64_t value)
{
    uint64_t before;
    bool equal;

    step(EXCHANGE, where);
    machine_let_all_go();
    before = get(where, size);
    equal = before == get(expected, size);
    put(equal ? where : expected, size, equal ? value : before);
    give(before);
    give(equal);

    return equal;
}

/* No step of its own: whoever adds a reference has one, so that it makes no difference to the
 * others when it does. */
void model_add(void *where, size_t size, uint64_t value)
{
    check_lives(where);
    put(where, size, get(where, size) + value);
}

bool model_subtract_is_last(void *where, size_t size)
{
    uint64_t before;

    step(SUBTRACT, where);
    machine_let_all_go();
    before = get(where, size);
    put(where, size, before - 1);
    give(before == 1);

    return before == 1;
}

static const void **find_lock(const void *lock)
{
    for (int i = 0; i < LOCKS; i++) {
        if (machine.locked[i] == lock) {
            return &machine.locked[i];
        }
    }

    return NULL;
}

bool machine_is_locked(const void *lock)
{
    return find_lock(lock) != NULL;
}

int model_lock(pthread_mutex_t *lock)
{
    step(LOCK, lock);
    machine_let_all_go();

    if (find_lock(lock) != NULL) {
        model_fail("a lock was taken twice"); /* a thread would not have gone on */
    } else {
        *find_lock(NULL) = lock;
    }

    return 0;
}

int model_unlock(pthread_mutex_t *lock)
{
    step(UNLOCK, lock);
    machine_let_all_go();

    const void **held = find_lock(lock);

    if (held == NULL) {
        model_fail("a lock was given back that nobody had");
    } else {
        *held = NULL;
    }

    return 0;
}

void model_pause(void)
{
    step(PAUSE, NULL);
}

void model_forget(unsigned place)
{
    current->given = machine_mix((uint64_t)(current - machine.threads), place);
}

void model_await(bool *flag)
{
    step(AWAIT, flag);
    machine_let_all_go();
    *flag = false;
}

void model_set(bool *flag)
{
    model_store(flag, sizeof(*flag), true, true);
}

/* ---- memory: at the same addresses in each run ---- */

void *model_calloc(size_t count, size_t size)
{
    for (int i = 0; i < BLOCKS && count * size <= BLOCK; i++) {
        if (!machine.blocks[i].live && !machine.blocks[i].freed) {
            memset(machine.blocks[i].bytes, 0, BLOCK);
            machine.blocks[i].live = true;
            return machine.blocks[i].bytes;
        }
    }

    return NULL;
}

void model_free(void *freed)
{
    for (int i = 0; i < BLOCKS; i++) {
        if (machine.blocks[i].bytes == freed) {
            if (!machine.blocks[i].live) {
                model_fail("memory was freed twice");
            }

            machine.blocks[i].live = false;
            machine.blocks[i].freed = true;
        }
    }
}

unsigned model_blocks(void)
{
    unsigned count = 0;

    for (int i = 0; i < BLOCKS; i++) {
        count += machine.blocks[i].live;
    }

    return count;
}

void model_share(void *where, size_t size)
{
    if (size > SHARED) {
        model_fail("more is shared than there is room for");
        return;
    }

    shared = where;
    shared_size = size;
}
