/*
 * What a test of the core needs: a check that says where and what, and a count at the end.
 *
 *     static void rounds_up(void) { CHECK_INT(round_up(3), 4); }
 *     int main(void) { RUN(rounds_up); return check_result(); }
 */

#ifndef TSGI_TEST_CHECK_H
#define TSGI_TEST_CHECK_H

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/atomics.h"

static atomic_uint check_failures;

#define CHECK(condition) check_true((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) \
    check_int((int64_t)(actual), (int64_t)(expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(data, size, expected) check_text(data, size, expected, #data, __FILE__, __LINE__)
#define CHECK_LEAKS(action) check_leaks(action, "memory after " #action)
#define RUN(test) (printf("  %s\n", #test), fflush(stdout), test())

static inline void check_true(int condition, const char *what, const char *file, int line)
{
    if (!condition) {
        fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
        atomic_fetch_add(&check_failures, 1);
    }
}

static inline void check_int(int64_t actual, int64_t expected, const char *what, const char *file,
                             int line)
{
    if (actual != expected) {
        fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", file, line, what, (long long)actual,
                (long long)expected);
        atomic_fetch_add(&check_failures, 1);
    }
}

static inline void check_text(const char *data, size_t size, const char *expected, const char *what,
                              const char *file, int line)
{
    if (size != strlen(expected) || (size > 0 && memcmp(data, expected, size) != 0)) {
        fprintf(stderr, "%s:%d: %s is \"%.*s\", not \"%s\"\n", file, line, what, (int)size,
                data == NULL ? "" : data, expected);
        atomic_fetch_add(&check_failures, 1);
    }
}

static inline int check_result(void)
{
    unsigned failures = atomic_load(&check_failures);

    printf("%u failed\n", failures);

    return failures == 0 ? 0 : 1;
}

/* Fails if doing something again and again allocates more and more.  A sanitizer has an allocator, and
 * a leak check, of its own; with glibc's, freed memory in a thread's cache counts as allocated,
 * so that only growth tells. */
static inline void check_leaks(void (*action)(void), const char *what)
{
    for (int i = 0; i < 50; i++) {
        action();
    }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)what;
#else
    size_t before = mallinfo2().uordblks;

    for (int i = 0; i < 50; i++) {
        action();
    }

    check_int((int64_t)mallinfo2().uordblks, (int64_t)before, what, __FILE__, __LINE__);
#endif
}

/* Numbers that look random and are the same for the same seed (xorshift). */
static inline uint32_t check_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;

    return *state;
}

#endif
