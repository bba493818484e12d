/*
 * Applications, opened in the runtime when they are first needed and kept for all threads of
 * the process.
 *
 * A group is described by the first who needs it: threads, limits, process.env.  Whether
 * others describe it alike is known only when they come, since their <Directory> and <Location>
 * are a matter of the request; what they would have liked is told once.
 */

#include "mod_tsgi.h"

#include <stdarg.h>

#include <apr_hash.h>

#include <host/agreement.h>
#include <host/value.h>

/* Made under the lock and never changed, but for `told`. */
typedef struct {
    tsgi_group *group;
    tsgi_group_options options;
    apr_array_header_t *env; /* mod_tsgi_env: what became options.env, with its texts */
    atomic_int told;
} known_group;

typedef struct {
    tsgi_app *app;
    known_group *group;
} known_app;

/* An application as a request, or TSGIImportScript, asks for it. */
typedef struct {
    server_rec *server;
    request_rec *request; /* NULL: none */
    const mod_tsgi_dir_conf *conf;
    const char *group;
    const char *script;
    const char *callable; /* may be NULL */
    const char *interface;
    const char *warmup; /* NULL: none */
    const char *mount;  /* for that alone */
    uint32_t flags;     /* TSGI_APP_* */
} wish;

typedef struct {
    const void *data;
    apr_size_t size;
} app_key;

static apr_thread_mutex_t *lock;
static apr_pool_t *known_pool; /* this and the tables: under the lock */
static apr_hash_t *known_groups;
static apr_hash_t *known_apps;

apr_status_t mod_tsgi_apps_init(apr_pool_t *pchild)
{
    apr_status_t rv = apr_pool_create(&known_pool, pchild);

    if (rv != APR_SUCCESS) {
        return rv;
    }

    known_groups = apr_hash_make(known_pool);
    known_apps = apr_hash_make(known_pool);

    return apr_thread_mutex_create(&lock, APR_THREAD_MUTEX_DEFAULT, pchild);
}

__attribute__((format(printf, 3, 4))) static void tell(const wish *wish, int level,
                                                       const char *format, ...)
{
    char text[2048];
    va_list arguments;

    va_start(arguments, format);
    (void)apr_vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);

    if (wish->request != NULL) {
        ap_log_rerror(APLOG_MARK, level, 0, wish->request, "%s", text);
    } else {
        ap_log_error(APLOG_MARK, level, 0, wish->server, "%s", text);
    }
}

static const char *copy(const char *text)
{
    return text == NULL ? NULL : apr_pstrdup(known_pool, text);
}

/* All but its variables. */
static tsgi_group_options describe_group(const wish *wish)
{
    tsgi_group_options options = {
        .struct_size = sizeof(tsgi_group_options),
        .threads = (uint32_t)mod_tsgi_threads(wish->conf),
        .name = wish->group,
        .module_path = wish->conf->module_path,
        .startup_timeout = mod_tsgi_startup_timeout(wish->conf),
        .stall_timeout = mod_tsgi_stall_timeout(wish->conf),
        .memory_limit = mod_tsgi_memory_limit(wish->conf),
        .queue_size = mod_tsgi_queue_size(wish->conf),
    };

    mod_tsgi_life_fill(&wish->conf->life, &options);

    return options;
}

static void describe_variables(const wish *wish, apr_pool_t *pool, tsgi_group_options *options)
{
    const apr_array_header_t *variables = mod_tsgi_environment(pool, wish->conf);

    options->env = (const tsgi_variable *)variables->elts;
    options->env_count = (uint32_t)variables->nelts;
}

/* The texts of a configuration live as long as the process does; the arrays that a request has
 * merged, and names made for it, do not. */
static known_group *remember_group(const wish *wish, tsgi_group *group)
{
    known_group *known = apr_pcalloc(known_pool, sizeof(*known));

    known->group = group;
    known->options = describe_group(wish);
    describe_variables(wish, known_pool, &known->options);
    known->options.name = copy(wish->group);
    known->options.module_path = copy(wish->conf->module_path);
    known->env = wish->conf->env == NULL ? NULL : apr_array_copy(known_pool, wish->conf->env);

    apr_hash_set(known_groups, known->options.name, APR_HASH_KEY_STRING, known);

    return known;
}

