/*
 * A response head as JavaScript might hand it over, however wrong.
 *
 *     byte      how: 0 START, 1 INFORM, 2 START, DATA and END at once; + 4: the last cut fits
 *     2 bytes   status
 *     byte      number of fields, at most 40
 *     bytes     one cut each
 *     rest      the text
 *
 * What the core lets through has no byte that could end a field or a head early, no field of the
 * connection's, and every field that was given, in its order, but one Content-Length.  What it refuses
 * leaves the exchange as it was.
 */

#include "fixture.h"
#include "input.h"

enum { MAX_FIELDS = 40 };

/* What came to the host. */
typedef struct seen {
    int heads, ends;
    tsgi_head sent;
} seen;

static bool has_byte_below(const tsgi_bytes *text, uint8_t limit)
{
    for (size_t i = 0; i < text->size; i++) {
        if ((uint8_t)text->data[i] < limit || text->data[i] == 0x7f) {
            return true;
        }
    }

    return false;
}

static bool has_any(const tsgi_bytes *text, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text->size > 0 && memchr(text->data, bytes[i], text->size) != NULL) {
            return true;
        }
    }

    return false;
}

static bool is_length(const char *name, size_t size)
{
    return size == 14 && strncasecmp(name, "content-length", 14) == 0;
}

static void check_head(const tsgi_start *start, const tsgi_head *sent)
{
    static const char delimiters[] = "()<>@,;:\\\"/[]?={} \t";
    static const char *const never[] = {"connection", "transfer-encoding", "upgrade", "te",
                                        "trailer"};
    const char *text = sent->text + sent->cuts[0];
    uint32_t next = 0, lengths = 0;

    MUST(start->status == sent->status);
    MUST(start->reason.size == sent->cuts[0] && !has_byte_below(&start->reason, ' '));
    MUST(start->reason.data[start->reason.size] == '\0');

    for (uint32_t i = 0; i < sent->fields; i++) {
        size_t name = sent->cuts[1 + 2 * i], value = sent->cuts[2 + 2 * i];

        if (is_length(text, name)) {
            lengths++;
        } else {
            const tsgi_header *header = &start->headers[next++];

            MUST(next <= start->header_count);
            MUST(header->name.size == name && memcmp(header->name.data, text, name) == 0);
            MUST(header->value.size == value &&
                 memcmp(header->value.data, text + name, value) == 0);
            MUST(header->name.data[name] == '\0' && header->value.data[value] == '\0');
            MUST(name > 0 && !has_byte_below(&header->name, '!'));
            MUST(!has_any(&header->name, delimiters, sizeof(delimiters) - 1));
            MUST(!has_any(&header->value, "\r\n\0", 3));

            for (size_t j = 0; j < sizeof(never) / sizeof(never[0]); j++) {
                MUST(name != strlen(never[j]) ||
                     strncasecmp(header->name.data, never[j], name) != 0);
            }
        }

        text += name + value;
    }

    MUST(next == start->header_count && lengths <= 1);
    MUST(start->content_length >= -1);
    MUST(lengths == 0 || start->content_length >= 0 || sent->status == 204);
}

static void on_deliver(void *data, void *request, tsgi_message *message)
{
    seen *seen = request;

    (void)data;

    switch ((tsgi_kind)message->kind) {
    case TSGI_START:
    case TSGI_INFORM:
        seen->heads++;
        check_head(&message->u.start, &seen->sent);
        break;
    case TSGI_DATA:
        MUST(seen->heads == 1);
        tsgi_message_done(message);
        break;
    case TSGI_END:
        seen->ends++;
        break;
    default:
        MUST(!"a message that was not sent");
    }
}

static const tsgi_host host = {.struct_size = sizeof(tsgi_host),
                               .wake = fixture_wake,
                               .deliver = on_deliver,
                               .log = fixture_log,
                               .alarm = fixture_alarm};

/* Fills the head; its cuts and text are for the caller to free. */
static void read_head(input *input, bool fits, tsgi_head *head, uint32_t **cuts, char **text)
{
    uint64_t sum = 0;

    head->status = (uint16_t)(input_byte(input) << 8);
    head->status |= input_byte(input);
    head->fields = input_byte(input) % (MAX_FIELDS + 1);

    uint32_t count = 1 + 2 * head->fields;

    *cuts = malloc(count * sizeof(uint32_t));
    MUST(*cuts != NULL);

    for (uint32_t i = 0; i < count; i++) {
        uint8_t byte = input_byte(input);

        (*cuts)[i] = byte == 255 ? UINT32_MAX - 3 : byte; /* sums that wrap */
        sum += (*cuts)[i];
    }

    *text = input_bytes(input, input->size, &head->size);

    if (fits && sum - (*cuts)[count - 1] <= head->size) {
        (*cuts)[count - 1] = (uint32_t)(head->size - (sum - (*cuts)[count - 1]));
    }

    head->cuts = *cuts;
    head->text = *text;
}

static tsgi_status send(tsgi_exchange *exchange, uint8_t how, const tsgi_head *head)
{
    if (how == 1) {
        return tsgi_exchange_inform(exchange, head);
    }

    if (how == 0) {
        return tsgi_exchange_start(exchange, head, -1);
    }

    return tsgi_exchange_respond(exchange, head, 3, tsgi_message_new_data(exchange, TSGI_DATA, 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input input = {data, size};
    seen seen = {0};
    fixture f;
    tsgi_exchange *exchange = NULL;
    tsgi_view view = fixture_view();
    uint32_t *cuts;
    char *text;
    uint8_t how = input_byte(&input);

    read_head(&input, (how & 4) != 0, &seen.sent, &cuts, &text);
    how = (how & 3) % 3;

    fixture_open(&f, 1000, 1);
    tsgi_runtime_port_close(f.port);
    f.port = tsgi_runtime_port_open(f.runtime, &host, &f);
    MUST(tsgi_exchange_begin(f.port, f.app, &view, &seen, &exchange) == TSGI_OK);
    fixture_skip(&f, TSGI_BEGIN);

    tsgi_status status = send(exchange, how, &seen.sent);

    if (how != 2 || status != TSGI_OK) {
        tsgi_exchange_end(exchange, 500);
    }

    fixture_drain(&f);
    MUST(seen.heads == (status == TSGI_OK));
    MUST(seen.ends == 1);
    free(text);
    free(cuts);
    fixture_close(&f);
    MUST(atomic_load(&check_failures) == 0);

    return 0;
}
