/*
 * What lives as long as the process: the runtime, its groups and their apps.
 *
 * Made by host-thread calls and never ended one by one, so that every thread may follow a
 * pointer to one of them without a lock; the lists behind them are guarded by the runtime's lock.
 */

#ifndef TSGI_CORE_RUNTIME_H
#define TSGI_CORE_RUNTIME_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "atomics.h"
#include "port.h"
#include "tsgi/api.h"

/* How isolates come to be: given by native/runtime, absent where JavaScript attaches itself. */
typedef struct tsgi_spawner {
    /* Any thread.  Begins to start isolate `index` of the group; does not wait for it. */
    tsgi_status (*spawn)(void *data, tsgi_group *group, uint32_t index);
    void *data;
} tsgi_spawner;

struct tsgi_app {
    uint32_t id; /* counts from 1 in the process */
    uint32_t flags;
    uint32_t window;
    uint64_t write_limit;
    char *script;
    char *callable; /* NULL: the default */
    char *interface;
    void *log_target;
    tsgi_group *group;
    tsgi_app *next; /* in the group, oldest first */
};

struct tsgi_group {
    tsgi_runtime *runtime;
    char *name;
    char *module_path; /* NULL: none */
    tsgi_variable *env;
    uint32_t env_count;
    uint32_t threads;
    tsgi_port **ports; /* one for each isolate */
    atomic_bool started;
    tsgi_app *apps;
    tsgi_app *last_app;
    atomic_uint app_count; /* lets an isolate see without the lock that there are new ones */
    tsgi_group *next;
};

struct tsgi_runtime {
    uint32_t flags; /* TSGI_HOST_* */
    char *host_name;
    const tsgi_host *host;
    void *host_data;
    uint32_t max_groups;
    tsgi_spawner spawner;

    pthread_mutex_t lock; /* groups, their apps, home */
    tsgi_group *groups;
    uint32_t group_count;
    uint32_t app_count;
    tsgi_port *home; /* the first host port: records that belong to no exchange */

    atomic_bool draining;
    atomic_uint live;
    atomic_uint_least64_t serial;
    atomic_uint records; /* log records under way */
    atomic_uint dropped; /* since the last one that went through */
};

/* Copies the options. */
tsgi_runtime *tsgi_runtime_new(const tsgi_runtime_options *options, tsgi_spawner spawner);

/* No thread of the runtime runs and no exchange is live any more. */
void tsgi_runtime_free(tsgi_runtime *runtime);

tsgi_port *tsgi_runtime_port_open(tsgi_runtime *runtime, const tsgi_host *host, void *port_data);
void tsgi_runtime_port_close(tsgi_port *port);

/* A reference to the port for records without an exchange, or NULL. */
tsgi_port *tsgi_runtime_home(tsgi_runtime *runtime);

tsgi_status tsgi_group_open(tsgi_runtime *runtime, const tsgi_group_options *options,
                            tsgi_group **group);
tsgi_status tsgi_app_open(tsgi_group *group, const tsgi_app_options *options, tsgi_app **app);

/* Any thread.  Starts the group's isolates unless that was done. */
tsgi_status tsgi_group_start(tsgi_group *group);

/* Any thread.  The group's first app, or the one after `app`; NULL: there is none yet. */
tsgi_app *tsgi_group_next_app(tsgi_group *group, const tsgi_app *app);

/* Any thread.  The isolate with the fewest live exchanges. */
tsgi_port *tsgi_group_choose(tsgi_group *group);

#endif
