/* The n-th allocation that the module or the core asks for fails. */

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "misery.h"
#include "real.h"

enum {
    FRAMES = 6 /* how far from an allocation its cause may be */
};

typedef struct object {
    _Atomic uintptr_t start;
    uintptr_t end;
} object;

static object program, module, library;

REAL(void *, dlopen, const char *, int)

static bool is_in(const object *object, const void *address)
{
    uintptr_t start = atomic_load(&object->start);

    return start != 0 && (uintptr_t)address >= start && (uintptr_t)address < object->end;
}

static bool is_ours(const void *address)
{
    return is_in(&module, address) || is_in(&library, address);
}

/* Where the code of the object lies that has `name` in its path. */
typedef struct search {
    const char *name;
    object *object;
} search;

static int look_at(struct dl_phdr_info *info, size_t size, void *data)
{
    search *search = data;

    (void)size;

    /* The program comes first, and has no name. */
    if (search->name == NULL ? info->dlpi_name[0] != '\0'
                             : strstr(info->dlpi_name, search->name) == NULL) {
        return 0;
    }

    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X)) {
            search->object->end = info->dlpi_addr + segment->p_vaddr + segment->p_memsz;
            atomic_store(&search->object->start, info->dlpi_addr + segment->p_vaddr);
        }
    }

    return 1;
}

static void find(const char *name, object *object)
{
    search search = {name, object};

    dl_iterate_phdr(look_at, &search);
}

/* nginx's own code stands between our module and libc where memory comes from its pools. */
static void find_program(void)
{
    object nginx_module = {0};

    find("/ngx_http_tsgi_module.so", &nginx_module);

    if (atomic_load(&nginx_module.start) != 0) {
        find(NULL, &program);
    }
}

/* Modules and the runtime come by this, and tsgi.node. */
void *dlopen(const char *path, int flags)
{
    void *handle = get_dlopen()(path, flags);

    if (handle != NULL && control != NULL) {
        void *frames[1];

        backtrace(frames, 1); /* loads what it needs, now and not within malloc */
        find("/ngx_http_tsgi_module.so", &module);
        find("/mod_tsgi.so", &module);
        find("/libtsgi.so", &library);
        find("/tsgi.node", &library);

        find_program();
    }

    return handle;
}

/* nginx's own code stands between a pool and whoever asks it for memory. */
static bool is_asked_by_ours(void)
{
    static _Thread_local bool looking;
    void *frames[FRAMES];
    int count;

    if (looking) {
        return false;
    }

    looking = true;
    count = backtrace(frames, FRAMES);
    looking = false;

    for (int i = 2; i < count; i++) { /* after this function and the allocator's */
        if (!is_in(&program, frames[i])) {
            return is_ours(frames[i]);
        }
    }

    return false;
}

/* True when this allocation is to fail: asked for by our code, directly or through nginx's pools. */
static bool fails(const void *caller)
{
    if (control == NULL || atomic_load(&control->fail) == 0 ||
        !(is_ours(caller) || (is_in(&program, caller) && is_asked_by_ours()))) {
        return false;
    }

    uint32_t left = atomic_load(&control->fail);

    atomic_fetch_add(&control->allocations, 1);

    while (left > 0 && !atomic_compare_exchange_weak(&control->fail, &left, left - 1)) {
    }

    if (left == 1) {
        atomic_fetch_add(&control->failed, 1);
        errno = ENOMEM;
    }

    return left == 1;
}

/* libc has these under names of its own too, so that nothing has to be looked up in a malloc. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *made = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);

    if (made == NULL) {
        return ENOMEM;
    }

    *block = made;

    return 0;
}
