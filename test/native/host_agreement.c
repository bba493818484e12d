/* native/host/agreement.c: which directive two descriptions of a group are at odds on. */

#include <string.h>

#include "check.h"
#include "host/agreement.h"

static const tsgi_group_words words = {
    .threads = "threads",
    .startup_timeout = "startup_timeout",
    .stall_timeout = "stall_timeout",
    .memory_limit = "memory_limit",
    .queue_size = "queue_size",
    .reload = "reload",
    .graceful_timeout = "graceful_timeout",
    .max_requests = "max_requests",
    .max_age = "max_age",
    .idle_timeout = "idle_timeout",
    .module_path = "module_path",
    .env = "env",
};

static const tsgi_variable variables[] = {{"A", "a"}, {"B", "b"}};
static const tsgi_variable turned_round[] = {{"B", "b"}, {"A", "a"}};

static tsgi_group_options describe(void)
{
    return (tsgi_group_options){
        .struct_size = sizeof(tsgi_group_options),
        .threads = 1,
        .name = "a name",
        .module_path = "/a:/b",
        .env = variables,
        .env_count = 2,
        .startup_timeout = 30000,
        .stall_timeout = 10000,
        .memory_limit = 1 << 29,
        .queue_size = 1024,
        .graceful_timeout = 30000,
    };
}

static const char *dissent(const tsgi_group_options *other)
{
    const tsgi_group_options options = describe();
    const char *directive = tsgi_group_dissent(&words, &options, other);

    CHECK(tsgi_group_dissent(&words, other, &options) == directive);

    return directive == NULL ? "none" : directive;
}

static void alike(void)
{
    tsgi_group_options other = describe();

    other.env = turned_round;
    CHECK_TEXT(dissent(&other), strlen("none"), "none");
}

static void no_path_is_an_empty_one(void)
{
    tsgi_group_options one = describe();
    tsgi_group_options other = describe();

    one.module_path = NULL;
    other.module_path = "";
    CHECK(tsgi_group_dissent(&words, &one, &other) == NULL);
}

static void each_field_counts(void)
{
    tsgi_group_options other = describe();

    other.threads = 2;
    CHECK_TEXT(dissent(&other), strlen("threads"), "threads");

    other = describe();
    other.startup_timeout++;
    CHECK_TEXT(dissent(&other), strlen("startup_timeout"), "startup_timeout");

    other = describe();
    other.stall_timeout = 0;
    CHECK_TEXT(dissent(&other), strlen("stall_timeout"), "stall_timeout");

    other = describe();
    other.memory_limit++;
    CHECK_TEXT(dissent(&other), strlen("memory_limit"), "memory_limit");

    other = describe();
    other.queue_size = 0;
    CHECK_TEXT(dissent(&other), strlen("queue_size"), "queue_size");

    other = describe();
    other.reload = 1;
    CHECK_TEXT(dissent(&other), strlen("reload"), "reload");

    other = describe();
    other.graceful_timeout = 0;
    CHECK_TEXT(dissent(&other), strlen("graceful_timeout"), "graceful_timeout");

    other = describe();
    other.max_requests = 1;
    CHECK_TEXT(dissent(&other), strlen("max_requests"), "max_requests");

    other = describe();
    other.max_requests_jitter = 1;
    CHECK_TEXT(dissent(&other), strlen("max_requests"), "max_requests");

    other = describe();
    other.max_age = 1;
    CHECK_TEXT(dissent(&other), strlen("max_age"), "max_age");

    other = describe();
    other.idle_timeout = 1;
    CHECK_TEXT(dissent(&other), strlen("idle_timeout"), "idle_timeout");

    other = describe();
    other.module_path = NULL;
    CHECK_TEXT(dissent(&other), strlen("module_path"), "module_path");

    other = describe();
    other.env_count = 1;
    CHECK_TEXT(dissent(&other), strlen("env"), "env");
}

int main(void)
{
    RUN(alike);
    RUN(no_path_is_an_empty_one);
    RUN(each_field_counts);

    return check_result();
}
