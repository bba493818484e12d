
/*
 * The timer of a live exchange, for what comes first of two ends:
 *
 *     "tsgi_queue_timeout"    of its wait for JavaScript, which may have taken
 *                             it meanwhile; only then is that asked
 *     "tsgi_request_timeout"  of the wait for its response, the first one
 *                             included; it is put off by each piece of the
 *                             request that the application is given
 *
 * When the response has begun, and without an end, the timer only arms itself
 * again: nginx exits gracefully as soon as no timer is armed that would keep
 * it, whatever the count of a request says.
 */


#include "ngx_http_tsgi_module.h"


#define NGX_HTTP_TSGI_KEEP  60000


static void ngx_http_tsgi_timer_arm(ngx_http_tsgi_ctx_t *ctx);
static void ngx_http_tsgi_timer_handler(ngx_event_t *ev);
static ngx_uint_t ngx_http_tsgi_withdraw(ngx_http_tsgi_ctx_t *ctx);
static ngx_uint_t ngx_http_tsgi_awaits_client(ngx_http_tsgi_ctx_t *ctx);


/* milliseconds until then, not less than 0 */

static ngx_inline ngx_msec_t
ngx_http_tsgi_timer_left(ngx_msec_t end)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (end - ngx_current_msec);

    return left > 0 ? (ngx_msec_t) left : 0;
}


void
ngx_http_tsgi_timer_begin(ngx_http_tsgi_ctx_t *ctx)
{
    ctx->queued = 1;
    ctx->queue_end = ngx_current_msec + ctx->conf->queue_timeout;

    ngx_http_tsgi_timer_start(ctx);
}


void
ngx_http_tsgi_timer_start(ngx_http_tsgi_ctx_t *ctx)
{
    ctx->answer_end = ngx_current_msec + ctx->conf->request_timeout;

    ngx_http_tsgi_timer_arm(ctx);
}


static void
ngx_http_tsgi_timer_arm(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_msec_t    left, timer;
    ngx_event_t  *ev;

    ev = &ctx->timer;

    ev->handler = ngx_http_tsgi_timer_handler;
    ev->data = ctx;
    ev->log = ctx->request->connection->log;

    timer = NGX_HTTP_TSGI_KEEP;

    if (ctx->state == NGX_HTTP_TSGI_IDLE) {

        if (ctx->conf->request_timeout) {
            timer = ngx_http_tsgi_timer_left(ctx->answer_end);
        }

        if (ctx->queued && ctx->conf->queue_timeout) {
            left = ngx_http_tsgi_timer_left(ctx->queue_end);
            timer = ngx_min(timer, left);
        }
    }

    if (ev->timer_set) {

        if (ctx->state != NGX_HTTP_TSGI_IDLE) {
            return;
        }

        /* ngx_add_timer() alone takes a little later for the same */

        ngx_del_timer(ev);
    }

    ngx_add_timer(ev, timer);
}


static void
ngx_http_tsgi_timer_handler(ngx_event_t *ev)
{
    ngx_http_tsgi_ctx_t *ctx = ev->data;

    ngx_connection_t  *c;

    if (ctx->state != NGX_HTTP_TSGI_IDLE) {
        ngx_http_tsgi_timer_arm(ctx);
        return;
    }

    if (ngx_http_tsgi_withdraw(ctx)) {
        return;
    }

    if (ctx->conf->request_timeout == 0) {
        ngx_http_tsgi_timer_arm(ctx);
        return;
    }

    if (ngx_http_tsgi_awaits_client(ctx)) {
        ngx_http_tsgi_timer_start(ctx);
        return;
    }

    if (ngx_http_tsgi_timer_left(ctx->answer_end)) {
        ngx_http_tsgi_timer_arm(ctx);
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


/* true: JavaScript has not come to it in time, and never will */

static ngx_uint_t
ngx_http_tsgi_withdraw(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_connection_t  *c;

    if (!ctx->queued
        || ctx->exchange == NULL
        || ctx->conf->queue_timeout == 0
        || ngx_http_tsgi_timer_left(ctx->queue_end))
    {
        return 0;
    }

    ctx->queued = 0;

    if (ngx_http_tsgi_api->exchange_withdraw(ctx->exchange) != TSGI_OK) {
        return 0;
    }

    ctx->exchange = NULL;

    c = ctx->request->connection;

    ngx_http_set_log_request(c->log, ctx->request);

    ngx_http_tsgi_finalize(ctx, ngx_http_tsgi_put_off(ctx->request));

    ngx_http_run_posted_requests(c);

    return 1;
}


/* it is the client who keeps the application waiting, and has its own time */

static ngx_uint_t
ngx_http_tsgi_awaits_client(ngx_http_tsgi_ctx_t *ctx)
{
    return ctx->body_state == NGX_HTTP_TSGI_BODY_STREAM
           && ctx->request->connection->read->timer_set;
}
