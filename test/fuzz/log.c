/*
 * A text that an application logs, in which a client may have had its say.
 *
 *     byte   1: of an exchange, else of none
 *     rest   the text
 *
 * Every record is one line, however the text was made: no byte of control but the tabulator, and
 * shorter than what nginx cuts at.  Where no line is long, what was escaped can be read back, byte by byte.
 */

#include "fixture.h"
#include "input.h"

enum { SHORT = 400, MOST = 2048 };

/* What the records say. */
typedef struct read_back {
    char *bytes;
    size_t size;
    unsigned records;
} read_back;

static bool is_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static int digit(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/* Of the run: the fixture is the data of its host. */
static read_back seen;

static void on_log(void *data, const tsgi_record *record)
{
    const tsgi_bytes *text = &record->text;

    (void)data;
    seen.records++;
    MUST(text->size < MOST);

    for (size_t i = 0; i < text->size; i++) {
        uint8_t byte = (uint8_t)text->data[i];

        MUST((byte >= ' ' && byte != 0x7f) || byte == '\t');

        if (byte == '\\' && i + 3 < text->size && text->data[i + 1] == 'x' &&
            is_digit(text->data[i + 2]) && is_digit(text->data[i + 3])) {
            byte = (uint8_t)(digit(text->data[i + 2]) * 16 + digit(text->data[i + 3]));
            i += 3;
        }

        seen.bytes[seen.size++] = (char)byte;
    }

    seen.bytes[seen.size++] = '\n';
}

static const tsgi_host host = {.struct_size = sizeof(tsgi_host),
                               .wake = fixture_wake,
                               .deliver = fixture_deliver,
                               .log = on_log,
                               .alarm = fixture_alarm};

/* The same text as records would have it if nothing had to be escaped; false: a line is long, or says something
 * that looks escaped. */
static bool normalise(const char *text, size_t size, read_back *expected)
{
    size_t line = 0;

    if (size > 0 && memchr(text, '\\', size) != NULL) {
        return false;
    }

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\r' && (i + 1 == size || text[i + 1] == '\n')) {
            continue;
        }

        line = text[i] == '\n' ? 0 : line + 1;
        expected->bytes[expected->size++] = text[i];

        if (line > SHORT) {
            return false;
        }
    }

    if (size == 0 || text[size - 1] != '\n') {
        expected->bytes[expected->size++] = '\n';
    }

    return true;
}

static void log_text(bool with_exchange, const char *text, size_t size)
{
    fixture f;
    fixture_request request;
    tsgi_exchange *exchange = NULL;

    fixture_open(&f, 1000, 1);
    tsgi_runtime_port_close(f.port);
    f.port = tsgi_runtime_port_open(f.runtime, &host, &f);

    if (with_exchange) {
        exchange = fixture_begin(&f, &request, 0);
        fixture_skip(&f, TSGI_BEGIN);
    }

    tsgi_log(f.runtime, exchange, f.app, TSGI_LEVEL_ERROR, 1001, text, size);
    fixture_drain(&f);

    if (with_exchange) {
        MUST(tsgi_exchange_end(exchange, 500) == TSGI_OK);
        fixture_drain(&f);
    }

    fixture_close(&f);
    MUST(atomic_load(&check_failures) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input input = {data, size};
    bool with_exchange = input_byte(&input) & 1;
    char *text = input_bytes(&input, input.size, &size);
    read_back expected = {malloc(2 * size + 2), 0, 0};

    /* Each byte is read back as itself at most, and each record adds one. */
    seen = (read_back){malloc(2 * size + 2), 0, 0};
    MUST(seen.bytes != NULL && expected.bytes != NULL);
    log_text(with_exchange, text, size);
    MUST(seen.records >= 1 && seen.records <= size + 1);

    if (normalise(text, size, &expected)) {
        MUST(seen.size == expected.size && memcmp(seen.bytes, expected.bytes, seen.size) == 0);
    }

    free(expected.bytes);
    free(seen.bytes);
    free(text);

    return 0;
}
