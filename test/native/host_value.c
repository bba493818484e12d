/* Values of directives. */

#include "check.h"
#include "host/value.h"

typedef const char *check_fn(const char *value, size_t size);

/* `right` is what it must be; NULL: it is right. */
static void expect(check_fn *check, const char *value, const char *right)
{
    const char *said = check(value, strlen(value));

    if ((said == NULL) != (right == NULL)) {
        fprintf(stderr, "\"%s\":\n", value);
    }

    CHECK_INT(said == NULL, right == NULL);

    if (said != NULL && right != NULL) {
        CHECK_TEXT(said, strlen(said), right);
    }
}

static void callables(void)
{
    static const char *const right[] = {"application", "$", "_a1", "handle2", "caf\xc3\xa9"};
    static const char *const wrong[] = {"", "1a", "a.b", "a-b", "a b", "a(", "app\n"};

    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        expect(tsgi_value_check_callable, right[i], NULL);
    }

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        expect(tsgi_value_check_callable, wrong[i], "the name of an export");
    }
}

static void interfaces(void)
{
    static const char *const right[] = {"auto", "tsgi", "fetch", "node", "listen"};
    static const char *const wrong[] = {"", "Auto", "aut", "autos", "nodes", "wsgi"};

    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        expect(tsgi_value_check_interface, right[i], NULL);
    }

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        expect(tsgi_value_check_interface, wrong[i],
               "\"auto\", \"tsgi\", \"fetch\", \"node\" or \"listen\"");
    }
}

static void sizes_decide_not_terminators(void)
{
    CHECK(tsgi_value_check_callable("a b", 1) == NULL);
    CHECK(tsgi_value_check_callable("a\0b", 3) != NULL);
    CHECK(tsgi_value_check_interface("autoXXX", 4) == NULL);
    CHECK(tsgi_value_check_interface("nodes", 4) == NULL);
}

/* Number and unit of "a size from 4k to 64m" or "a time from 100ms to 24h". */
static uint64_t read_number(const char *text, const char **end)
{
    uint64_t number = 0;

    while (*text >= '0' && *text <= '9') {
        number = 10 * number + (uint64_t)(*text++ - '0');
    }

    if (strncmp(text, "ms", 2) == 0) {
        *end = text + 2;
        return number;
    }

    switch (*text) {
    case 's':
        number *= 1000;
        text++;
        break;
    case 'd':
        number *= 24; /* fall through */
    case 'h':
        number *= 60 * 60 * 1000;
        text++;
        break;
    case 'g':
        number <<= 10; /* fall through */
    case 'm':
        number <<= 10; /* fall through */
    case 'k':
        number <<= 10;
        text++;
    }

    *end = text;

    return number;
}

static void ranges_say_what_they_are(void)
{
    static const tsgi_value_range *const ranges[] = {
        &tsgi_value_threads,      &tsgi_value_max_applications, &tsgi_value_buffer_size,
        &tsgi_value_write_limit,  &tsgi_value_request_timeout,  &tsgi_value_stall_timeout,
        &tsgi_value_memory_limit, &tsgi_value_queue_size,       &tsgi_value_queue_timeout,
        &tsgi_value_max_age,      &tsgi_value_graceful_timeout, &tsgi_value_max_requests,
        &tsgi_value_idle_timeout, &tsgi_value_startup_timeout};

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        const tsgi_value_range *range = ranges[i];
        const char *text = strstr(range->text, " from ");

        CHECK(text != NULL);

        CHECK_INT(read_number(text + strlen(" from "), &text), range->low);
        CHECK_TEXT(text, strlen(" to "), " to ");
        CHECK_INT(read_number(text + strlen(" to "), &text), range->high);
        CHECK_TEXT(text, strlen(text), "");
        CHECK(tsgi_value_is_in(range, range->preset));
        CHECK_INT(strncmp(range->text, "0 or ", 5) == 0, range->off);
        CHECK_INT(tsgi_value_is_in(range, 0), range->off || range->low == 0);
        CHECK(tsgi_value_is_in(range, range->low) && tsgi_value_is_in(range, range->high));
        CHECK(!tsgi_value_is_in(range, range->low - 1) || range->low == 1);
        CHECK(!tsgi_value_is_in(range, range->high + 1));
    }
}

static void off_is_a_word_where_there_may_be_none(void)
{
    CHECK(tsgi_value_is_off(&tsgi_value_queue_size, "off", 3));
    CHECK(!tsgi_value_is_off(&tsgi_value_queue_size, "of", 2));
    CHECK(!tsgi_value_is_off(&tsgi_value_queue_size, "offside", 7));
    CHECK(!tsgi_value_is_off(&tsgi_value_queue_size, "0", 1));
    CHECK(!tsgi_value_is_off(&tsgi_value_threads, "off", 3));
}

static void targets(void)
{
    static const char *const right[] = {"/", "/app/x?a=b&c", "/a%20b"};
    static const char *const wrong[] = {"", "app", "http://x/", "/a b", "/a\n", "/a#b", "/\xe9"};

    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        CHECK(tsgi_value_check_target(right[i], strlen(right[i])) == NULL);
    }

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(tsgi_value_check_target(wrong[i], strlen(wrong[i])) != NULL);
    }
}

static bool is_below(const char *target, const char *mount)
{
    return tsgi_value_is_below(target, strlen(target), mount, strlen(mount));
}

static void targets_below_mounts(void)
{
    CHECK(is_below("/", "") && is_below("/x", "/") && is_below("/x?a", ""));
    CHECK(is_below("/app", "/app") && is_below("/app/", "/app") && is_below("/app?a", "/app/"));
    CHECK(is_below("/app/x", "/app/") && is_below("/app/x", "/app"));
    CHECK(!is_below("/application", "/app") && !is_below("/ap", "/app") && !is_below("/", "/app"));
}

int main(void)
{
    RUN(targets);
    RUN(targets_below_mounts);
    RUN(callables);
    RUN(interfaces);
    RUN(sizes_decide_not_terminators);
    RUN(ranges_say_what_they_are);
    RUN(off_is_a_word_where_there_may_be_none);

    return check_result();
}
