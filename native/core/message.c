#include "message.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "exchange.h"
#include "log.h"

tsgi_message *tsgi_message_new(tsgi_exchange *exchange, tsgi_kind kind, size_t extra)
{
    tsgi_message *message = malloc(sizeof(tsgi_message) + extra);

    if (message != NULL) {
        message->next = NULL;
        message->exchange = exchange;
        message->kind = (uint16_t)kind;
        message->flags = 0;
    }

    return message;
}

char *tsgi_message_extra(tsgi_message *message)
{
    return (char *)(message + 1);
}

tsgi_message *tsgi_message_new_data(tsgi_exchange *exchange, tsgi_kind kind, uint32_t size)
{
    /* One byte more, for an encoder that ends its text with a NUL. */
    tsgi_message *message = tsgi_message_new(exchange, kind, (size_t)size + 1);

    if (message != NULL) {
        message->u.data.data = tsgi_message_extra(message);
        message->u.data.size = size;
        message->u.data.cost = size < TSGI_MESSAGE_COST ? TSGI_MESSAGE_COST : size;
    }

    return message;
}

tsgi_message *tsgi_message_new_file(tsgi_exchange *exchange, tsgi_kind kind, int fd,
                                    uint64_t offset, uint64_t size)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

    if (copy == -1) {
        return NULL;
    }

    tsgi_message *message = tsgi_message_new(exchange, kind, 0);

    if (message == NULL) {
        close(copy);
        return NULL;
    }

    message->u.file.fd = copy;
    message->u.file.offset = offset;
    message->u.file.size = size;
    message->u.file.cost = TSGI_MESSAGE_COST;

    if (kind == TSGI_BODY) {
        message->flags = TSGI_MESSAGE_SPOOLED;
    }

    return message;
}

tsgi_message *tsgi_message_embed(tsgi_message *message, tsgi_exchange *exchange, tsgi_kind kind)
{
    message->next = NULL;
    message->exchange = exchange;
    message->kind = (uint16_t)kind;
    message->flags = TSGI_MESSAGE_EMBEDDED;

    return message;
}

void tsgi_message_hold(tsgi_message *message)
{
    if (message->exchange != NULL) {
        message->flags |= TSGI_MESSAGE_HELD;
        tsgi_exchange_ref(message->exchange);
    }
}

void tsgi_message_done(tsgi_message *message)
{
    tsgi_exchange *exchange = (message->flags & TSGI_MESSAGE_HELD) ? message->exchange : NULL;

    if (message->kind == TSGI_FILE || (message->flags & TSGI_MESSAGE_SPOOLED)) {
        close(message->u.file.fd);
    }

    if (message->kind == TSGI_LOG) {
        tsgi_log_done(message);
    }

    message->flags &= (uint16_t)~TSGI_MESSAGE_HELD;

    if (!(message->flags & TSGI_MESSAGE_EMBEDDED)) {
        free(message);
    }

    if (exchange != NULL) {
        tsgi_exchange_unref(exchange);
    }
}