/* NULL has been logged. */
static known_group *open_group(const wish *wish, apr_pool_t *pool)
{
    known_group *known = apr_hash_get(known_groups, wish->group, APR_HASH_KEY_STRING);

    if (known != NULL) {
        return known;
    }

    tsgi_group_options options = describe_group(wish);
    tsgi_group *group;

    describe_variables(wish, pool, &options);

    tsgi_status status = mod_tsgi_api->group_open(mod_tsgi_runtime, &options, &group);

    if (status == TSGI_UNAVAILABLE) {
        tell(wish, APLOG_ERR,
             MOD_TSGI_E_GROUPS "application group \"%s\" is more than \"TSGIMaxApplications\" "
                               "allows",
             wish->group);
        return NULL;
    }

    if (status != TSGI_OK) {
        tell(wish, APLOG_ERR, MOD_TSGI_E_OPEN "cannot open application group \"%s\" (%d)",
             wish->group, status);
        return NULL;
    }

    return remember_group(wish, group);
}

/* What is mounted where is known with the first request. */
static const char *warmup_of(const wish *wish)
{
    if (wish->warmup == NULL ||
        tsgi_value_is_below(wish->warmup, strlen(wish->warmup), wish->mount, strlen(wish->mount))) {
        return wish->warmup;
    }

    tell(wish, APLOG_ERR,
         MOD_TSGI_E_VALUE "invalid value \"%s\" in \"TSGIWarmup\", it must be a URI below \"%s\"",
         wish->warmup, wish->mount);

    return NULL;
}

/* NULL has been logged. */
static known_app *open_app(const wish *wish, const app_key *key, apr_pool_t *pool)
{
    known_group *group = open_group(wish, pool);

    if (group == NULL) {
        return NULL;
    }

    const tsgi_app_options options = {
        .struct_size = sizeof(options),
        .flags = wish->flags,
        .script = wish->script,
        .callable = wish->callable,
        .interface = wish->interface,
        .log_target = wish->server,
        .window = mod_tsgi_buffer_size(wish->conf),
        .write_limit = mod_tsgi_write_limit(wish->conf),
        .warmup = warmup_of(wish),
        .mount = wish->mount,
    };
    tsgi_app *app;
    tsgi_status status = mod_tsgi_api->app_open(group->group, &options, &app);

    if (status != TSGI_OK) {
        tell(wish, APLOG_ERR, MOD_TSGI_E_OPEN "cannot open application \"%s\" (%d)", wish->script,
             status);
        return NULL;
    }

    known_app *known = apr_pcalloc(known_pool, sizeof(*known));

    known->app = app;
    known->group = group;
    apr_hash_set(known_apps, apr_pmemdup(known_pool, key->data, key->size), (apr_ssize_t)key->size,
                 known);

    return known;
}

/* The same lines of the configuration: as a rule they are, and nothing has to be put together. */
static int is_same_env(const apr_array_header_t *one, const apr_array_header_t *two)
{
    if (one == NULL || two == NULL) {
        return one == two;
    }

    return one->nelts == two->nelts &&
           memcmp(one->elts, two->elts, (size_t)one->nelts * sizeof(mod_tsgi_env)) == 0;
}

/* The directive that is at odds; NULL: none. */
static const char *find_conflict(const known_group *group, const wish *wish, apr_pool_t *pool)
{
    static const tsgi_group_words words = {
        .threads = "TSGIThreads",
        .startup_timeout = "TSGIStartupTimeout",
        .stall_timeout = "TSGIStallTimeout",
        .memory_limit = "TSGIMemoryLimit",
        .queue_size = "TSGIQueueSize",
        .reload = "TSGIScriptReloading",
        .graceful_timeout = "TSGIGracefulTimeout",
        .max_requests = "TSGIMaximumRequests",
        .max_age = "TSGIMaximumAge",
        .idle_timeout = "TSGIIdleTimeout",
        .module_path = "TSGIModulePath",
        .env = "TSGISetProcessEnv",
    };
    tsgi_group_options options = describe_group(wish);

    if (is_same_env(group->env, wish->conf->env)) {
        options.env = group->options.env;
        options.env_count = group->options.env_count;
    } else {
        describe_variables(wish, pool, &options);
    }

    return tsgi_group_dissent(&words, &group->options, &options);
}

