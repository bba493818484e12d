/*
 * The runtime, one in a process, and the host's ports.
 *
 * Made and freed by host-thread calls (tsgi/api.h, runtime_start and runtime_stop); what changes
 * after that is guarded by its lock, or atomic.
 */

#ifndef TSGI_CORE_RUNTIME_H
#define TSGI_CORE_RUNTIME_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "atomics.h"
#include "group.h"
#include "port.h"
#include "tsgi/api.h"

/* How isolates come to be: given by native/runtime, absent where JavaScript attaches itself. */
typedef struct tsgi_spawner {
    /* Any thread.  Begins to start isolate `index` of the group; does not wait for it. */
    tsgi_status (*spawn)(void *data, tsgi_group *group, uint32_t index);

    /* Any thread.  Somewhere so many exchanges have begun as a port is meant for.  May be NULL. */
    void (*spent)(void *data);
    void *data;
} tsgi_spawner;

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

/* Any thread, once.  Asks the host for another process, if it is one that can be asked. */
void tsgi_runtime_retire(tsgi_runtime *runtime);

/* A reference to the port for records without an exchange, or NULL. */
tsgi_port *tsgi_runtime_home(tsgi_runtime *runtime);

#endif
