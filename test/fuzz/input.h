/* The fuzzer's bytes, eaten from the front, and the check that ends a run. */

#ifndef TSGI_FUZZ_INPUT_H
#define TSGI_FUZZ_INPUT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tsgi/bytes.h"

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                               \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

typedef struct input {
    const uint8_t *data;
    size_t size;
} input;

/* 0 when there is nothing left. */
static inline uint8_t input_byte(input *input)
{
    if (input->size == 0) {
        return 0;
    }

    input->size--;

    return *input->data++;
}

/* At most `size` bytes, in memory that ends where they end, for the caller to free. */
static inline char *input_bytes(input *input, size_t size, size_t *taken)
{
    *taken = size < input->size ? size : input->size;

    char *bytes = malloc(*taken);

    MUST(bytes != NULL || *taken == 0);

    if (*taken > 0) {
        memcpy(bytes, input->data, *taken);
    }

    input->data += *taken;
    input->size -= *taken;

    return bytes;
}

#endif
