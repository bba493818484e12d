#include "trace.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exchange.h"
#include "message.h"
#include "order.h"

bool tsgi_trace_enabled;

__attribute__((constructor)) static void look(void)
{
    const char *value = getenv("TSGI_TRACE");

    tsgi_trace_enabled = value != NULL && strcmp(value, "1") == 0;
}

static int describe(const tsgi_message *message, char *text, size_t size)
{
    const tsgi_exchange *exchange = message->exchange;

    switch ((tsgi_kind)message->kind) {
    case TSGI_BEGIN:
        return snprintf(text, size, " %.*s%s", (int)exchange->first_line.size,
                        exchange->first_line.data,
                        exchange->flags & TSGI_VIEW_EMPTY_BODY ? ", no body" : "");
    case TSGI_START:
    case TSGI_INFORM:
        return snprintf(text, size, " %u, %u fields, length %" PRId64, message->u.start.status,
                        message->u.start.header_count, message->u.start.content_length);
    case TSGI_BODY:
    case TSGI_FILE:
        if (message->kind == TSGI_FILE || (message->flags & TSGI_MESSAGE_SPOOLED)) {
            return snprintf(text, size, " file, %" PRIu64 " bytes", message->u.file.size);
        }
        /* fall through */
    case TSGI_DATA:
        return snprintf(text, size, " %" PRIu32 " bytes", message->u.data.size);
    case TSGI_WANT:
        return snprintf(text, size, " %" PRIu64 " bytes", message->u.want.size);
    case TSGI_BODY_END:
    case TSGI_ABORT:
    case TSGI_END:
        return snprintf(text, size, " %u", message->u.end.status);
    default:
        return 0;
    }
}

void tsgi_trace_message(const tsgi_message *message)
{
    char detail[256] = "";
    char line[384];

    describe(message, detail, sizeof(detail));

    uint64_t serial = message->exchange == NULL ? 0 : message->exchange->serial;
    int size = snprintf(line, sizeof(line), "tsgi[%d] exchange %" PRIu64 " %s%s\n", (int)getpid(),
                        serial, tsgi_kind_name((tsgi_kind)message->kind), detail);

    /* One write, so that lines of two threads do not mix. */
    if (size > 0 && write(STDERR_FILENO, line, (size_t)size) < 0) {
        return;
    }
}
