/*
 * The runtime in a child process: started and stopped.  No failure here fails the child: its
 * applications answer 503 instead.
 *
 * Every child of a server that has this module loaded starts the runtime, whether or not the
 * configuration names an application: "SetHandler tsgi-script" may stand in an .htaccess that is
 * written tomorrow, and by then other threads exist.  That takes a tenth of a second and 4 MB of
 * the child's own memory; isolates, which are what costs, start with the applications.
 */

#include "mod_tsgi.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <ap_mpm.h>
#include <mpm_common.h>

#include <host/library.h>

#ifndef TSGI_LIBRARY
#    define TSGI_LIBRARY NULL
#endif

/* The recorder gives applications three seconds to close.  The parent kills nine seconds after
 * it has told the child to stop. */
#define MOD_TSGI_STOP_WAIT apr_time_from_sec(5)

const tsgi_api *mod_tsgi_api;
tsgi_runtime *mod_tsgi_runtime;

static atomic_bool stopping;
static atomic_bool stopped;   /* somebody stops the runtime */
static atomic_bool recording; /* the recorder may still log */

/* Alarms have no port. */
static const tsgi_host alarm_host = {
    .struct_size = sizeof(tsgi_host), .alarm = mod_tsgi_alarm, .retire = mod_tsgi_retire};

static apr_status_t load_library(server_rec *s)
{
    char error[512];

    switch (tsgi_library_load(&tsgi_module, TSGI_LIBRARY, &mod_tsgi_api, error, sizeof(error))) {
    case TSGI_LIBRARY_OK:
        return APR_SUCCESS;

    case TSGI_LIBRARY_VERSION:
        ap_log_error(APLOG_MARK, APLOG_ALERT, 0, s,
                     MOD_TSGI_E_VERSION "libtsgi does not have the interface of version %d that "
                                        "this module was made for",
                     TSGI_ABI_VERSION);
        return APR_EGENERAL;

    default:
        ap_log_error(APLOG_MARK, APLOG_ALERT, 0, s, MOD_TSGI_E_LIBRARY "cannot load libtsgi: %s",
                     error);
        return APR_EGENERAL;
    }
}

/* Children beside this one serve the same applications. */
static int is_multiprocess(void)
{
    int most = 0;

    if (ap_exists_config_define("ONE_PROCESS") || ap_exists_config_define("DEBUG")) {
        return 0; /* httpd -X */
    }

    return ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &most) != APR_SUCCESS || most != 1;
}

/* The only thread of prefork's child exits in a signal handler, whatever it is doing. */
static int is_threaded(void)
{
    int threaded = AP_MPMQ_NOT_SUPPORTED;

    return ap_mpm_query(AP_MPMQ_IS_THREADED, &threaded) == APR_SUCCESS &&
           threaded != AP_MPMQ_NOT_SUPPORTED;
}

static const char *const *node_options(apr_pool_t *pool, const mod_tsgi_server_conf *conf)
{
    apr_array_header_t *options;

    if (conf->node_options == NULL) {
        return NULL;
    }

    options = apr_array_copy(pool, conf->node_options);
    *(const char **)apr_array_push(options) = NULL;

    return (const char *const *)options->elts;
}

static apr_status_t start_runtime(apr_pool_t *pchild, server_rec *s)
{
    const mod_tsgi_server_conf *conf = mod_tsgi_conf_of_server(s);
    const char *message = "no reason was given";
    tsgi_runtime_options options = {.struct_size = sizeof(options)};
    ap_version_t version;
    tsgi_status status;

    ap_get_server_revision(&version);

    options.flags = TSGI_HOST_SENDFILE | TSGI_HOST_EARLY_HINTS;
    options.host_name = apr_psprintf(pchild, "%s/%d.%d.%d", AP_SERVER_BASEPRODUCT, version.major,
                                     version.minor, version.patch);
    options.node_options = node_options(pchild, conf);
    options.host = &alarm_host;
    options.port_data = s;
    options.max_groups = mod_tsgi_max_applications(conf);
    options.nice = mod_tsgi_nice(conf);

    if (conf->is_inline != 0 && is_threaded()) {
        options.flags |= TSGI_HOST_INLINE;
    }

    if (is_multiprocess()) {
        options.flags |= TSGI_HOST_MULTIPROCESS;
    }

    status = mod_tsgi_api->runtime_start(&options, &mod_tsgi_runtime, &message);

    if (status != TSGI_OK) {
        mod_tsgi_runtime = NULL;
        ap_log_error(APLOG_MARK, APLOG_ALERT, 0, s,
                     MOD_TSGI_E_RUNTIME "the runtime did not start (%d): %s", status, message);
        return APR_EGENERAL;
    }

    return APR_SUCCESS;
}

