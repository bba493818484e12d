/* Threads that cannot be made: TSGI's, Node's and libuv's. */

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "misery.h"
#include "real.h"

typedef void *start_fn(void *data);

REAL(int, pthread_create, pthread_t *, const pthread_attr_t *, start_fn *, void *)

/* The server's own threads are its own affair. */
static bool is_ours(const void *caller)
{
    static const char *const objects[] = {"tsgi", "libnode", "libuv", "libstdc++"};
    Dl_info info;

    if (dladdr(caller, &info) == 0 || info.dli_fname == NULL) {
        return false;
    }

    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        if (strstr(info.dli_fname, objects[i]) != NULL) {
            return true;
        }
    }

    return false;
}

/* Of ours, in this process. */
static atomic_uint alive;

typedef struct thread {
    start_fn *start;
    void *data;
} thread;

static void *run(void *data)
{
    thread self = *(thread *)data;

    free(data);

    void *result = self.start(self.data);

    atomic_fetch_sub(&alive, 1);

    return result;
}

/* One more, if it may be. */
static bool take(void)
{
    uint32_t limit = atomic_load(&control->threads);
    unsigned before = atomic_fetch_add(&alive, 1);

    if (limit == 0 || before < limit - 1) {
        return true;
    }

    atomic_fetch_sub(&alive, 1);
    atomic_fetch_add(&control->unmade, 1);

    return false;
}

int pthread_create(pthread_t *id, const pthread_attr_t *attributes, start_fn *start, void *data)
{
    if (control == NULL || !is_ours(__builtin_return_address(0))) {
        return get_pthread_create()(id, attributes, start, data);
    }

    thread *wrapped = take() ? malloc(sizeof(thread)) : NULL;

    if (wrapped == NULL) {
        return EAGAIN;
    }

    *wrapped = (thread){start, data};

    return get_pthread_create()(id, attributes, run, wrapped);
}
