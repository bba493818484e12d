#include "group.h"

#include <stdlib.h>
#include <string.h>

#include "runtime.h"

/* NULL stays NULL; *failed is set when memory is short. */
static char *copy(const char *text, bool *failed)
{
    char *result = text == NULL ? NULL : strdup(text);

    if (text != NULL && result == NULL) {
        *failed = true;
    }

    return result;
}

static bool same(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

/* ---- groups ---- */

static void free_app(tsgi_app *app)
{
    free(app->script);
    free(app->callable);
    free(app->interface);
    free(app->warmup);
    free(app->mount);
    free(app);
}

void tsgi_group_free(tsgi_group *group)
{
    for (tsgi_app *app = group->apps; app != NULL;) {
        tsgi_app *next = app->next;

        free_app(app);
        app = next;
    }

    for (uint32_t i = 0; group->ports != NULL && i < group->threads; i++) {
        if (group->ports[i] != NULL) {
            tsgi_port_unref(group->ports[i]);
        }
    }

    for (uint32_t i = 0; group->env != NULL && i < group->env_count; i++) {
        free((char *)group->env[i].name);
        free((char *)group->env[i].value);
    }

    pthread_mutex_destroy(&group->lock);
    free(group->ports);
    free(group->env);
    free(group->module_path);
    free(group->name);
    free(group);
}

static bool copy_env(tsgi_group *group, const tsgi_group_options *options)
{
    bool failed = false;

    group->env = calloc(options->env_count + 1, sizeof(tsgi_variable));

    if (group->env == NULL) {
        return false;
    }

    group->env_count = options->env_count;

    for (uint32_t i = 0; i < options->env_count; i++) {
        group->env[i].name = copy(options->env[i].name, &failed);
        group->env[i].value = copy(options->env[i].value, &failed);
    }

    return !failed;
}

static tsgi_group *group_new(tsgi_runtime *runtime, const tsgi_group_options *options)
{
    bool failed = false;
    tsgi_group *group = calloc(1, sizeof(tsgi_group));

    if (group == NULL) {
        return NULL;
    }

    if (pthread_mutex_init(&group->lock, NULL) != 0) {
        free(group);
        return NULL;
    }

    group->runtime = runtime;
    group->threads = options->threads > 0 ? options->threads : 1;
    group->stall_timeout = options->stall_timeout;
    group->memory_limit = options->memory_limit;
    group->startup_timeout = options->startup_timeout;
    tsgi_waiting_init(&group->waiting, options->queue_size);
    group->reload = options->reload;
    group->graceful_timeout = options->graceful_timeout;
    group->max_requests = options->max_requests;
    group->max_requests_jitter = options->max_requests_jitter;
    group->max_age = options->max_age;
    group->idle_timeout = options->idle_timeout;
    group->name = copy(options->name, &failed);
    group->module_path = copy(options->module_path, &failed);
    group->ports = calloc(group->threads, sizeof(tsgi_port *));

    if (failed || group->ports == NULL || !copy_env(group, options)) {
        tsgi_group_free(group);
        return NULL;
    }

    for (uint32_t i = 0; i < group->threads; i++) {
        group->ports[i] = tsgi_port_new(runtime);

        if (group->ports[i] == NULL) {
            tsgi_group_free(group);
            return NULL;
        }
    }

    return group;
}

static tsgi_status group_find_or_make(tsgi_runtime *runtime, const tsgi_group_options *options,
                                      tsgi_group **result)
{
    tsgi_group *group = runtime->groups;

    while (group != NULL && strcmp(group->name, options->name) != 0) {
        group = group->next;
    }

    if (group == NULL) {
        if (runtime->max_groups > 0 && runtime->group_count >= runtime->max_groups) {
            return TSGI_UNAVAILABLE;
        }

        group = group_new(runtime, options);

        if (group == NULL) {
            return TSGI_NO_MEMORY;
        }

        group->next = runtime->groups;
        runtime->groups = group;
        runtime->group_count++;
    }

    *result = group;

    return TSGI_OK;
}

tsgi_status tsgi_group_open(tsgi_runtime *runtime, const tsgi_group_options *options,
                            tsgi_group **group)
{
    tsgi_status status;

    pthread_mutex_lock(&runtime->lock);
    status = group_find_or_make(runtime, options, group);
    pthread_mutex_unlock(&runtime->lock);

    return status;
}

tsgi_status tsgi_group_start(tsgi_group *group)
{
    tsgi_spawner *spawner = &group->runtime->spawner;

    if (atomic_load_explicit(&group->started, memory_order_relaxed) || spawner->spawn == NULL ||
        atomic_exchange(&group->started, true)) {
        return TSGI_OK;
    }

    for (uint32_t i = 0; i < group->threads; i++) {
        tsgi_status status = spawner->spawn(spawner->data, group, i);

        if (status != TSGI_OK) {
            return status;
        }
    }

    return TSGI_OK;
}

void tsgi_group_refuse(tsgi_group *group, tsgi_port *port, bool refuse)
{
    atomic_store(&port->refusing, refuse);

    if (refuse) {
        atomic_fetch_add(&group->refusing, 1);
    } else {
        atomic_fetch_sub(&group->refusing, 1);
    }
}

bool tsgi_group_is_refusing(tsgi_group *group)
{
    uint32_t count = 0;

    if (atomic_load_explicit(&group->refusing, memory_order_relaxed) < group->threads) {
        return false;
    }

    pthread_mutex_lock(&group->lock);

    for (uint32_t i = 0; i < group->threads; i++) {
        count += atomic_load(&group->ports[i]->refusing) ? 1 : 0;
    }

    pthread_mutex_unlock(&group->lock);

    return count == group->threads;
}

static bool is_better(const tsgi_port *port, const tsgi_port *than)
{
    bool refuses = atomic_load_explicit(&port->refusing, memory_order_relaxed);

    if (refuses != atomic_load_explicit(&than->refusing, memory_order_relaxed)) {
        return !refuses;
    }

    return atomic_load_explicit(&port->live, memory_order_relaxed) <
           atomic_load_explicit(&than->live, memory_order_relaxed);
}

tsgi_port *tsgi_group_choose(tsgi_group *group)
{
    const tsgi_spawner *spawner = &group->runtime->spawner;
    tsgi_port *best;
    bool spent;

    pthread_mutex_lock(&group->lock);
    best = group->ports[0];

    for (uint32_t i = 1; i < group->threads; i++) {
        if (is_better(group->ports[i], best)) {
            best = group->ports[i];
        }
    }

    atomic_fetch_add(&best->live, 1);
    spent = atomic_fetch_add_explicit(&best->begun, 1, memory_order_relaxed) + 1 ==
            atomic_load_explicit(&best->limit, memory_order_relaxed);
    tsgi_port_ref(best);
    pthread_mutex_unlock(&group->lock);

    if (spent && spawner->spent != NULL) {
        spawner->spent(spawner->data);
    }

    return best;
}

tsgi_port *tsgi_group_port(tsgi_group *group, uint32_t seat)
{
    tsgi_port *port;

    pthread_mutex_lock(&group->lock);
    port = group->ports[seat];
    tsgi_port_ref(port);
    pthread_mutex_unlock(&group->lock);

    return port;
}

tsgi_port *tsgi_group_seat(tsgi_group *group, uint32_t seat, tsgi_port *port)
{
    tsgi_port *before;

    pthread_mutex_lock(&group->lock);
    before = group->ports[seat];
    group->ports[seat] = port;
    pthread_mutex_unlock(&group->lock);

    return before;
}

/* ---- apps ---- */

static tsgi_app *app_new(tsgi_group *group, const tsgi_app_options *options)
{
    bool failed = false;
    tsgi_app *app = calloc(1, sizeof(tsgi_app));

    if (app == NULL) {
        return NULL;
    }

    app->group = group;
    app->flags = options->flags;
    app->window = options->window;
    app->write_limit = options->write_limit;
    app->log_target = options->log_target;
    app->script = copy(options->script, &failed);
    app->callable = copy(options->callable, &failed);
    app->interface = copy(options->interface, &failed);
    app->warmup = copy(options->warmup, &failed);
    app->mount = copy(options->mount, &failed);

    if (failed) {
        free_app(app);
        return NULL;
    }

    return app;
}

static bool app_is(const tsgi_app *app, const tsgi_app_options *options)
{
    return same(app->script, options->script) && same(app->callable, options->callable) &&
           same(app->interface, options->interface) && app->window == options->window &&
           app->write_limit == options->write_limit && app->log_target == options->log_target &&
           same(app->warmup, options->warmup) &&
           (app->warmup == NULL || same(app->mount, options->mount));
}

static tsgi_app *app_find_or_make(tsgi_group *group, const tsgi_app_options *options)
{
    tsgi_app *app = group->apps;

    while (app != NULL && !app_is(app, options)) {
        app = app->next;
    }

    if (app != NULL) {
        return app;
    }

    app = app_new(group, options);

    if (app == NULL) {
        return NULL;
    }

    app->id = ++group->runtime->app_count;

    if (group->last_app == NULL) {
        group->apps = app;
    } else {
        group->last_app->next = app;
    }

    group->last_app = app;
    atomic_fetch_add(&group->app_count, 1);

    return app;
}

tsgi_status tsgi_app_open(tsgi_group *group, const tsgi_app_options *options, tsgi_app **app)
{
    pthread_mutex_lock(&group->runtime->lock);
    *app = app_find_or_make(group, options);
    pthread_mutex_unlock(&group->runtime->lock);

    if (*app == NULL) {
        return TSGI_NO_MEMORY;
    }

    if (!(options->flags & TSGI_APP_PRELOAD)) {
        return TSGI_OK;
    }

    for (uint32_t i = 0; i < group->threads; i++) {
        tsgi_port *port = tsgi_group_port(group, i);

        tsgi_port_wake(port); /* an isolate that runs already opens the app now */
        tsgi_port_unref(port);
    }

    return tsgi_group_start(group);
}

tsgi_app *tsgi_group_next_app(tsgi_group *group, const tsgi_app *app)
{
    tsgi_app *next;

    pthread_mutex_lock(&group->runtime->lock);
    next = app == NULL ? group->apps : app->next;
    pthread_mutex_unlock(&group->runtime->lock);

    return next;
}
