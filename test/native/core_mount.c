/* Where an application begins in a path. */

#include <stdbool.h>

#include "check.h"
#include "core/mount.h"

typedef struct split {
    const char *mount;
    const char *path;
    const char *script_name; /* NULL: not below the mount */
    const char *path_info;
} split;

static const split splits[] = {
    {"", "/", "", "/"},
    {"", "/a/b", "", "/a/b"},
    {"", "", "", ""},
    {"/", "/", "", "/"},
    {"/", "/a", "", "/a"},
    {"/app", "/app", "/app", ""},
    {"/app", "/app/", "/app", "/"},
    {"/app", "/app/a/b", "/app", "/a/b"},
    {"/app/", "/app/a", "/app", "/a"},
    {"/app/", "/app", "/app", ""},
    {"/app///", "/app//a", "/app", "//a"},
    {"/app", "/app//", "/app", "//"},
    {"/a/b", "/a/b/c", "/a/b", "/c"},
    {"/app", "/application", NULL, NULL},
    {"/app/", "/application", NULL, NULL},
    {"/app", "/ap", NULL, NULL},
    {"/app", "/", NULL, NULL},
    {"/app", "", NULL, NULL},
    {"/app", "/App/a", NULL, NULL},
    {"/app", "/other/app", NULL, NULL},
    {"/a/b", "/a", NULL, NULL},
    {"/app", "/app.js", NULL, NULL},
    {"/app", "/app?x", NULL, NULL},
};

static void table(void)
{
    for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
        const split *one = &splits[i];
        tsgi_bytes script_name = {NULL, 0};
        tsgi_bytes path_info = {NULL, 0};
        bool below =
            tsgi_mount_split((tsgi_bytes){one->mount, strlen(one->mount)},
                             (tsgi_bytes){one->path, strlen(one->path)}, &script_name, &path_info);

        if (below != (one->script_name != NULL)) {
            fprintf(stderr, "%s below %s:\n", one->path, one->mount);
        }

        CHECK_INT(below, one->script_name != NULL);

        if (below && one->script_name != NULL) {
            CHECK_TEXT(script_name.data, script_name.size, one->script_name);
            CHECK_TEXT(path_info.data, path_info.size, one->path_info);
            CHECK(script_name.data != NULL && path_info.data != NULL);
        }
    }
}

static void lengths_decide_not_terminators(void)
{
    tsgi_bytes script_name;
    tsgi_bytes path_info;

    CHECK(tsgi_mount_split((tsgi_bytes){"/appXXX", 4}, (tsgi_bytes){"/app/aYYY", 6}, &script_name,
                           &path_info));
    CHECK_TEXT(script_name.data, script_name.size, "/app");
    CHECK_TEXT(path_info.data, path_info.size, "/a");
    CHECK(tsgi_mount_split((tsgi_bytes){NULL, 0}, (tsgi_bytes){"/a", 2}, &script_name, &path_info));
}

int main(void)
{
    RUN(table);
    RUN(lengths_decide_not_terminators);

    return check_result();
}
