
/*
 * The runtime in a worker process: started and stopped.  No failure here fails
 * the process; the locations answer 503 instead.
 */


#include "ngx_http_tsgi_module.h"
#include "ngx_http_tsgi_retire.h"

#include <host/library.h>


#define NGX_HTTP_TSGI_STOP_TIMEOUT  3000    /* systemd grants nginx 5 s */


static ngx_int_t ngx_http_tsgi_start(ngx_cycle_t *cycle);
static const tsgi_api *ngx_http_tsgi_load(ngx_log_t *log);
static ngx_int_t ngx_http_tsgi_start_runtime(ngx_cycle_t *cycle,
    ngx_http_tsgi_main_conf_t *tmcf);
static ngx_int_t ngx_http_tsgi_open_port(ngx_cycle_t *cycle);
static void ngx_http_tsgi_preload(ngx_cycle_t *cycle,
    ngx_http_tsgi_main_conf_t *tmcf);


const tsgi_api             *ngx_http_tsgi_api;
tsgi_runtime               *ngx_http_tsgi_runtime;
tsgi_port                  *ngx_http_tsgi_port;

static ngx_queue_t          ngx_http_tsgi_live;
static ngx_uint_t           ngx_http_tsgi_started;


static const tsgi_host  ngx_http_tsgi_host = {
    sizeof(tsgi_host),
    ngx_http_tsgi_wake,
    ngx_http_tsgi_deliver,
    ngx_http_tsgi_log,
    ngx_http_tsgi_alarm,
    ngx_http_tsgi_defer,
    0,                      /* one port, woken once for all of its requests */
    ngx_http_tsgi_retire
};


ngx_int_t
ngx_http_tsgi_init_process(ngx_cycle_t *cycle)
{
    ngx_http_tsgi_main_conf_t  *tmcf;

    /* the cache manager and loader come here too */

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NGX_OK;
    }

    tmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tsgi_module);

    if (tmcf == NULL || tmcf->locations.nelts == 0) {
        return NGX_OK;
    }

    if (ngx_http_tsgi_start(cycle) == NGX_OK) {
        ngx_http_tsgi_preload(cycle, tmcf);
    }

    return NGX_OK;
}


/*
 * A single process does not come through init_process again when it is
 * reconfigured, so the first request may be what starts the runtime.
 */

ngx_int_t
ngx_http_tsgi_ready(void)
{
    if (!ngx_http_tsgi_started) {
        (void) ngx_http_tsgi_start((ngx_cycle_t *) ngx_cycle);
    }

    return ngx_http_tsgi_port ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_tsgi_start(ngx_cycle_t *cycle)
{
    ngx_http_tsgi_main_conf_t  *tmcf;

    ngx_http_tsgi_started = 1;

    ngx_queue_init(&ngx_http_tsgi_live);

    tmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tsgi_module);

    ngx_http_tsgi_api = ngx_http_tsgi_load(cycle->log);
    if (ngx_http_tsgi_api == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_tsgi_open_wake(cycle) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_tsgi_start_runtime(cycle, tmcf) != NGX_OK) {
        ngx_http_tsgi_close_wake();
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* NULL has been logged */

static const tsgi_api *
ngx_http_tsgi_load(ngx_log_t *log)
{
    char             error[NGX_MAX_CONF_ERRSTR];
    const tsgi_api  *api;

    switch (tsgi_library_load(&ngx_http_tsgi_module, TSGI_LIBRARY, &api,
                              error, NGX_MAX_CONF_ERRSTR))
    {
    case TSGI_LIBRARY_OK:
        break;

    case TSGI_LIBRARY_MISSING:
        ngx_log_error(NGX_LOG_ALERT, log, 0, NGX_HTTP_TSGI_E_LIBRARY
                      "cannot load libtsgi: %s; it is looked for beside this "
                      "module, then as \"%s\"", error, TSGI_LIBRARY);
        break;

    case TSGI_LIBRARY_VERSION:
        ngx_log_error(NGX_LOG_ALERT, log, 0, NGX_HTTP_TSGI_E_VERSION
                      "libtsgi does not have the interface of version %d "
                      "that this module was made for", TSGI_ABI_VERSION);
        break;
    }

    return api;
}


static ngx_int_t
ngx_http_tsgi_start_runtime(ngx_cycle_t *cycle,
    ngx_http_tsgi_main_conf_t *tmcf)
{
    char                  **option;
    const char             *message;
    tsgi_status             status;
    ngx_core_conf_t        *ccf;
    tsgi_runtime_options    options;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    ngx_memzero(&options, sizeof(tsgi_runtime_options));

    options.struct_size = sizeof(tsgi_runtime_options);
    options.flags = TSGI_HOST_SENDFILE;
#if (nginx_version >= 1029000)
    options.flags |= TSGI_HOST_EARLY_HINTS;
#endif
    options.host_name = NGINX_VER;
    options.host = &ngx_http_tsgi_host;
    options.max_groups = tmcf->max_applications;
    options.nice = tmcf->nice;

    if (ccf->master && ccf->worker_processes > 1) {
        options.flags |= TSGI_HOST_MULTIPROCESS;
    }

    if (tmcf->node_options) {
        option = ngx_array_push(tmcf->node_options);
        if (option == NULL) {
            return NGX_ERROR;
        }

        *option = NULL;
        tmcf->node_options->nelts--;

        options.node_options = tmcf->node_options->elts;
    }

    message = "no reason was given";

    status = ngx_http_tsgi_api->runtime_start(&options, &ngx_http_tsgi_runtime,
                                              &message);
    if (status != TSGI_OK) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, 0, NGX_HTTP_TSGI_E_RUNTIME
                      "the runtime did not start (%d): %s", status, message);
        return NGX_ERROR;
    }

    return ngx_http_tsgi_open_port(cycle);
}


