/*
 * A child process in which threads of applications are stuck for good makes place for another one:
 * it takes no more connections, finishes its requests and leaves, and its parent starts another.
 *
 * No module can simply ask for that.  Prefork looks after each connection whether it was one of too many,
 * so that MaxConnectionsPerChild, lowered in this child, is enough.  Event and worker count down from
 * what it was when the child began; but they have the child leave in the same way when accepting a
 * connection fails for lack of resources.  So it is made to fail.  The connection stays in the
 * listener's queue, where it waits for another child.
 *
 * A stream may go on for ever, and a thread of httpd that is stuck in an application itself
 * (TSGIInline) cannot be joined.  So there is an end to the child's patience.
 *
 * With ListenCoresBucketsRatio most children of event and worker have listeners of their own that no
 * module can find, and a single process ("httpd -X") has no parent: there nothing happens.
 */

#include "mod_tsgi.h"

#include <time.h>

#include <ap_listen.h>
#include <ap_mpm.h>
#include <mpm_common.h>

#define MOD_TSGI_RETIRE_WAIT 30 /* seconds */

/* What the MPMs take for a lack of resources is APR_EGENERAL. */
static apr_status_t refuse(void **connection, ap_listen_rec *listener, apr_pool_t *pool)
{
    (void)listener;
    (void)pool;
    *connection = NULL;

    return APR_EGENERAL;
}

static int stop_prefork(void)
{
    int threaded;

    if (ap_mpm_query(AP_MPMQ_IS_THREADED, &threaded) != APR_SUCCESS ||
        threaded != AP_MPMQ_NOT_SUPPORTED) {
        return 0;
    }

    __atomic_store_n(&ap_max_requests_per_child, 1, __ATOMIC_RELAXED);

    return 1;
}

/* Their listener's thread sets the function when it begins, and reads it for each connection. */
static int stop_listener(void)
{
    int stopped = 0;

    for (ap_listen_rec *listener = ap_listeners; listener != NULL; listener = listener->next) {
        if (__atomic_load_n(&listener->accept_func, __ATOMIC_RELAXED) != NULL) {
            __atomic_store_n(&listener->accept_func, refuse, __ATOMIC_RELAXED);
            stopped = 1;
        }
    }

    return stopped;
}

static int is_single(void)
{
    return ap_exists_config_define("ONE_PROCESS") || ap_exists_config_define("DEBUG");
}

static void *leave_in_time(void *data)
{
    struct timespec left = {.tv_sec = MOD_TSGI_RETIRE_WAIT};

    (void)data;

    while (nanosleep(&left, &left) == -1) {
        continue;
    }

    mod_tsgi_leave();

    return NULL;
}

void mod_tsgi_retire(void *data)
{
    server_rec *s = data;
    pthread_t thread;

    if (!is_single() && (stop_prefork() || stop_listener())) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     MOD_TSGI_E_RETIRE "the child process takes no more connections, finishes its "
                                       "requests and leaves, for another to take its place");

        if (pthread_create(&thread, NULL, leave_in_time, NULL) == 0) {
            pthread_detach(thread);
        }
    } else {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                     MOD_TSGI_E_RETIRE "no other process takes the place of this one, which is the "
                                       "only one or has listeners of its own");
    }
}