/*
 * A recorder that did not end in time may be in the midst of a log, and so in any module or library:
 * their exit handlers are not to run beside it.  This one runs before them.  What modules have to
 * do for other processes they have done by then, as pchild was destroyed.
 */
static void leave_if_recording(int status, void *data)
{
    (void)data;

    if (atomic_load(&recording)) {
        _exit(status);
    }
}

/*
 * Before the pools below pchild are destroyed, and with them, under prefork, the request that the
 * signal has interrupted.  The threads of event and worker have been joined.
 */
static apr_status_t stop_runtime(void *data)
{
    (void)data;

    if (atomic_exchange(&stopped, true)) {
        return APR_SUCCESS; /* mod_tsgi_leave() is at it */
    }

    if (mod_tsgi_recorder_stop(MOD_TSGI_STOP_WAIT) == APR_SUCCESS) {
        atomic_store(&recording, false);
    }

    mod_tsgi_runtime = NULL;

    return APR_SUCCESS;
}

void mod_tsgi_leave(void)
{
    if (atomic_exchange(&stopped, true)) {
        return; /* the child leaves already */
    }

    (void)mod_tsgi_recorder_stop(MOD_TSGI_STOP_WAIT);
    _exit(0);
}

static apr_status_t start(apr_pool_t *pchild, server_rec *s)
{
    apr_status_t rv;

    rv = load_library(s);

    if (rv == APR_SUCCESS) {
        rv = start_runtime(pchild, s);
    }

    if (rv != APR_SUCCESS) {
        return rv;
    }

    rv = mod_tsgi_apps_init(pchild);

    if (rv == APR_SUCCESS) {
        rv = mod_tsgi_recorder_start(s);
    }

    if (rv != APR_SUCCESS) {
        mod_tsgi_api->runtime_stop(mod_tsgi_runtime, 0);
        mod_tsgi_runtime = NULL;
        return rv;
    }

    atomic_store(&recording, true);
    on_exit(leave_if_recording, NULL);
    apr_pool_pre_cleanup_register(pchild, NULL, stop_runtime);

    return APR_SUCCESS;
}

/* All but those that a thread brings upon itself. */
static void block_signals(sigset_t *before)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
    sigset_t all;

    sigfillset(&all);

    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        sigdelset(&all, faults[i]);
    }

    pthread_sigmask(SIG_SETMASK, &all, before);
}

/*
 * After the last fork, as the user of the children, before the MPM has made its threads.  Signals
 * wait: prefork would exit in a handler, in the middle of libnode's start, and threads made here
 * are not to be the ones whom the kernel picks for them.
 */
void mod_tsgi_child_init(apr_pool_t *pchild, server_rec *s)
{
    sigset_t before;

    mod_tsgi_alarm_init(s);
    mod_tsgi_wait_init();

    block_signals(&before);

    if (start(pchild, s) == APR_SUCCESS) {
        mod_tsgi_import_scripts(pchild, s);
    }

    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/*
 * A graceful stop waits for what is in the handler.  At any other the MPM has closed the sockets of
 * its clients, which wakes nobody who polls them.  Prefork calls this in a signal handler.
 */
void mod_tsgi_child_stopping(apr_pool_t *pchild, int graceful)
{
    (void)pchild;

    if (!graceful) {
        atomic_store(&stopping, true);
        mod_tsgi_ports_wake();
    }
}

int mod_tsgi_is_stopping(void)
{
    return atomic_load(&stopping);
}
