/*
 * Ports of the runtime, lent to requests.
 *
 * A port belongs to one thread at a time.  Which one is settled under its lock:
 *
 *     attend     lock, attended = true, drain, unlock; the handler then drains without the lock
 *     leave      lock, attended = false, drain, unlock
 *     recorder   lock, drain unless attended, unlock
 *
 * A sender takes no part in that.  It has pushed its message by the time it reads `attended` to
 * learn whom to wake:
 *
 *     true       The handler's eventfd.  It sleeps on it, or drains before it does; or it is
 *                leaving, and as it has yet to write `attended`, its last drain is yet to come.
 *     false      The recorder.  It finds the port unattended and drains it; or attended by now,
 *                by a thread that wrote `attended` after the message had been pushed, and whose
 *                first drain is yet to come or has taken it.
 *
 * Writes, reads and the core's queue are sequentially consistent, so there is no third case.  The
 * drain of `attend` is not for the messages alone, which are all of exchanges that have ended: who
 * was woken for them may have been the recorder, in vain, and nobody is woken again before the
 * port has been drained.
 */

#include "mod_tsgi.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static _Atomic(mod_tsgi_port *) ports; /* all of them, the newest first */

static pthread_mutex_t idle_lock = PTHREAD_MUTEX_INITIALIZER;
static mod_tsgi_port *idle; /* the last one used first: its memory is in a cache */

/* ---- tsgi_host ---- */

static void wake(void *data)
{
    mod_tsgi_port *port = data;

    if (atomic_load(&port->attended)) {
        mod_tsgi_eventfd_post(port->wake_fd);
    } else {
        mod_tsgi_recorder_wake();
    }
}

/* The handler flushes before it sleeps, whether or not there is something, so that BEGIN and all of
 * a small body wake an isolate once. */
static void defer(void *data)
{
    (void)data;
}

static const tsgi_host port_host = {
    .struct_size = sizeof(tsgi_host),
    .wake = wake,
    .deliver = mod_tsgi_deliver,
    .log = mod_tsgi_log,
    .alarm = mod_tsgi_alarm,
    .defer = defer,
    .lookout = MOD_TSGI_LOOKOUT,
};

/* ---- made ---- */

static mod_tsgi_port *free_port(mod_tsgi_port *port)
{
    if (port->wake_fd != -1) {
        close(port->wake_fd);
    }

    pthread_mutex_destroy(&port->lock);
    free(port);

    return NULL;
}

static mod_tsgi_port *make_port(server_rec *s)
{
    mod_tsgi_port *port = calloc(1, sizeof(mod_tsgi_port));

    if (port == NULL || pthread_mutex_init(&port->lock, NULL) != 0) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, MOD_TSGI_E_NO_MEMORY "no memory for a port");
        free(port);
        return NULL;
    }

    port->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (port->wake_fd == -1) {
        ap_log_error(APLOG_MARK, APLOG_ALERT, errno, s, MOD_TSGI_E_WAKE "eventfd() failed");
        return free_port(port);
    }

    port->port = mod_tsgi_api->port_open(mod_tsgi_runtime, &port_host, port);

    if (port->port == NULL) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, s, MOD_TSGI_E_NO_MEMORY "no memory for a port");
        return free_port(port);
    }

    port->next = atomic_load(&ports);

    while (!atomic_compare_exchange_weak(&ports, &port->next, port)) {
        continue;
    }

    return port;
}

/* ---- lent ---- */

/* Under the lock.  Every exchange of the port has ended, so there is an end to what is sent. */
static void drain_rest(mod_tsgi_port *port)
{
    while (mod_tsgi_api->port_drain(port->port, MOD_TSGI_DRAIN) == MOD_TSGI_DRAIN) {
        continue;
    }
}

static mod_tsgi_port *take_idle(void)
{
    mod_tsgi_port *port;

    pthread_mutex_lock(&idle_lock);

    port = idle;

    if (port != NULL) {
        idle = port->idle;
    }

    pthread_mutex_unlock(&idle_lock);

    return port;
}

static void give_idle(mod_tsgi_port *port)
{
    pthread_mutex_lock(&idle_lock);
    port->idle = idle;
    idle = port;
    pthread_mutex_unlock(&idle_lock);
}

mod_tsgi_port *mod_tsgi_port_attend(server_rec *s)
{
    mod_tsgi_port *port = take_idle();

    if (port == NULL) {
        port = make_port(s);
    }

    if (port == NULL) {
        return NULL;
    }

    pthread_mutex_lock(&port->lock);
    atomic_store(&port->attended, true);
    drain_rest(port);
    pthread_mutex_unlock(&port->lock);

    return port;
}

void mod_tsgi_port_leave(mod_tsgi_port *port)
{
    mod_tsgi_api->port_flush(port->port); /* an ABORT */

    pthread_mutex_lock(&port->lock);
    atomic_store(&port->attended, false);
    drain_rest(port);
    pthread_mutex_unlock(&port->lock);

    give_idle(port);
}

int mod_tsgi_ports_drain(void)
{
    int more = 0;

    for (mod_tsgi_port *port = atomic_load(&ports); port != NULL; port = port->next) {
        if (atomic_load(&port->attended)) {
            continue;
        }

        pthread_mutex_lock(&port->lock);

        if (!atomic_load(&port->attended) &&
            mod_tsgi_api->port_drain(port->port, MOD_TSGI_DRAIN) == MOD_TSGI_DRAIN) {
            more = 1;
        }

        pthread_mutex_unlock(&port->lock);
    }

    return more;
}

void mod_tsgi_ports_wake(void)
{
    for (mod_tsgi_port *port = atomic_load(&ports); port != NULL; port = port->next) {
        mod_tsgi_eventfd_post(port->wake_fd);
    }
}
