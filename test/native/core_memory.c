/*
 * Every allocation of the core fails once, the first, the second and so on, from the start of a
 * runtime to its end.  Who asked is told, nothing is lost of what there was, an exchange that cannot
 * go on ends, and all memory is given back.  CMakeLists.txt has the linker lead here.
 */

#include "fixture.h"

enum {
    NEVER = 0,
    MANY = 200 /* allocations, which the scene does not need */
};

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *block);

static unsigned fail_at; /* the n-th from now on; NEVER */
static unsigned failed;
static int held; /* blocks that have not been given back */

static bool fails(void)
{
    if (fail_at == NEVER || --fail_at > 0) {
        return false;
    }

    failed++;

    return true;
}

static void *count(void *block)
{
    held += block != NULL;

    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t many, size_t size)
{
    return fails() ? NULL : count(__real_calloc(many, size));
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : count(__real_strdup(text));
}

void __wrap_free(void *block)
{
    held -= block != NULL;
    __real_free(block);
}

static fixture f;
static fixture_request request;
static bool whole; /* what the host was given is a complete response */

/* ---- the scene, which stops where memory was short ---- */

static bool is_up(void)
{
    const tsgi_variable env[] = {{"ONE", "1"}, {"TWO", "2"}};
    const tsgi_runtime_options options = {.struct_size = sizeof(options),
                                          .host_name = "test",
                                          .host = &fixture_host,
                                          .port_data = &f};
    const tsgi_group_options group = {.struct_size = sizeof(group),
                                      .threads = 2,
                                      .name = "group",
                                      .module_path = "/modules",
                                      .env = env,
                                      .env_count = 2};
    const tsgi_app_options app = {.struct_size = sizeof(app),
                                  .script = "/app.js",
                                  .callable = "application",
                                  .interface = "auto",
                                  .window = 1000,
                                  .write_limit = 1000};

    f.runtime = tsgi_runtime_new(&options, (tsgi_spawner){NULL, NULL, NULL});

    if (f.runtime == NULL) {
        return false;
    }

    f.port = tsgi_runtime_port_open(f.runtime, &fixture_host, &f);

    if (f.port == NULL) {
        return false;
    }

    tsgi_status status = tsgi_group_open(f.runtime, &group, &f.group);

    if (status == TSGI_OK) {
        status = tsgi_app_open(f.group, &app, &f.app);
    }

    CHECK(status == TSGI_OK || status == TSGI_NO_MEMORY);

    return status == TSGI_OK;
}

static void take(tsgi_kind kind)
{
    tsgi_message *message = tsgi_port_next(f.group->ports[0]);

    CHECK(message != NULL && message->kind == kind);

    if (message != NULL) {
        tsgi_message_done(message);
    }
}

/* The host's half: a body in memory and one in a file. */
static bool is_fed(tsgi_exchange *exchange)
{
    tsgi_status status = tsgi_exchange_body(exchange, "abc", 3);

    if (status == TSGI_OK) {
        take(TSGI_BODY);
        status = tsgi_exchange_body_file(exchange, STDIN_FILENO, 0, 10);
    }

    if (status != TSGI_OK) {
        CHECK(status == TSGI_NO_MEMORY || status == TSGI_SYSTEM);
        return false;
    }

    take(TSGI_BODY);
    CHECK_INT(tsgi_exchange_body_end(exchange, 0), TSGI_OK);
    take(TSGI_BODY_END);

    return true;
}

/* The application's half. */
static bool is_answered(tsgi_exchange *exchange)
{
    uint32_t cuts[] = {2};
    const tsgi_head head = {200, "OK", 2, cuts, 0};
    const tsgi_head hints = {103, "OK", 2, cuts, 0};

    tsgi_log(f.runtime, exchange, f.app, TSGI_LEVEL_ERROR, 0, "a line\nand another", 18);

    tsgi_status status = tsgi_exchange_inform(exchange, &hints);

    if (status == TSGI_OK) {
        status = tsgi_exchange_start(exchange, &head, -1);
    }

    tsgi_message *data = status == TSGI_OK ? tsgi_message_new_data(exchange, TSGI_DATA, 10) : NULL;

    if (data == NULL) {
        CHECK(status == TSGI_OK || status == TSGI_NO_MEMORY);
        return false;
    }

    memset(tsgi_message_extra(data), 'x', 10);
    CHECK_INT(tsgi_exchange_data(exchange, data), TSGI_OK);
    status = tsgi_exchange_file(exchange, STDIN_FILENO, 0, 5);

    return status == TSGI_OK;
}

static void play_exchange(void)
{
    tsgi_view view = fixture_view();
    tsgi_exchange *exchange = NULL;
    tsgi_status status = tsgi_exchange_begin(f.port, f.app, &view, &request, &exchange);

    if (status != TSGI_OK) {
        CHECK_INT(status, TSGI_NO_MEMORY);
        CHECK(exchange == NULL);
        return;
    }

    take(TSGI_BEGIN);

    if (!is_fed(exchange)) {
        tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT); /* as a host answers 500 */
        fixture_cut(&f, exchange);
        return;
    }

    bool answered = is_answered(exchange);

    CHECK_INT(tsgi_exchange_end(exchange, answered ? 0 : 500), TSGI_OK);
    fixture_drain(&f);
    CHECK_INT(request.ends, 1);
    whole = request.end == 0;
    CHECK_INT(whole, answered && request.bytes == 15);
}

static void play(void)
{
    memset(&f, 0, sizeof(f));
    memset(&request, 0, sizeof(request));
    pthread_mutex_init(&f.lock, NULL);
    pthread_cond_init(&f.woken_cond, NULL);
    whole = false;

    if (is_up()) {
        play_exchange();
        fail_at = NEVER;
        memset(&request, 0, sizeof(request));
        play_exchange(); /* the next one has all that it needs */
        CHECK(whole);
    }

    if (f.port != NULL) {
        tsgi_runtime_port_close(f.port);
    }

    if (f.runtime != NULL) {
        CHECK_INT(atomic_load(&f.runtime->live), 0);
        CHECK_INT(atomic_load(&f.runtime->records), 0);
        tsgi_runtime_free(f.runtime);
    }

    pthread_cond_destroy(&f.woken_cond);
    pthread_mutex_destroy(&f.lock);
    CHECK_INT(held, 0);
}

static void each_allocation_fails_once(void)
{
    unsigned passed = 0;

    for (unsigned n = 1; n <= MANY && passed == 0; n++) {
        failed = 0;
        fail_at = n;
        play();
        passed = failed == 0 ? n : 0;
    }

    printf("  %u allocations\n", passed - 1);
    CHECK(passed > 20 && passed < MANY);
}

int main(void)
{
    RUN(each_allocation_fails_once);

    return check_result();
}
