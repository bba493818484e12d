#ifndef _GNU_SOURCE
#    define _GNU_SOURCE /* dladdr() */
#endif

#include "library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "libtsgi.so"

/*
 * The name of the library beside the module, which is pinned as well: a configuration without
 * it would unload the code that the runtime's threads call.
 */
static bool name_neighbour(const void *inside, char *name, size_t size)
{
    Dl_info info;

    if (dladdr(inside, &info) == 0 || info.dli_fname == NULL) {
        return false;
    }

    (void)dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);

    const char *slash = strrchr(info.dli_fname, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - info.dli_fname) + 1;

    if (folder == 0 || folder + sizeof(LIBRARY) > size) {
        return false;
    }

    memcpy(name, info.dli_fname, folder);
    memcpy(name + folder, LIBRARY, sizeof(LIBRARY));

    return true;
}

/* As the dynamic linker would see it, with the effective user and capabilities. */
static bool is_there(const char *path)
{
    return faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0;
}

/* A library that is there but does not load is to be heard of: nothing is tried behind it. */
static void *open_library(const void *inside, const char *built)
{
    const int mode = RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE;
    char neighbour[PATH_MAX];

    if (name_neighbour(inside, neighbour, sizeof(neighbour)) && is_there(neighbour)) {
        return dlopen(neighbour, mode);
    }

    if (built != NULL && is_there(built)) {
        return dlopen(built, mode);
    }

    return dlopen(LIBRARY, mode);
}

tsgi_library_status tsgi_library_load(const void *inside, const char *built, const tsgi_api **api,
                                      char *error, size_t size)
{
    tsgi_api_get_fn get;
    void *library = open_library(inside, built);

    *api = NULL;
    (void)snprintf(error, size, "%s", "");

    if (library == NULL) {
        const char *reason = dlerror();

        (void)snprintf(error, size, "%s", reason == NULL ? "no reason was given" : reason);
        return TSGI_LIBRARY_MISSING;
    }

    *(void **)&get = dlsym(library, TSGI_API_SYMBOL);

    const tsgi_api *found = get == NULL ? NULL : get(TSGI_ABI_VERSION);

    if (found == NULL || found->abi_version != TSGI_ABI_VERSION ||
        found->struct_size < sizeof(tsgi_api)) {
        return TSGI_LIBRARY_VERSION;
    }

    *api = found;

    return TSGI_LIBRARY_OK;
}
