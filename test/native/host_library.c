/* How libtsgi is found.  LIBRARIES is the folder of those that library.c makes. */

#include <dlfcn.h>

#include "check.h"
#include "folder.h"
#include "host/library.h"

/* Beside this program is no library. */
static const char here;

static char error[512];

static tsgi_library_status load(const void *inside, const char *built, const tsgi_api **api)
{
    (void)memset(error, '#', sizeof(error));

    tsgi_library_status status = tsgi_library_load(inside, built, api, error, sizeof(error));

    CHECK(memchr(error, '\0', sizeof(error)) != NULL);

    return status;
}

static void where_the_build_put_it(void)
{
    const tsgi_api *api = NULL;

    CHECK_INT(load(&here, LIBRARIES "/right/libtsgi.so", &api), TSGI_LIBRARY_OK);
    CHECK(api != NULL && api->abi_version == TSGI_ABI_VERSION);
    CHECK_TEXT(error, strlen(error), "");
}

static void where_the_linker_looks(void)
{
    const tsgi_api *api = NULL;

    CHECK_INT(load(&here, LIBRARIES "/none/libtsgi.so", &api), TSGI_LIBRARY_OK);
    CHECK(api != NULL);
    CHECK_INT(load(&here, NULL, &api), TSGI_LIBRARY_OK);
    CHECK(api != NULL);
}

static void beside_the_module_first_and_the_module_stays(void)
{
    const char *path = LIBRARIES "/right/module.so";
    const tsgi_api *api = NULL;
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    folder_need(module != NULL, path);

    const void *inside = dlsym(module, "library_anchor");

    folder_need(inside != NULL, "dlsym");
    CHECK_INT(load(inside, LIBRARIES "/refusing/libtsgi.so", &api), TSGI_LIBRARY_OK);
    CHECK(api != NULL);

    CHECK_INT(dlclose(module), 0);
    CHECK(dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL);
}

static void of_another_version(void)
{
    static const char *const paths[] = {
        LIBRARIES "/refusing/libtsgi.so",
        LIBRARIES "/boasting/libtsgi.so",
        LIBRARIES "/older/libtsgi.so",
        LIBRARIES "/empty/libtsgi.so",
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        const tsgi_api *api = (const tsgi_api *)&here;

        CHECK_INT(load(&here, paths[i], &api), TSGI_LIBRARY_VERSION);
        CHECK(api == NULL);
        CHECK_TEXT(error, strlen(error), "");
    }
}

/* One that is there and does not load is not passed over for one that does. */
static void of_no_use(void)
{
    const tsgi_api *api = (const tsgi_api *)&here;

    folder_write("libtsgi.so");
    CHECK_INT(load(&here, "./libtsgi.so", &api), TSGI_LIBRARY_MISSING);
    CHECK(api == NULL);
    CHECK(strstr(error, "./libtsgi.so: ") == error && strlen(error) > strlen("./libtsgi.so: "));

    char small[8] = "#######";

    CHECK_INT(tsgi_library_load(&here, "./libtsgi.so", &api, small, 5), TSGI_LIBRARY_MISSING);
    CHECK_TEXT(small, strlen(small), "./li");
    CHECK_INT(small[5], '#');
}

/* The linker reads LD_LIBRARY_PATH when a program begins.  A run path would not do: a sanitizer
 * calls dlopen() in the program's stead. */
static void begin_with_library_path(char **argv)
{
    const char *path = getenv("LD_LIBRARY_PATH");

    if (path == NULL || strcmp(path, LIBRARIES "/right") != 0) {
        folder_need(setenv("LD_LIBRARY_PATH", LIBRARIES "/right", 1) == 0, "setenv");
        folder_need(execv("/proc/self/exe", argv) == 0, "execv");
    }
}

int main(int argc, char **argv)
{
    (void)argc;
    begin_with_library_path(argv);
    folder_make();

    RUN(where_the_build_put_it);
    RUN(where_the_linker_looks);
    RUN(beside_the_module_first_and_the_module_stays);
    RUN(of_another_version);
    RUN(of_no_use);

    return check_result();
}
