/* A temporary folder as the working directory of a test, removed when the test ends. */

#ifndef TSGI_TEST_FOLDER_H
#define TSGI_TEST_FOLDER_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[PATH_MAX]; /* absolute, without symbolic links */

/* What a test stands on; without it there is nothing to test. */
static inline void folder_need(int succeeded, const char *what)
{
    if (!succeeded) {
        perror(what);
        exit(1);
    }
}

static inline int folder_remove_one(const char *path, const struct stat *info, int kind,
                                    struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;

    return remove(path);
}

static inline void folder_remove(void)
{
    (void)chdir("/");
    (void)nftw(folder, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Others may pass it, so that a test may become one of them. */
static inline void folder_make(void)
{
    const char *parent = getenv("TMPDIR");
    char name[PATH_MAX];

    (void)snprintf(name, sizeof(name), "%s/tsgi-test-XXXXXX", parent == NULL ? "/tmp" : parent);
    folder_need(mkdtemp(name) != NULL && realpath(name, folder) != NULL, name);
    atexit(folder_remove);
    folder_need(chmod(folder, 0755) == 0 && chdir(folder) == 0, folder);
}

static inline void folder_add(const char *path)
{
    folder_need(mkdir(path, 0755) == 0, path);
}

static inline void folder_write(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);

    folder_need(fd != -1, path);
    (void)close(fd);
}

#endif
