/*
 * The recorder: a thread that reads what belongs to no request, and ends the runtime.
 *
 * Applications print outside of requests, and behind the last message of a request whose thread
 * has long been lent to another connection.  The runtime's first port is the recorder's own and is
 * given the former; the latter it finds on the ports that nobody attends.
 *
 * It is also the thread that stops the runtime.  The child's main thread cannot: under prefork it
 * is in a signal handler when SIGTERM has come, perhaps with a lock held below it that ending
 * needs.  It only asks, and joins this thread for a bounded time.
 */

#include "mod_tsgi.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <time.h>

#define MOD_TSGI_CLOSE_TIMEOUT 3000 /* milliseconds that applications have to close */

static tsgi_port *home;
static int wake_fd = -1;
static pthread_t thread;
static atomic_bool stop_wanted;

void mod_tsgi_recorder_wake(void)
{
    mod_tsgi_eventfd_post(wake_fd);
}

/* ---- tsgi_host of its port ---- */

static void wake(void *data)
{
    (void)data;
    mod_tsgi_recorder_wake();
}

static void deliver(void *data, void *request, tsgi_message *message)
{
    (void)data;
    (void)request;
    (void)message; /* no exchange is begun on this port */
}

static const tsgi_host recorder_host = {
    .struct_size = sizeof(tsgi_host),
    .wake = wake,
    .deliver = deliver,
    .log = mod_tsgi_log,
    .alarm = mod_tsgi_alarm,
};

/* ---- the thread ---- */

/* Each port gets its turn, however much another is sent. */
static void drain(void)
{
    int more;

    do {
        more = mod_tsgi_api->port_drain(home, MOD_TSGI_DRAIN) == MOD_TSGI_DRAIN;
        more |= mod_tsgi_ports_drain();
    } while (more && !atomic_load(&stop_wanted));
}

/* Prefork's main thread waits in a signal handler for this thread to be done.  If it was asleep
 * when the signal came nothing of its request is in use, and the request is ended here for it. */
static void end_interrupted(void)
{
    mod_tsgi_ctx *ctx = atomic_load(&mod_tsgi_asleep);

    if (ctx != NULL) {
        mod_tsgi_forsake(ctx);
        mod_tsgi_port_leave(ctx->port);
    }
}

static void *record(void *data)
{
    (void)data;

    pthread_setname_np(pthread_self(), "tsgi-recorder");

    while (!atomic_load(&stop_wanted)) {
        mod_tsgi_eventfd_take(wake_fd); /* which blocks */
        drain();
    }

    end_interrupted();
    mod_tsgi_api->runtime_stop(mod_tsgi_runtime, MOD_TSGI_CLOSE_TIMEOUT);

    /* What applications said while they closed. */
    while (mod_tsgi_api->port_drain(home, MOD_TSGI_DRAIN) == MOD_TSGI_DRAIN ||
           mod_tsgi_ports_drain()) {
        continue;
    }

    return NULL;
}

apr_status_t mod_tsgi_recorder_start(server_rec *s)
{
    int error;

    wake_fd = eventfd(0, EFD_CLOEXEC);

    if (wake_fd == -1) {
        error = errno;
        ap_log_error(APLOG_MARK, APLOG_ALERT, error, s, MOD_TSGI_E_WAKE "eventfd() failed");
        return error;
    }

    home = mod_tsgi_api->port_open(mod_tsgi_runtime, &recorder_host, NULL);

    if (home == NULL) {
        ap_log_error(APLOG_MARK, APLOG_ALERT, 0, s,
                     MOD_TSGI_E_WAKE "no memory for a port of the runtime");
        return APR_ENOMEM;
    }

    error = pthread_create(&thread, NULL, record, NULL);

    if (error != 0) {
        ap_log_error(APLOG_MARK, APLOG_ALERT, error, s,
                     MOD_TSGI_E_WAKE "the recorder's thread could not be made");
        mod_tsgi_api->port_close(home);
    }

    return error;
}

apr_status_t mod_tsgi_recorder_stop(apr_interval_time_t timeout)
{
    struct timespec end;

    atomic_store(&stop_wanted, true);
    mod_tsgi_recorder_wake();

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += apr_time_sec(timeout);

    return pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &end);
}
