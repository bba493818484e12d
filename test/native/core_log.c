/* Log records: lines, escapes, lengths, who gets them, and what happens when there are too many. */

#include "fixture.h"

static void say(fixture *f, tsgi_exchange *exchange, const char *text)
{
    tsgi_log(f->runtime, exchange, NULL, TSGI_LEVEL_ERROR, 1234, text, strlen(text));
}

static void each_line_is_a_record(void)
{
    fixture f;

    fixture_open(&f, 1000, 1);
    say(&f, NULL, "one\ntwo\r\n\nfour");
    fixture_drain(&f);
    CHECK_INT(f.records, 4);
    CHECK_TEXT(f.log, f.log_size, "one\ntwo\n\nfour\n");
    CHECK_INT(f.last.level, TSGI_LEVEL_ERROR);
    CHECK_INT(f.last.tag, 1234);
    CHECK(f.last.request == NULL);
    CHECK(f.last.request_id.data == NULL);
    fixture_close(&f);
}

static void control_bytes_are_escaped(void)
{
    fixture f;

    fixture_open(&f, 1000, 1);
    tsgi_log(f.runtime, NULL, NULL, TSGI_LEVEL_INFO, 0, "a\0b\x1b[c\rd\te\x7f", 11);
    fixture_drain(&f);
    CHECK_TEXT(f.log, f.log_size, "a\\x00b\\x1b[c\\x0dd\te\\x7f\n");
    fixture_close(&f);
}

static unsigned letters(const fixture *f, char letter)
{
    unsigned count = 0;

    for (size_t i = 0; i < f->log_size; i++) {
        count += f->log[i] == letter;
    }

    return count;
}

static void long_lines_are_split_between_characters(void)
{
    fixture f;
    static char text[6002];

    /* Two bytes each, beginning at an odd place: a cut by size alone would fall inside one. */
    text[0] = 'a';

    for (int i = 1; i < 6001; i += 2) {
        memcpy(text + i, "\xc3\xa9", 2);
    }

    fixture_open(&f, 1000, 1);
    tsgi_log(f.runtime, NULL, NULL, TSGI_LEVEL_ERROR, 0, text, 6001);
    fixture_drain(&f);
    CHECK_INT(letters(&f, '\xc3'), 3000);
    CHECK_INT(letters(&f, '\xa9'), 3000);

    for (const char *line = f.log; line < f.log + f.log_size;) {
        const char *end = memchr(line, '\n', (size_t)(f.log + f.log_size - line));

        CHECK(end != NULL && end - line < 2048);
        CHECK(((unsigned char)line[0] & 0xc0) != 0x80);
        CHECK(end != NULL && (unsigned char)end[-1] != 0xc3);
        line = end + 1;
    }

    CHECK_INT(f.records, 4);
    fixture_close(&f);
}

static void a_record_of_escapes_alone_stays_short(void)
{
    fixture f;
    static char text[5000];

    memset(text, 1, sizeof(text));
    fixture_open(&f, 1000, 1);
    tsgi_log(f.runtime, NULL, NULL, TSGI_LEVEL_ERROR, 0, text, sizeof(text));
    fixture_drain(&f);
    CHECK(f.last.text.size < 2048);
    fixture_close(&f);
}

static void records_belong_to_their_request_while_it_lives(void)
{
    fixture f;
    fixture_request request;

    tsgi_exchange *exchange = fixture_open_exchange(&f, &request, 1000, 0);

    tsgi_exchange_ref(exchange);
    say(&f, exchange, "first");
    fixture_drain(&f);
    CHECK(f.last.request == &request);
    CHECK_TEXT(f.last.request_id.data, f.last.request_id.size, "abc");
    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    say(&f, exchange, "after END");
    fixture_drain(&f);
    CHECK(f.last.request == NULL);
    CHECK_TEXT(f.last.request_id.data, f.last.request_id.size, "abc");
    CHECK_TEXT(f.log, f.log_size, "first\nafter END\n");
    CHECK_INT(request.delivered, 1); /* LOG is not a message to the request */
    tsgi_exchange_unref(exchange);
    fixture_close(&f);
}

/* Its thread may be busy with another client by then. */
static void records_of_a_request_that_has_ended_go_to_the_first_port(void)
{
    fixture f, other;
    fixture_request request;
    tsgi_port *first;

    fixture_open(&f, 1000, 1);
    memset(&other, 0, sizeof(other));
    pthread_mutex_init(&other.lock, NULL);
    pthread_cond_init(&other.woken_cond, NULL);
    first = f.port;
    f.port = tsgi_runtime_port_open(f.runtime, &fixture_host, &other);

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);

    fixture_skip(&f, TSGI_BEGIN);
    tsgi_exchange_ref(exchange);
    say(&f, exchange, "live");
    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    say(&f, exchange, "behind END");
    fixture_drain(&f);
    CHECK_TEXT(other.log, other.log_size, "live\nbehind END\n");
    CHECK_INT(f.records, 0);
    say(&f, exchange, "late");
    CHECK_INT(tsgi_exchange_drain(f.port, 1), 0);
    CHECK_INT(tsgi_exchange_drain(first, 2), 1);
    CHECK_TEXT(f.log, f.log_size, "late\n");
    CHECK(f.last.request == NULL);
    CHECK_TEXT(f.last.request_id.data, f.last.request_id.size, "abc");
    tsgi_exchange_unref(exchange);
    tsgi_runtime_port_close(f.port);
    f.port = first;
    fixture_close(&f);
    pthread_cond_destroy(&other.woken_cond);
    pthread_mutex_destroy(&other.lock);
}

static void too_many_are_dropped_and_counted(void)
{
    fixture f;

    fixture_open(&f, 1000, 1);

    for (int i = 0; i < TSGI_LOG_BOUND + 7; i++) {
        say(&f, NULL, "line");
    }

    fixture_drain(&f);
    CHECK_INT(f.records, TSGI_LOG_BOUND);
    f.log_size = 0;
    f.records = 0;
    say(&f, NULL, "next");
    fixture_drain(&f);
    CHECK_INT(f.records, 2);
    CHECK(strstr(f.log, "7 log records were dropped") != NULL);
    fixture_close(&f);
}

static void without_any_port_the_host_is_alarmed(void)
{
    fixture f;

    fixture_open(&f, 1000, 1);
    tsgi_runtime_port_close(f.port);
    f.port = NULL;
    say(&f, NULL, "nobody listens");
    CHECK_INT(f.alarms, 1);
    fixture_close(&f);
}

int main(void)
{
    RUN(each_line_is_a_record);
    RUN(control_bytes_are_escaped);
    RUN(long_lines_are_split_between_characters);
    RUN(a_record_of_escapes_alone_stays_short);
    RUN(records_belong_to_their_request_while_it_lives);
    RUN(records_of_a_request_that_has_ended_go_to_the_first_port);
    RUN(too_many_are_dropped_and_counted);
    RUN(without_any_port_the_host_is_alarmed);
    CHECK_LEAKS(records_belong_to_their_request_while_it_lives);
    CHECK_LEAKS(too_many_are_dropped_and_counted);

    return check_result();
}
