/* Which states were seen: a table of hashes of them. */

#include <stdio.h>
#include <string.h>

#include "atomics.h"
#include "machine.h"

typedef struct state {
    uint64_t left, right;
} state;

static state *seen;
static size_t seen_count, seen_size;

static uint64_t word_at(const char *bytes, size_t size)
{
    uint64_t word = 0;

    memcpy(&word, bytes, size < sizeof(word) ? size : sizeof(word));

    return word;
}

static state hash_of(const void *bytes, size_t size, state hash)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = word_at((const char *)bytes + i, size - i);

        hash.left = machine_mix(hash.left, word);
        hash.right = machine_mix(hash.right + 1, word);
    }

    return hash;
}

static state state_now(void)
{
    state now = {1, 2};

    for (unsigned i = 0; i < machine.thread_count; i++) {
        now = hash_of(&machine.threads[i].given, sizeof(machine.threads[i].given), now);
        now = hash_of(&machine.threads[i].late_count, sizeof(machine.threads[i].late_count), now);

        for (unsigned j = 0; j < machine.threads[i].late_count; j++) {
            now = hash_of(&machine.threads[i].late[j].where, sizeof(void *), now);
            now = hash_of(&machine.threads[i].late[j].value, sizeof(uint64_t), now);
        }
    }

    now = hash_of(shared, shared_size, now);

    for (int i = 0; i < BLOCKS; i++) {
        now = hash_of(&machine.blocks[i].live, sizeof(bool), now);
        now = hash_of(machine.blocks[i].bytes, machine.blocks[i].live ? BLOCK : 0, now);
    }

    return hash_of(machine.locked, sizeof(machine.locked), now);
}

static bool insert(state *table, size_t size, state new)
{
    size_t i = new.left &(size - 1);

    while (table[i].left != 0 || table[i].right != 0) {
        if (table[i].left == new.left && table[i].right == new.right) {
            return false;
        }

        i = (i + 1) & (size - 1);
    }

    table[i] = new;

    return true;
}

bool states_add(void)
{
    state now = state_now();

    if (seen_count * 2 >= seen_size) {
        size_t size = seen_size == 0 ? 1 << 16 : seen_size * 2;
        state *grown = (calloc)(size, sizeof(state));

        if (grown == NULL) {
            perror("the table of states");
            exit(2);
        }

        for (size_t i = 0; i < seen_size; i++) {
            if (seen[i].left != 0 || seen[i].right != 0) {
                insert(grown, size, seen[i]);
            }
        }

        (free)(seen);
        seen = grown;
        seen_size = size;
    }

    bool new = insert(seen, seen_size, now);

    seen_count += new;

    return new;
}

size_t states_seen(void)
{
    return seen_count;
}

void states_forget(void)
{
    seen_count = 0;

    if (seen != NULL) {
        memset(seen, 0, seen_size * sizeof(state));
    }
}
