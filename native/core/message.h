/*
 * Messages as the core makes and ends them.
 *
 * Two kinds of memory: a message on the heap, freed by tsgi_message_done, and a message that
 * lies in its exchange because there is at most one of it under way (BEGIN, BODY_END, CREDIT,
 * ABORT, WANT, END).  A message under way holds a reference to its exchange either way.
 *
 * The union of tsgi/message.h serves the host's direction too: BODY uses `data`, or `file` when
 * it is spooled; BODY_END uses `end` (0, or the status that says why the body is not whole);
 * ABORT uses `end` (a tsgi_abort).
 */

#ifndef TSGI_CORE_MESSAGE_H
#define TSGI_CORE_MESSAGE_H

#include "tsgi/message.h"

enum {
    TSGI_MESSAGE_EMBEDDED = 1u << 0, /* lies in its exchange */
    TSGI_MESSAGE_HELD = 1u << 1,     /* counts as a reference to its exchange */
    TSGI_MESSAGE_SPOOLED = 1u << 2   /* BODY: a piece of a file */
};

/* What a DATA or FILE message costs at least, so that the window bounds small chunks too. */
#define TSGI_MESSAGE_COST 256

/* Any thread.  A message on the heap with `extra` bytes behind it, or NULL. */
tsgi_message *tsgi_message_new(tsgi_exchange *exchange, tsgi_kind kind, size_t extra);

/* The bytes behind a message made with `extra` > 0. */
char *tsgi_message_extra(tsgi_message *message);

/* Any thread.  DATA or BODY with room for `size` bytes, and a NUL that is not sent, at u.data.data;
 * or NULL. */
tsgi_message *tsgi_message_new_data(tsgi_exchange *exchange, tsgi_kind kind, uint32_t size);

/* Any thread.  FILE or a spooled BODY; duplicates the descriptor.  NULL: errno says why. */
tsgi_message *tsgi_message_new_file(tsgi_exchange *exchange, tsgi_kind kind, int fd,
                                    uint64_t offset, uint64_t size);

/* Makes a message that lies in `exchange` ready to be sent. */
tsgi_message *tsgi_message_embed(tsgi_message *message, tsgi_exchange *exchange, tsgi_kind kind);

/* The sender, once, when it sends: the message takes its reference. */
void tsgi_message_hold(tsgi_message *message);

/* Any thread.  Ends a message, sent or not: closes its descriptor, frees it, gives its reference
 * back. */
void tsgi_message_done(tsgi_message *message);

#endif
