
/*
 * The timer of a live exchange.
 *
 * Until the response begins it is "tsgi_request_timeout", which starts anew
 * with each piece of the request that the application is given.  After that,
 * and without a timeout, it only arms itself again: nginx exits gracefully as
 * soon as no timer is armed that would keep it, whatever the count of a
 * request says.
 */


#include "ngx_http_tsgi_module.h"


#define NGX_HTTP_TSGI_KEEP  60000


static void ngx_http_tsgi_timer_handler(ngx_event_t *ev);
static ngx_uint_t ngx_http_tsgi_awaits_client(ngx_http_tsgi_ctx_t *ctx);


void
ngx_http_tsgi_timer_start(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_event_t  *ev;

    ev = &ctx->timer;

    ev->handler = ngx_http_tsgi_timer_handler;
    ev->data = ctx;
    ev->log = ctx->request->connection->log;

    if (ev->timer_set) {

        if (ctx->state != NGX_HTTP_TSGI_IDLE) {
            return;
        }

        /* ngx_add_timer() alone takes a little later for the same */

        ngx_del_timer(ev);
    }

    if (ctx->state == NGX_HTTP_TSGI_IDLE && ctx->conf->request_timeout) {
        ngx_add_timer(ev, ctx->conf->request_timeout);

    } else {
        ngx_add_timer(ev, NGX_HTTP_TSGI_KEEP);
    }
}


static void
ngx_http_tsgi_timer_handler(ngx_event_t *ev)
{
    ngx_http_tsgi_ctx_t *ctx = ev->data;

    ngx_connection_t  *c;

    if (ctx->state != NGX_HTTP_TSGI_IDLE
        || ctx->conf->request_timeout == 0
        || ngx_http_tsgi_awaits_client(ctx))
    {
        ngx_http_tsgi_timer_start(ctx);
        return;
    }

    c = ctx->request->connection;

    ngx_http_set_log_request(c->log, ctx->request);

    ngx_log_error(NGX_LOG_ERR, c->log, 0, NGX_HTTP_TSGI_E_TIMEOUT
                  "the application did not begin its response within %M ms",
                  ctx->conf->request_timeout);

    ngx_http_tsgi_cut(ctx, TSGI_ABORT_TIMEOUT);
    ngx_http_tsgi_finalize(ctx, NGX_HTTP_GATEWAY_TIME_OUT);

    ngx_http_run_posted_requests(c);
}


/* it is the client who keeps the application waiting, and has its own time */

static ngx_uint_t
ngx_http_tsgi_awaits_client(ngx_http_tsgi_ctx_t *ctx)
{
    return ctx->body_state == NGX_HTTP_TSGI_BODY_STREAM
           && ctx->request->connection->read->timer_set;
}
