/*
 * Whether a user may read a file, by mode bits alone: access control lists are not looked at,
 * so a "no" is worth a warning and nothing more.  What cannot be looked at is a "yes".
 */

#ifndef TSGI_HOST_READER_H
#define TSGI_HOST_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define TSGI_READER_GROUPS 64

typedef struct tsgi_reader {
    uid_t uid;
    gid_t gids[TSGI_READER_GROUPS];
    int gid_count;
} tsgi_reader;

/* The groups of user `name`, whose primary one is `gid`.  False: they are too many to know.
 * Asks the user database, at configuration time. */
bool tsgi_reader_init(tsgi_reader *reader, const char *name, uid_t uid, gid_t gid);

/* May read the file, or read and search the directory, and pass all those above it.  False
 * leaves the first part of `path` that `reader` may not pass or read in `blocked`; a path that
 * does not fit there is not looked at. */
bool tsgi_reader_may(const tsgi_reader *reader, const char *path, char *blocked, size_t size);

#endif
