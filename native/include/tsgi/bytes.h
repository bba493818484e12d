/*
 * Borrowed bytes: a pointer and a length, never a terminator.
 *
 * Whoever hands a tsgi_bytes over keeps owning what it points at, and says in the
 * comment of the call for how long it stays valid.  data == NULL means absent, which
 * is not the same as present and empty.
 */

#ifndef TSGI_BYTES_H
#define TSGI_BYTES_H

#include <stddef.h>

typedef struct tsgi_bytes {
    const char *data;
    size_t size; /* bytes */
} tsgi_bytes;

typedef struct tsgi_header {
    tsgi_bytes name;
    tsgi_bytes value;
} tsgi_header;

#endif
