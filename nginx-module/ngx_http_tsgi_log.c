
/* Records of the runtime on their way to the right error log. */


#include "ngx_http_tsgi_module.h"


static ngx_log_t *ngx_http_tsgi_target(void *target);


/*
 * A record of a live request is written with its connection, client and first
 * line, as nginx's own are.  The others go to the error log of the location
 * where the application was first opened.
 */

void
ngx_http_tsgi_log(void *data, const tsgi_record *record)
{
    u_char               *last;
    ngx_log_t            *log;
    ngx_uint_t            level;
    ngx_http_tsgi_ctx_t  *ctx;
    u_char                tag[sizeof("TSGI65535 ")];

    ctx = record->request;

    if (ctx) {
        log = ctx->request->connection->log;
        ngx_http_set_log_request(log, ctx->request);

    } else {
        log = ngx_http_tsgi_target(record->log_target);
    }

    /* the levels of both have one order */

    level = record->level + NGX_LOG_ALERT - TSGI_LEVEL_ALERT;

    if (level < NGX_LOG_ALERT || level > NGX_LOG_DEBUG) {
        level = NGX_LOG_ERR;
    }

    last = tag;

    if (record->tag) {
        last = ngx_sprintf(tag, "TSGI%04ui ", (ngx_uint_t) record->tag);
    }

    if (record->request_id.size) {
        ngx_log_error(level, log, 0, "%*s%*s, request id: %*s",
                      (size_t) (last - tag), tag,
                      record->text.size, record->text.data,
                      record->request_id.size, record->request_id.data);
        return;
    }

    ngx_log_error(level, log, 0, "%*s%*s", (size_t) (last - tag), tag,
                  record->text.size, record->text.data);
}


/*
 * A single process that was reconfigured has an application whose first
 * location is gone, and its log with it.
 */

static ngx_log_t *
ngx_http_tsgi_target(void *target)
{
    ngx_uint_t                   i;
    ngx_http_tsgi_loc_conf_t   **location;
    ngx_http_tsgi_main_conf_t   *tmcf;

    tmcf = ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_http_tsgi_module);
    if (target && tmcf) {

        location = tmcf->locations.elts;

        for (i = 0; i < tmcf->locations.nelts; i++) {
            if (location[i]->log == target) {
                return target;
            }
        }
    }

    return ngx_cycle->log;
}


/* on any thread, at any time: nothing but a write */

void
ngx_http_tsgi_alarm(void *data, const char *text, uint32_t size)
{
    ssize_t     n;
    ngx_log_t  *log;

    log = ngx_cycle->log;

    n = write(log->file ? log->file->fd : STDERR_FILENO, text, size);

    (void) n;
}
