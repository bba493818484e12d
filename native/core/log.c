#include "log.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "exchange.h"
#include "message.h"
#include "runtime.h"
#include "tags.h"

#define ESCAPED 4 /* a control byte becomes \xhh */

/* Bytes of `text` that make one record: a line, or as much of it as fits, cut between
 * characters.  *next is where the following one begins. */
static size_t cut_line(const char *text, size_t size, size_t *next)
{
    const char *newline = memchr(text, '\n', size);
    size_t line = newline == NULL ? size : (size_t)(newline - text);

    if (line <= TSGI_LOG_LINE) {
        *next = newline == NULL ? size : line + 1;

        if (line > 0 && text[line - 1] == '\r') {
            line--;
        }

        return line;
    }

    line = TSGI_LOG_LINE;

    while (line > TSGI_LOG_LINE - 4 && ((uint8_t)text[line] & 0xc0) == 0x80) {
        line--; /* not in the middle of a UTF-8 character */
    }

    *next = line;

    return line;
}

/* Escapes control bytes and stops in time when there are many of them. */
static uint32_t escape(char *to, size_t room, const char *text, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    size_t used = 0;

    for (size_t i = 0; i < size && used + ESCAPED <= room; i++) {
        uint8_t c = (uint8_t)text[i];

        if ((c >= 0x20 && c != 0x7f) || c == '\t') {
            to[used++] = (char)c;
            continue;
        }

        to[used++] = '\\';
        to[used++] = 'x';
        to[used++] = digits[c >> 4];
        to[used++] = digits[c & 15];
    }

    return (uint32_t)used;
}

static void send_record(tsgi_port *port, tsgi_exchange *exchange, const tsgi_log_entry *head,
                        const char *text, size_t size)
{
    const size_t room = 2000;
    size_t most = size * ESCAPED < room ? size * ESCAPED : room;
    tsgi_message *message = tsgi_message_new(exchange, TSGI_LOG, sizeof(tsgi_log_entry) + most);

    if (message == NULL) {
        atomic_fetch_add(&head->runtime->dropped, 1);
        return;
    }

    tsgi_log_entry *entry = (tsgi_log_entry *)(void *)tsgi_message_extra(message);

    *entry = *head;
    entry->size = escape((char *)(entry + 1), most, text, size);

    atomic_fetch_add(&head->runtime->records, 1);
    tsgi_port_send(port, message, message);
}

/* The port that shows the record: the exchange's while the host has its request, so that it stands
 * among the server's own records of it.  After that its thread may be busy with another client. */
static tsgi_port *choose_port(tsgi_runtime *runtime, tsgi_exchange *exchange)
{
    if (exchange != NULL && !atomic_load(&exchange->host_over)) {
        tsgi_port_ref(exchange->host_port);
        return exchange->host_port;
    }

    return tsgi_runtime_home(runtime);
}

static void alarm_host(tsgi_runtime *runtime, const char *text, size_t size)
{
    char line[TSGI_LOG_LINE + 16];
    int shown = (int)(size < TSGI_LOG_LINE ? size : TSGI_LOG_LINE);
    int length = snprintf(line, sizeof(line), "tsgi: %.*s\n", shown, text);

    if (runtime->host != NULL && length > 0) {
        runtime->host->alarm(runtime->host_data, line, (uint32_t)length);
    }
}

static void report_dropped(tsgi_port *port, tsgi_runtime *runtime)
{
    char text[64];
    unsigned dropped = atomic_exchange(&runtime->dropped, 0);

    if (dropped == 0) {
        return;
    }

    tsgi_log_entry head = {TSGI_TAG_DROPPED_LEVEL, TSGI_TAG_DROPPED, runtime, NULL, 0};
    int size = snprintf(text, sizeof(text), "%u log records were dropped before this one", dropped);

    send_record(port, NULL, &head, text, (size_t)size);
}

void tsgi_log(tsgi_runtime *runtime, tsgi_exchange *exchange, tsgi_app *app, tsgi_level level,
              uint16_t tag, const char *text, size_t size)
{
    tsgi_port *port = choose_port(runtime, exchange);
    tsgi_log_entry head = {(uint16_t)level, tag, runtime, app, 0};

    if (port == NULL) {
        alarm_host(runtime, text, size);
        return;
    }

    do {
        size_t next;
        size_t line = cut_line(text, size, &next);

        if (atomic_load_explicit(&runtime->records, memory_order_relaxed) >= TSGI_LOG_BOUND) {
            atomic_fetch_add(&runtime->dropped, 1);
        } else {
            report_dropped(port, runtime);
            send_record(port, exchange, &head, text, line);
        }

        text += next;
        size -= next;
    } while (size > 0);

    tsgi_port_unref(port);
}

void tsgi_log_done(tsgi_message *message)
{
    const tsgi_log_entry *entry = (const tsgi_log_entry *)(void *)tsgi_message_extra(message);

    atomic_fetch_sub(&entry->runtime->records, 1);
}

void tsgi_log_deliver(tsgi_port *port, tsgi_message *message)
{
    const tsgi_log_entry *entry = (const tsgi_log_entry *)(void *)tsgi_message_extra(message);
    const tsgi_exchange *exchange = message->exchange;
    tsgi_record record = {
        .struct_size = sizeof(tsgi_record),
        .level = entry->level,
        .tag = entry->tag,
        .text = {(const char *)(entry + 1), entry->size},
    };

    if (exchange != NULL) {
        record.request = port == exchange->host_port ? exchange->request : NULL;
        record.request_id = exchange->request_id;
        record.log_target = exchange->app->log_target;
    } else if (entry->app != NULL) {
        record.log_target = entry->app->log_target;
    }

    port->host.log(port->host_data, &record);
}
