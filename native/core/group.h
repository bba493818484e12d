/*
 * Groups and their apps, which live as long as the runtime.
 *
 * Made by host-thread calls and never ended one by one, so that every thread may follow a
 * pointer to one of them without a lock; the lists behind them are guarded by the runtime's lock.
 *
 * A group has a fixed number of seats, and on each sits one isolate at a time, which has a port.
 * When another takes its place (native/runtime) the seat is given the port of that one. From then on
 * nothing is begun on the port before, so what is live on it only becomes less.
 */

#ifndef TSGI_CORE_GROUP_H
#define TSGI_CORE_GROUP_H

#include <pthread.h>
#include <stdint.h>

#include "atomics.h"
#include "port.h"
#include "refusals.h"
#include "tsgi/api.h"
#include "waiting.h"

struct tsgi_app {
    uint32_t id; /* counts from 1 in the process */
    uint32_t flags;
    uint32_t window;
    uint64_t write_limit;
    char *script;
    char *callable; /* NULL: the default */
    char *interface;
    char *warmup; /* NULL: none */
    char *mount;
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
    uint32_t threads;         /* seats */
    uint32_t stall_timeout;   /* milliseconds; 0: none */
    uint32_t startup_timeout; /* milliseconds; 0: none */
    uint64_t memory_limit;    /* bytes; 0: none */

    /* See tsgi_group_options. */
    uint32_t reload;
    uint64_t graceful_timeout;
    uint64_t max_requests;
    uint64_t max_requests_jitter;
    uint64_t max_age;
    uint64_t idle_timeout;

    pthread_mutex_t lock; /* of ports, and of the choice among them */
    tsgi_port **ports;    /* one for each seat, with a reference */

    atomic_uint_least64_t
        version;          /* a digest of the files that its applications were last made of */
    atomic_uint refusing; /* ports that do; at least those of seats */

    atomic_bool started;
    tsgi_waiting waiting;
    tsgi_refusals refusals[TSGI_REFUSALS];
    tsgi_app *apps;
    tsgi_app *last_app;
    atomic_uint app_count; /* lets an isolate see without the lock that there are new ones */
    tsgi_group *next;
};

/* See group_open and app_open in tsgi/api.h.  The options are copied. */
tsgi_status tsgi_group_open(tsgi_runtime *runtime, const tsgi_group_options *options,
                            tsgi_group **group);
tsgi_status tsgi_app_open(tsgi_group *group, const tsgi_app_options *options, tsgi_app **app);

/* Any thread.  Starts the group's isolates unless that was done. */
tsgi_status tsgi_group_start(tsgi_group *group);

/* Any thread.  The group's first app, or the one after `app`; NULL: there is none yet. */
tsgi_app *tsgi_group_next_app(tsgi_group *group, const tsgi_app *app);

/* Any thread.  Nothing is begun on the port from now on as long as a seat has another that does not
 * refuse; or that is over.  Each call changes what was before. */
void tsgi_group_refuse(tsgi_group *group, tsgi_port *port, bool refuse);

/* Any thread.  Whether the ports of all seats refuse. */
bool tsgi_group_is_refusing(tsgi_group *group);

/* Any thread.  The port with the fewest live exchanges, of those that do not refuse if there are any, which has one more from now on.  With a
 * reference, the caller's. */
tsgi_port *tsgi_group_choose(tsgi_group *group);

/* Any thread.  The port of a seat, with a reference, the caller's. */
tsgi_port *tsgi_group_port(tsgi_group *group, uint32_t seat);

/* Any thread.  Takes over a reference to `port`, which is the seat's from now on, and gives one to
 * the port before: from now on that is chosen no more. */
tsgi_port *tsgi_group_seat(tsgi_group *group, uint32_t seat, tsgi_port *port);

/* With its apps: for tsgi_runtime_free alone. */
void tsgi_group_free(tsgi_group *group);

#endif
