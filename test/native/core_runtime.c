/* Groups and apps: found or made, bounded, started once, and chosen by load. */

#include <stddef.h>

#include "fixture.h"

static atomic_uint spawned;

static tsgi_status count_spawn(void *data, tsgi_group *group, uint32_t index)
{
    (void)data;
    CHECK(index < group->threads);
    atomic_fetch_add(&spawned, 1);

    return TSGI_OK;
}

static tsgi_runtime *make(uint32_t max_groups)
{
    tsgi_runtime_options options = {
        .struct_size = sizeof(options), .host_name = "test", .max_groups = max_groups};

    return tsgi_runtime_new(&options, (tsgi_spawner){count_spawn, NULL, NULL});
}

static tsgi_status open_group(tsgi_runtime *runtime, const char *name, tsgi_group **group)
{
    const tsgi_variable env[] = {{"A", "1"}, {"B", ""}};
    tsgi_group_options options = {.struct_size = sizeof(options),
                                  .threads = 2,
                                  .name = name,
                                  .module_path = "/a:/b",
                                  .env = env,
                                  .env_count = 2};

    return tsgi_group_open(runtime, &options, group);
}

static tsgi_status open_app(tsgi_group *group, const char *script, const char *callable,
                            uint32_t flags, tsgi_app **app)
{
    tsgi_app_options options = {.struct_size = sizeof(options),
                                .flags = flags,
                                .script = script,
                                .callable = callable,
                                .interface = "auto",
                                .window = 1000,
                                .write_limit = 1000};

    return tsgi_app_open(group, &options, app);
}

static void a_group_of_a_name_is_one(void)
{
    tsgi_runtime *runtime = make(2);
    tsgi_group *first, *again, *second, *third = NULL;

    CHECK_INT(open_group(runtime, "one", &first), TSGI_OK);
    CHECK_INT(open_group(runtime, "two", &second), TSGI_OK);
    CHECK_INT(open_group(runtime, "one", &again), TSGI_OK);
    CHECK(first == again && first != second);
    CHECK_INT(open_group(runtime, "three", &third), TSGI_UNAVAILABLE);
    CHECK(third == NULL);
    CHECK_INT(first->env_count, 2);
    CHECK_TEXT(first->env[0].name, 1, "A");
    CHECK_TEXT(first->module_path, 5, "/a:/b");
    tsgi_runtime_free(runtime);
}

static void an_app_is_one_by_script_and_callable(void)
{
    tsgi_runtime *runtime = make(0);
    tsgi_group *group;
    tsgi_app *a, *b, *c, *again;

    CHECK_INT(open_group(runtime, "one", &group), TSGI_OK);
    CHECK_INT(open_app(group, "/a.js", NULL, 0, &a), TSGI_OK);
    CHECK_INT(open_app(group, "/a.js", "other", 0, &b), TSGI_OK);
    CHECK_INT(open_app(group, "/b.js", NULL, 0, &c), TSGI_OK);
    CHECK_INT(open_app(group, "/a.js", NULL, 0, &again), TSGI_OK);
    CHECK(a == again && a != b && b != c && a->id != b->id);
    CHECK(tsgi_group_next_app(group, NULL) == a);
    CHECK(tsgi_group_next_app(group, a) == b);
    CHECK(tsgi_group_next_app(group, b) == c);
    CHECK(tsgi_group_next_app(group, c) == NULL);
    tsgi_runtime_free(runtime);
}

static void isolates_start_once(void)
{
    tsgi_runtime *runtime = make(0);
    tsgi_group *group;
    tsgi_app *app;

    atomic_store(&spawned, 0);
    CHECK_INT(open_group(runtime, "one", &group), TSGI_OK);
    CHECK_INT(open_app(group, "/a.js", NULL, 0, &app), TSGI_OK);
    CHECK_INT(spawned, 0);
    CHECK_INT(open_app(group, "/b.js", NULL, TSGI_APP_PRELOAD, &app), TSGI_OK);
    CHECK_INT(spawned, 2);
    CHECK_INT(open_app(group, "/c.js", NULL, TSGI_APP_PRELOAD, &app), TSGI_OK);
    CHECK_INT(tsgi_group_start(group), TSGI_OK);
    CHECK_INT(spawned, 2);
    tsgi_runtime_free(runtime);
}

static void *start_group(void *data)
{
    CHECK_INT(tsgi_group_start(data), TSGI_OK);

    return NULL;
}

static void isolates_start_once_whoever_is_first(void)
{
    for (int round = 0; round < 200; round++) {
        tsgi_runtime *runtime = make(0);
        tsgi_group *group;
        pthread_t threads[3];

        atomic_store(&spawned, 0);
        CHECK_INT(open_group(runtime, "one", &group), TSGI_OK);

        for (int i = 0; i < 3; i++) {
            pthread_create(&threads[i], NULL, start_group, group);
        }

        for (int i = 0; i < 3; i++) {
            pthread_join(threads[i], NULL);
        }

        CHECK_INT(spawned, 2);
        tsgi_runtime_free(runtime);
    }
}

static void exchanges_go_where_there_are_fewest(void)
{
    fixture f;
    fixture_request requests[6];
    tsgi_exchange *exchanges[6];
    tsgi_message *message;

    fixture_open(&f, 1000, 3);

    for (int i = 0; i < 6; i++) {
        exchanges[i] = fixture_begin(&f, &requests[i], 0);
    }

    for (int i = 0; i < 3; i++) {
        CHECK_INT(atomic_load(&f.group->ports[i]->live), 2);
    }

    for (int i = 0; i < 6; i++) {
        CHECK_INT(tsgi_exchange_end(exchanges[i], 503), TSGI_OK);
    }

    for (int i = 0; i < 3; i++) {
        CHECK_INT(atomic_load(&f.group->ports[i]->live), 0);

        while ((message = tsgi_port_next(f.group->ports[i])) != NULL) {
            tsgi_message_done(message);
        }
    }

    fixture_drain(&f);
    fixture_close(&f);
}

/* ---- a host that is asked for another process ---- */

static int retired;

static void count_retire(void *data)
{
    CHECK(data == &retired);
    retired++;
}

static void retire_with(const tsgi_host *host)
{
    tsgi_runtime_options options = {
        .struct_size = sizeof(options), .host = host, .port_data = &retired};
    tsgi_runtime *runtime = tsgi_runtime_new(&options, (tsgi_spawner){count_spawn, NULL, NULL});

    tsgi_runtime_retire(runtime);
    tsgi_runtime_free(runtime);
}

static void only_a_host_that_can_is_asked_for_another_process(void)
{
    tsgi_host host = {.struct_size = sizeof(host), .retire = count_retire};

    retire_with(NULL);
    CHECK_INT(retired, 0);
    retire_with(&host);
    CHECK_INT(retired, 1);
    host.struct_size = offsetof(tsgi_host, retire); /* an older one */
    retire_with(&host);
    host = (tsgi_host){.struct_size = sizeof(host)};
    retire_with(&host);
    CHECK_INT(retired, 1);
}

int main(void)
{
    RUN(only_a_host_that_can_is_asked_for_another_process);
    RUN(a_group_of_a_name_is_one);
    RUN(an_app_is_one_by_script_and_callable);
    RUN(isolates_start_once);
    RUN(isolates_start_once_whoever_is_first);
    RUN(exchanges_go_where_there_are_fewest);
    CHECK_LEAKS(an_app_is_one_by_script_and_callable);

    return check_result();
}
