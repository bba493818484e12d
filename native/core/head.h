/*
 * The head of a response on its way from JavaScript into a message.  Every byte is checked here by the
 * rules of header.h, whatever src/spec has checked before.
 */

#ifndef TSGI_CORE_HEAD_H
#define TSGI_CORE_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "tsgi/api.h"

/* The head of a response as it comes from JavaScript: one text and how to cut it. */
typedef struct tsgi_head {
    uint16_t status;
    const char *text; /* reason, then name and value of each field */
    size_t size;
    const uint32_t *cuts; /* length of the reason, then of each name and value */
    uint32_t fields;
} tsgi_head;

/* Runtime thread.  Makes an INFORM or START of the exchange that holds a copy of the head; the one
 * field that declares the length is taken out of the fields and into tsgi_start.content_length, -1
 * without it.  TSGI_INVALID: the cuts do not fit the text, or a byte may not be sent; TSGI_NO_MEMORY.
 * The status code is for the caller to judge. */
tsgi_status tsgi_head_make(tsgi_exchange *exchange, tsgi_kind kind, const tsgi_head *head,
                           tsgi_message **message);

#endif
