#include "head.h"

#include <string.h>

#include "header.h"
#include "message.h"

static bool cuts_fit(const tsgi_head *head)
{
    size_t size = head->cuts[0];

    for (uint32_t i = 0; i < head->fields; i++) {
        size += (size_t)head->cuts[1 + 2 * i] + head->cuts[2 + 2 * i];
    }

    return size == head->size;
}

static bool is_length(const tsgi_header *header)
{
    static const char name[] = "content-length";

    return tsgi_header_equal(header->name.data, header->name.size, name, sizeof(name) - 1);
}

/* Checks one field and adds it to START, or, when it is the length, takes its value. */
static bool add_field(tsgi_start *start, tsgi_header *headers, tsgi_header field)
{
    if (!tsgi_header_is_token(field.name.data, field.name.size) ||
        !tsgi_header_is_value(field.value.data, field.value.size) ||
        tsgi_header_is_forbidden(field.name.data, field.name.size)) {
        return false;
    }

    if (!is_length(&field)) {
        headers[start->header_count++] = field;
        return true;
    }

    int64_t length = tsgi_header_length(field.value.data, field.value.size);

    /* Given once: parties that read two lengths differently disagree about where the message
     * ends (RFC 9112, 6.3). */
    if (length < 0 || start->content_length >= 0) {
        return false;
    }

    start->content_length = length;

    return true;
}

static char *put(char **end, const char *text, size_t size)
{
    char *start = *end;

    memcpy(start, text, size);
    start[size] = '\0';
    *end += size + 1;

    return start;
}

/* Copies the head behind the message and checks every byte of it. */
static bool fill(tsgi_message *message, const tsgi_head *head)
{
    tsgi_start *start = &message->u.start;
    tsgi_header *headers = (tsgi_header *)(void *)tsgi_message_extra(message);
    char *end = (char *)(headers + head->fields);
    const char *text = head->text;

    if (!tsgi_header_is_reason(text, head->cuts[0])) {
        return false;
    }

    start->status = head->status;
    start->header_count = 0;
    start->headers = headers;
    start->content_length = -1;
    start->reason.data = put(&end, text, head->cuts[0]);
    start->reason.size = head->cuts[0];
    text += head->cuts[0];

    for (uint32_t i = 0; i < head->fields; i++) {
        size_t name = head->cuts[1 + 2 * i];
        size_t value = head->cuts[2 + 2 * i];
        tsgi_header field = {{put(&end, text, name), name}, {NULL, value}};

        field.value.data = put(&end, text + name, value);
        text += name + value;

        if (!add_field(start, headers, field)) {
            return false;
        }
    }

    return true;
}

tsgi_status tsgi_head_make(tsgi_exchange *exchange, tsgi_kind kind, const tsgi_head *head,
                           tsgi_message **result)
{
    if (!cuts_fit(head)) {
        return TSGI_INVALID;
    }

    size_t texts = head->size + 1 + 2 * (size_t)head->fields;
    tsgi_message *message =
        tsgi_message_new(exchange, kind, head->fields * sizeof(tsgi_header) + texts);

    if (message == NULL) {
        return TSGI_NO_MEMORY;
    }

    if (!fill(message, head)) {
        tsgi_message_done(message);
        return TSGI_INVALID;
    }

    *result = message;

    return TSGI_OK;
}
