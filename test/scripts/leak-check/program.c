/* Ends with memory that only thread-local variables of a library point at, of two threads, and with a leak. */

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_barrier_t kept;

static void *run(void *data)
{
    void (**keep)(void) = data;

    (*keep)();
    pthread_barrier_wait(&kept);

    for (;;) {
        pause();
    }
}

__attribute__((noinline)) static void leak(void)
{
    volatile char *bytes = malloc(100);

    bytes[0] = 1;
}

int main(int count, char *arguments[])
{
    void *library = count == 2 ? dlopen(arguments[1], RTLD_NOW) : NULL;
    void (*keep)(void);
    pthread_t thread;

    if (library == NULL) {
        return 1;
    }

    *(void **)&keep = dlsym(library, "keep");
    pthread_barrier_init(&kept, NULL, 2);

    if (keep == NULL || pthread_create(&thread, NULL, run, &keep) != 0) {
        return 1;
    }

    pthread_barrier_wait(&kept);
    keep();
    leak();
    leak();

    return 0;
}
