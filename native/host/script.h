/*
 * Which files are scripts, and which of those below a directory a URI may name: one rule for
 * every server.  The calls of the file system block, as those of the servers' own file handlers
 * do.  Any thread.
 */

#ifndef TSGI_HOST_SCRIPT_H
#define TSGI_HOST_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/* The endings as messages list them: ".js, .mjs, .cjs, .ts or .mts". */
#define TSGI_SCRIPT_ENDINGS ".js, .mjs, .cjs, .ts or .mts"

/* Ends in one of them, behind at least one character of a name. */
bool tsgi_script_has_ending(const char *path, size_t size);

typedef enum tsgi_script_status {
    TSGI_SCRIPT_FOUND,
    TSGI_SCRIPT_NONE,    /* the URI names no script: 404 */
    TSGI_SCRIPT_OUTSIDE, /* a symbolic link leads out of the directory: 403 */
    TSGI_SCRIPT_SYSTEM   /* errno has the reason; `path` what could not be looked at */
} tsgi_script_status;

/*
 * Goes down from `directory` by the segments of `rest` (which begins with '/') until a file is
 * met.  A segment that begins with '.', is empty or is "node_modules" is not found, nor is a
 * file without one of the endings.  The directory itself may be a symbolic link.
 *
 *     path   receives the file's path, or how far it got, ended by a NUL; strlen (directory) +
 *            rest_size + 1 bytes are always enough, and where `size` is not, errno is
 *            ENAMETOOLONG
 *     used   receives how much of `rest` named the file; set with TSGI_SCRIPT_FOUND and
 *            TSGI_SCRIPT_OUTSIDE
 */
tsgi_script_status tsgi_script_below(const char *directory, const char *rest, size_t rest_size,
                                     char *path, size_t size, size_t *used);

/* What is wrong with a constant script or directory of a configuration; at configuration time. */
typedef enum tsgi_script_fault {
    TSGI_SCRIPT_FILE,      /* nothing: a readable script */
    TSGI_SCRIPT_DIRECTORY, /* nothing: a directory that can be searched */
    TSGI_SCRIPT_ABSENT,    /* errno */
    TSGI_SCRIPT_ENDING,    /* the name has none of the endings */
    TSGI_SCRIPT_KIND,      /* neither a file nor a directory */
    TSGI_SCRIPT_UNREADABLE /* errno */
} tsgi_script_fault;

tsgi_script_fault tsgi_script_check(const char *path);

#endif