static void tell_conflict(const wish *wish, known_group *group, apr_pool_t *pool)
{
    const char *conflict;

    if (atomic_load_explicit(&group->told, memory_order_relaxed) != 0) {
        return;
    }

    conflict = find_conflict(group, wish, pool);

    if (conflict != NULL && atomic_exchange(&group->told, 1) == 0) {
        tell(wish, APLOG_WARNING,
             MOD_TSGI_E_GROUP "application group \"%s\" was opened with one value of \"%s\", and "
                              "\"%s\" has another, which has no effect",
             group->options.name, conflict, wish->script);
    }
}

/* All that the options of an application hold: the numbers as they are, then the texts. */
static app_key make_key(const wish *wish, apr_pool_t *pool)
{
    const char *const texts[] = {wish->group,
                                 wish->script,
                                 wish->callable == NULL ? "" : wish->callable,
                                 wish->interface,
                                 wish->warmup == NULL ? "" : wish->warmup,
                                 wish->warmup == NULL ? "" : wish->mount};
    const uint64_t numbers[] = {(uint64_t)(uintptr_t)wish->server, mod_tsgi_buffer_size(wish->conf),
                                mod_tsgi_write_limit(wish->conf)};
    apr_size_t sizes[sizeof(texts) / sizeof(texts[0])];
    app_key key = {NULL, sizeof(numbers)};
    char *p;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        sizes[i] = strlen(texts[i]) + 1;
        key.size += sizes[i];
    }

    p = apr_palloc(pool, key.size);
    key.data = p;
    memcpy(p, numbers, sizeof(numbers));
    p += sizeof(numbers);

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        memcpy(p, texts[i], sizes[i]);
        p += sizes[i];
    }

    return key;
}

/* NULL has been logged. */
static tsgi_app *find(const wish *wish, apr_pool_t *pool)
{
    const app_key key = make_key(wish, pool);

    (void)apr_thread_mutex_lock(lock);

    known_app *known = apr_hash_get(known_apps, key.data, (apr_ssize_t)key.size);

    if (known == NULL) {
        known = open_app(wish, &key, pool);
    }

    (void)apr_thread_mutex_unlock(lock);

    if (known == NULL) {
        return NULL;
    }

    tell_conflict(wish, known->group, pool);

    return known->app;
}

/* The options of a target come before the directives around it. */
static void fill_wish(wish *wish, apr_pool_t *pool, const mod_tsgi_target *target,
                      const char *mount)
{
    const mod_tsgi_dir_conf *conf = wish->conf;
    const char *callable = target == NULL ? NULL : target->callable;
    const char *interface = target == NULL ? NULL : target->interface;
    const char *group = target == NULL ? NULL : target->group;

    wish->callable = callable == NULL ? conf->callable : callable;
    wish->interface = interface == NULL ? conf->interface : interface;
    wish->group = mod_tsgi_name_group(pool, wish->server, wish->request,
                                      group == NULL ? conf->group : group, wish->script, mount);

    if (wish->interface == NULL) {
        wish->interface = "auto";
    }

    wish->warmup = conf->life.warmup;
    wish->mount = mount == NULL ? "" : mount;
}

int mod_tsgi_find_app(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    wish wish = {
        .server = r->server,
        .request = r,
        .conf = ctx->conf,
        .script = ctx->script,
    };

    fill_wish(&wish, r->pool, ctx->target, ctx->mount);

    ctx->app = find(&wish, r->pool);

    return ctx->app == NULL ? HTTP_SERVICE_UNAVAILABLE : OK;
}

void mod_tsgi_preload_app(apr_pool_t *pool, server_rec *s, const mod_tsgi_target *target,
                          const char *mount)
{
    wish wish = {
        .server = s,
        .conf = mod_tsgi_conf_of_level(s),
        .script = target->script,
        .flags = TSGI_APP_PRELOAD,
    };

    fill_wish(&wish, pool, target, mount);

    if (wish.group == NULL) {
        tell(&wish, APLOG_ERR,
             MOD_TSGI_E_OPEN "cannot import \"%s\" in %s:%d: its application group depends on the "
                             "request, \"group=\" would name another",
             target->script, target->file_name, target->line);
        return;
    }

    (void)find(&wish, pool);
}