static ngx_int_t
ngx_http_tsgi_open_port(ngx_cycle_t *cycle)
{
    ngx_http_tsgi_port = ngx_http_tsgi_api->port_open(ngx_http_tsgi_runtime,
                                                  &ngx_http_tsgi_host, NULL);
    if (ngx_http_tsgi_port == NULL) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, 0, NGX_HTTP_TSGI_E_WAKE
                      "no memory for a port of the runtime");

        ngx_http_tsgi_api->runtime_stop(ngx_http_tsgi_runtime, 0);
        ngx_http_tsgi_runtime = NULL;
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_tsgi_preload(ngx_cycle_t *cycle, ngx_http_tsgi_main_conf_t *tmcf)
{
    ngx_uint_t                  i;
    ngx_http_tsgi_loc_conf_t  **location;

    location = tmcf->locations.elts;

    for (i = 0; i < tmcf->locations.nelts; i++) {

        if (location[i]->preload
            && ngx_http_tsgi_is_constant(location[i]->pass))
        {
            location[i]->app = ngx_http_tsgi_open_app(location[i],
                                            &location[i]->pass->script.value,
                                            cycle->log);
        }
    }
}


void
ngx_http_tsgi_exit_process(ngx_cycle_t *cycle)
{
    ngx_queue_t          *q;
    ngx_http_tsgi_ctx_t  *ctx;

    if (ngx_http_tsgi_port == NULL) {
        return;
    }

    while (!ngx_queue_empty(&ngx_http_tsgi_live)) {
        q = ngx_queue_head(&ngx_http_tsgi_live);
        ctx = ngx_queue_data(q, ngx_http_tsgi_ctx_t, live);

        ngx_http_tsgi_cut(ctx, TSGI_ABORT_STOP);
    }

    ngx_http_tsgi_api->runtime_stop(ngx_http_tsgi_runtime,
                                    NGX_HTTP_TSGI_STOP_TIMEOUT);

    /* what the applications said while they closed */

    while (ngx_http_tsgi_api->port_drain(ngx_http_tsgi_port, 1)) { /* void */ }

    ngx_http_tsgi_api->port_close(ngx_http_tsgi_port);

    ngx_http_tsgi_port = NULL;
    ngx_http_tsgi_runtime = NULL;

    /* a thread that did not end may still write to the descriptor */
}


void
ngx_http_tsgi_add_live(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_queue_insert_tail(&ngx_http_tsgi_live, &ctx->live);
    ctx->in_live = 1;

    ngx_http_tsgi_timer_begin(ctx);
}
