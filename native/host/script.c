#include "script.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const endings[] = {".js", ".mjs", ".cjs", ".ts", ".mts"};

bool tsgi_script_has_ending(const char *path, size_t size)
{
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        size_t length = strlen(endings[i]);

        if (size > length && path[size - length - 1] != '/' &&
            memcmp(path + size - length, endings[i], length) == 0) {
            return true;
        }
    }

    return false;
}

/* A NUL would cut the path short behind what was looked at. */
static bool is_hidden(const char *segment, size_t size)
{
    static const char modules[] = "node_modules";

    return size == 0 || segment[0] == '.' || memchr(segment, '\0', size) != NULL ||
           (size == sizeof(modules) - 1 && memcmp(segment, modules, size) == 0);
}

/* Adds segment after segment to the *length* bytes of `path` until it is that of a file. */
static tsgi_script_status descend(char *path, size_t length, size_t size, const char *rest,
                                  size_t rest_size, size_t *used)
{
    struct stat info;
    const char *end = rest + rest_size;
    const char *next;

    for (const char *slash = rest; slash < end; slash = next) {
        next = memchr(slash + 1, '/', (size_t)(end - slash - 1));
        if (next == NULL) {
            next = end;
        }

        size_t step = (size_t)(next - slash);

        if (slash[0] != '/' || is_hidden(slash + 1, step - 1)) {
            return TSGI_SCRIPT_NONE;
        }

        if (step >= size - length) {
            errno = ENAMETOOLONG;
            return TSGI_SCRIPT_SYSTEM;
        }

        memcpy(path + length, slash, step);
        length += step;
        path[length] = '\0';

        if (stat(path, &info) == -1) {
            return TSGI_SCRIPT_SYSTEM;
        }

        if (S_ISREG(info.st_mode)) {
            *used = (size_t)(next - rest);
            return tsgi_script_has_ending(path, length) ? TSGI_SCRIPT_FOUND : TSGI_SCRIPT_NONE;
        }

        if (!S_ISDIR(info.st_mode)) {
            return TSGI_SCRIPT_NONE;
        }
    }

    return TSGI_SCRIPT_NONE;
}

/* Symbolic links may lead about in the directory, and the directory may be one. */
static tsgi_script_status check_inside(const char *directory, const char *path)
{
    char root[PATH_MAX];
    char real[PATH_MAX];

    if (realpath(directory, root) == NULL || realpath(path, real) == NULL) {
        return TSGI_SCRIPT_SYSTEM;
    }

    size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);

    return strncmp(real, root, length) == 0 && real[length] == '/' ? TSGI_SCRIPT_FOUND
                                                                   : TSGI_SCRIPT_OUTSIDE;
}

tsgi_script_status tsgi_script_below(const char *directory, const char *rest, size_t rest_size,
                                     char *path, size_t size, size_t *used)
{
    size_t length = strlen(directory);

    /* One file has one path, however its directory was written. */
    while (length > 0 && directory[length - 1] == '/') {
        length--;
    }

    if (length >= size) {
        if (size > 0) {
            path[0] = '\0';
        }

        errno = ENAMETOOLONG;
        return TSGI_SCRIPT_SYSTEM;
    }

    memcpy(path, directory, length);
    path[length] = '\0';

    tsgi_script_status status = descend(path, length, size, rest, rest_size, used);

    return status == TSGI_SCRIPT_FOUND ? check_inside(directory, path) : status;
}

/* By what open() would decide by, which access() leaves out: the effective user, capabilities. */
static bool may_access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

tsgi_script_fault tsgi_script_check(const char *path)
{
    struct stat info;

    if (stat(path, &info) == -1) {
        return TSGI_SCRIPT_ABSENT;
    }

    if (S_ISDIR(info.st_mode)) {
        return may_access(path, R_OK | X_OK) ? TSGI_SCRIPT_DIRECTORY : TSGI_SCRIPT_UNREADABLE;
    }

    if (!S_ISREG(info.st_mode)) {
        return TSGI_SCRIPT_KIND;
    }

    if (!tsgi_script_has_ending(path, strlen(path))) {
        return TSGI_SCRIPT_ENDING;
    }

    return may_access(path, R_OK) ? TSGI_SCRIPT_FILE : TSGI_SCRIPT_UNREADABLE;
}
