/*
 * Read before everything else when the model compiles native/core: what atomics.h and pthread.h
 * would have given, with every operation a step that the explorer schedules.
 *
 * A store weaker than seq_cst may be seen late: it waits in its thread's buffer until the
 * explorer lets it go, or until the thread does anything that is no plain load or store.  That is what
 * x86 does and what weakening an order would allow; of what weaker machines do besides nothing is
 * shown here.
 */

#ifndef TSGI_MODEL_ATOMICS_H
#define TSGI_MODEL_ATOMICS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define TSGI_CORE_ATOMICS_H /* native/core/atomics.h has been read */

#define _Atomic(type) type

typedef bool atomic_bool;
typedef unsigned atomic_uint;
typedef uint_least64_t atomic_uint_least64_t;

typedef enum {
    memory_order_relaxed,
    memory_order_acquire,
    memory_order_release,
    memory_order_acq_rel,
    memory_order_seq_cst
} memory_order;

uint64_t model_load(const void *where, size_t size);
void model_store(void *where, size_t size, uint64_t value, bool at_once);
uint64_t model_exchange(void *where, size_t size, uint64_t value);
bool model_compare_exchange(void *where, size_t size, void *expected, uint64_t value);
void model_add(void *where, size_t size, uint64_t value);
bool model_subtract_is_last(void *where, size_t size);
int model_lock(pthread_mutex_t *lock);
int model_unlock(pthread_mutex_t *lock);
void *model_calloc(size_t count, size_t size);
void model_free(void *block);

#define MODEL_VALUE(p) __typeof__(*(p) + 0)
#define MODEL_NUMBER(value) ((uint64_t)(uintptr_t)(value))

#define atomic_init(p, value) ((void)(*(p) = (value)))
#define atomic_load_explicit(p, order) ((MODEL_VALUE(p))model_load((p), sizeof(*(p))))
#define atomic_load(p) atomic_load_explicit(p, memory_order_seq_cst)
#define atomic_store_explicit(p, value, order) \
    model_store((p), sizeof(*(p)), MODEL_NUMBER(value), (order) == memory_order_seq_cst)
#define atomic_store(p, value) atomic_store_explicit(p, value, memory_order_seq_cst)
#define atomic_exchange_explicit(p, value, order) \
    ((MODEL_VALUE(p))model_exchange((p), sizeof(*(p)), MODEL_NUMBER(value)))
#define atomic_exchange(p, value) atomic_exchange_explicit(p, value, memory_order_seq_cst)
#define atomic_compare_exchange_weak_explicit(p, expected, value, success, failure) \
    model_compare_exchange((p), sizeof(*(p)), (expected), MODEL_NUMBER(value))
#define atomic_compare_exchange_strong_explicit(p, expected, value, success, failure) \
    atomic_compare_exchange_weak_explicit(p, expected, value, success, failure)

/* The core adds one without looking at the sum, and takes one away to see whether it was the
 * last: what a thread does not look at must not tell two states apart. */
#define atomic_fetch_add_explicit(p, one, order) model_add((p), sizeof(*(p)), (one))
#define atomic_fetch_sub_explicit(p, one, order) \
    (model_subtract_is_last((p), sizeof(*(p))) ? 1u : 2u)

#define pthread_mutex_lock model_lock
#define pthread_mutex_unlock model_unlock
#define calloc(count, size) model_calloc(count, size)
#define free(block) model_free(block)

#endif
