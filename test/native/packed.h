/* A packed environ, read as src/server reads it. */

#ifndef TSGI_TEST_PACKED_H
#define TSGI_TEST_PACKED_H

#include <stdlib.h>

#include "check.h"
#include "core/environ.h"
#include "core/mount.h"

typedef struct packed {
    char *block;
    tsgi_environ environ;
} packed;

/* The caller frees `block`. */
static packed pack(const tsgi_view *view)
{
    packed result;
    tsgi_bytes script_name;
    tsgi_bytes path_info;
    size_t bound = tsgi_environ_bound(view);

    CHECK(tsgi_mount_split(view->mount, view->path, &script_name, &path_info));
    result.block = malloc(bound);

    size_t used = tsgi_environ_pack(view, script_name, path_info, result.block, &result.environ);

    CHECK(used > 0 && used <= bound);

    return result;
}

static size_t key_of(const tsgi_environ *environ, uint32_t i, size_t from, char *name)
{
    uint32_t key = environ->words[1 + 2 * i];

    if (key < TSGI_HEADER_KEY) {
        CHECK(key < TSGI_ENVIRON_KEY_COUNT);
        strcpy(name, tsgi_environ_keys[key]);
        return 0;
    }

    if (key < TSGI_SPELLED_KEY) {
        CHECK(key - TSGI_HEADER_KEY < TSGI_HEADER_KEY_COUNT);
        strcpy(name, tsgi_header_keys[key - TSGI_HEADER_KEY]);
        return 0;
    }

    size_t size = key - TSGI_SPELLED_KEY;

    memcpy(name, environ->text + from, size);
    name[size] = '\0';

    return size;
}

/* The value of the last entry of that name; NULL: there is none.  *count says how many. */
static const char *value_of(const packed *packed, const char *name, int *count)
{
    static char value[70000];
    const tsgi_environ *environ = &packed->environ;
    const char *found = NULL;
    size_t from = 0;

    *count = 0;
    CHECK_INT(environ->word_count, 1 + 2 * environ->words[0]);

    for (uint32_t i = 0; i < environ->words[0]; i++) {
        char key[70000];
        size_t start = from + key_of(environ, i, from, key);
        size_t end = environ->words[2 + 2 * i];

        CHECK(start <= end && end <= environ->text_size);

        if (strcmp(key, name) == 0) {
            memcpy(value, environ->text + start, end - start);
            value[end - start] = '\0';
            found = value;
            (*count)++;
        }

        from = end;
    }

    CHECK_INT(from, environ->text_size);

    return found;
}

/* That there is one entry of that name, with this value; NULL: none. */
static void has(const packed *packed, const char *name, const char *expected)
{
    int count;
    const char *value = value_of(packed, name, &count);

    if (expected == NULL) {
        CHECK_INT(count, 0);
        return;
    }

    if (count != 1) {
        fprintf(stderr, "%s is there %d times\n", name, count);
    }

    CHECK_INT(count, 1);
    CHECK_TEXT(value, value == NULL ? 0 : strlen(value), expected);
}

#endif
