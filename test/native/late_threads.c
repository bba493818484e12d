/*
 * Preloaded into a server: threads that TSGI makes take their time to end, LATE milliseconds, as on a
 * machine that has too much to do.  A process that calls exit() says how many of them have not ended by
 * then, and whether its exit handlers run.
 */

#ifndef _GNU_SOURCE
#    define _GNU_SOURCE /* dladdr(), RTLD_NEXT */
#endif

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#pragma GCC visibility push(default)
int pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
void exit(int);
#pragma GCC visibility pop

typedef void *start_fn(void *data);

typedef struct thread {
    start_fn *start;
    void *data;
} thread;

static atomic_int made;
static atomic_int alive;

/* Of libtsgi or of a module. */
static bool is_ours(const void *code)
{
    Dl_info info;

    return dladdr(code, &info) != 0 && info.dli_fname != NULL &&
           strstr(info.dli_fname, "tsgi") != NULL;
}

typedef struct name {
    char text[16];
} name;

static name name_of_this_thread(void)
{
    name result = {""};

    (void)prctl(PR_GET_NAME, result.text);

    return result;
}

static void *run(void *data)
{
    const char *late = getenv("LATE");
    const long delay = late == NULL ? 0 : strtol(late, NULL, 10);
    const struct timespec time = {delay / 1000, delay % 1000 * 1000000};
    const name before = name_of_this_thread();
    thread self = *(thread *)data;

    free(data);

    void *result = self.start(self.data);

    /* One that stays takes a name.  Others only find out whether there are threads to be had. */
    if (strcmp(before.text, name_of_this_thread().text) != 0) {
        (void)nanosleep(&time, NULL);
    } else {
        atomic_fetch_sub(&made, 1);
    }

    atomic_fetch_sub(&alive, 1);

    return result;
}

/* Registered before any other, and so the last. */
static void tell_handlers(void)
{
    if (atomic_load(&made) > 0) {
        (void)fprintf(stderr, "exit handlers have run\n");
    }
}

__attribute__((constructor)) static void init(void)
{
    (void)atexit(tell_handlers);
}

int pthread_create(pthread_t *id, const pthread_attr_t *attributes, start_fn *start, void *data)
{
    int (*real)(pthread_t *, const pthread_attr_t *, start_fn *, void *);
    const void *caller = __builtin_return_address(0);

    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");

    thread *wrapped = is_ours(caller) ? malloc(sizeof(thread)) : NULL;

    if (wrapped == NULL) {
        return real(id, attributes, start, data);
    }

    *wrapped = (thread){start, data};
    atomic_fetch_add(&made, 1);
    atomic_fetch_add(&alive, 1);

    return real(id, attributes, run, wrapped);
}

void exit(int status)
{
    void (*real)(int) __attribute__((noreturn));

    if (atomic_load(&made) > 0) {
        (void)fprintf(stderr, "exit() while %d of %d threads run\n", atomic_load(&alive),
                      atomic_load(&made));
    }

    *(void **)&real = dlsym(RTLD_NEXT, "exit");
    real(status);
}
