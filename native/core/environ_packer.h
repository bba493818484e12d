/* The block of an environ while it is filled: for environ.c and environ_fields.c alone. */

#ifndef TSGI_CORE_ENVIRON_PACKER_H
#define TSGI_CORE_ENVIRON_PACKER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tsgi/bytes.h"

typedef struct packer {
    char *text;
    size_t size;
    uint32_t *words;
    uint32_t count; /* of words */
} packer;

/* Bytes of the text; there is room, see tsgi_environ_bound. */
static inline void append(packer *packer, const char *data, size_t size)
{
    if (size > 0) {
        memcpy(packer->text + packer->size, data, size);
        packer->size += size;
    }
}

/* What was appended since the last entry is the value of this key. */
static inline void entry(packer *packer, uint32_t key)
{
    packer->words[packer->count++] = key;
    packer->words[packer->count++] = (uint32_t)packer->size;
    packer->words[0]++;
}

/* An entry, unless the server has no such fact. */
static inline void append_entry(packer *packer, uint32_t key, tsgi_bytes value)
{
    if (value.data != NULL) {
        append(packer, value.data, value.size);
        entry(packer, key);
    }
}

#endif
