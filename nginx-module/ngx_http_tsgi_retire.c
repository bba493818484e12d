
/*
 * A worker process in which threads of applications are stuck for good makes
 * place for another one: it shuts down as on the signal of its master process,
 * which starts another as soon as it has left.
 */


#include "ngx_http_tsgi_module.h"
#include "ngx_http_tsgi_retire.h"


/*
 * Where nothing else is configured.  Connections wait for the next process if
 * this is the only one, and a stream may go on for ever.
 */

#define NGX_HTTP_TSGI_RETIRE_TIMEOUT  30000


static ngx_atomic_t  ngx_http_tsgi_retire_wanted;


void
ngx_http_tsgi_retire(void *data)
{
    (void) ngx_atomic_cmp_set(&ngx_http_tsgi_retire_wanted, 0, 1);

    ngx_http_tsgi_wake(data);
}


void
ngx_http_tsgi_retire_turn(ngx_log_t *log)
{
    ngx_core_conf_t  *ccf;

    if (!ngx_atomic_cmp_set(&ngx_http_tsgi_retire_wanted, 1, 0)) {
        return;
    }

    if (ngx_process != NGX_PROCESS_WORKER) {
        ngx_log_error(NGX_LOG_WARN, log, 0, NGX_HTTP_TSGI_E_RETIRE
                      "no other process takes the place of a single one");
        return;
    }

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_log_error(NGX_LOG_WARN, log, 0, NGX_HTTP_TSGI_E_RETIRE
                  "the worker process finishes its requests and leaves, for "
                  "another to take its place");

    ccf = (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx,
                                           ngx_core_module);

    if (ccf->shutdown_timeout == 0) {
        ccf->shutdown_timeout = NGX_HTTP_TSGI_RETIRE_TIMEOUT;
    }

    ngx_quit = 1;
}
