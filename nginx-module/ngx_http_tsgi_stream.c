
/*
 * A body that is read while the application runs ("tsgi_request_buffering
 * off"), and only when there is room for it: until then the client is held by
 * its window, on HTTP/1.x that of TCP, and "100 Continue" is not sent before
 * the application asks.
 */


#include "ngx_http_tsgi_module.h"


static void ngx_http_tsgi_stream_ready(ngx_http_request_t *r);
static ngx_int_t ngx_http_tsgi_stream_pause(ngx_http_tsgi_ctx_t *ctx);
static void ngx_http_tsgi_stream_take(ngx_http_tsgi_ctx_t *ctx);
static void ngx_http_tsgi_stream_handler(ngx_http_request_t *r);


/* the first WANT of a streamed body */

ngx_int_t
ngx_http_tsgi_stream_start(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->state != NGX_HTTP_TSGI_IDLE) {

        /* "100 Continue" would be out of place behind a response */

        r->expect_tested = 1;
    }

    r->request_body_no_buffering = 1;

    rc = ngx_http_read_client_request_body(r, ngx_http_tsgi_stream_ready);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return ngx_http_tsgi_body_fail(ctx, rc);
    }

    /* the exchange took its count when it began */

    r->main->count--;

    r->write_event_handler = ngx_http_tsgi_write_handler;

    if (ctx->body_state != NGX_HTTP_TSGI_BODY_STREAM) {

        /*
         * On HTTP/2 a body that has arrived whole is not unbuffered any more.
         * nginx would come back with it in an event; it may as well do so now,
         * which leaves the errors to this file.
         */

        rc = ngx_http_read_unbuffered_request_body(r);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            return ngx_http_tsgi_body_fail(ctx, rc);
        }

        ctx->body_state = NGX_HTTP_TSGI_BODY_STREAM;
    }

    ngx_http_tsgi_stream_take(ctx);

    return ngx_http_tsgi_stream_read(ctx);
}


/* called inside of the above */

static void
ngx_http_tsgi_stream_ready(ngx_http_request_t *r)
{
    ngx_http_tsgi_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tsgi_module);

    ctx->body_state = NGX_HTTP_TSGI_BODY_STREAM;
}


ngx_int_t
ngx_http_tsgi_stream_read(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;

    for ( ;; ) {

        rc = ngx_http_tsgi_body_send(ctx);

        if (rc == NGX_AGAIN) {
            return ngx_http_tsgi_stream_pause(ctx);
        }

        if (rc != NGX_OK) {
            return rc;
        }

        if (!r->reading_body) {
            r->read_event_handler = ngx_http_tsgi_client_handler;
            return ngx_http_tsgi_body_end(ctx, 0);
        }

        if (ngx_http_tsgi_api->exchange_wanted(ctx->exchange) == 0) {
            return ngx_http_tsgi_stream_pause(ctx);
        }

        rc = ngx_http_read_unbuffered_request_body(r);

        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            return ngx_http_tsgi_body_fail(ctx, rc);
        }

        ngx_http_tsgi_stream_take(ctx);

        if (ctx->body == NULL && r->reading_body) {
            r->read_event_handler = ngx_http_tsgi_stream_handler;
            return NGX_OK;
        }
    }
}


/*
 * No room.  The client is not slow now, so its timeout stops; whether it has
 * left is still of interest.
 */

static ngx_int_t
ngx_http_tsgi_stream_pause(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    if (r->connection->read->timer_set) {
        ngx_del_timer(r->connection->read);
    }

    r->read_event_handler = ngx_http_tsgi_client_handler;

    return NGX_OK;
}


static void
ngx_http_tsgi_stream_take(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_http_request_body_t  *rb;

    rb = ctx->request->request_body;

    ctx->body = rb->bufs;
    rb->bufs = NULL;

    if (ctx->body) {
        ctx->body_pos = ctx->body->buf->pos;
    }
}


static void
ngx_http_tsgi_stream_handler(ngx_http_request_t *r)
{
    ngx_http_tsgi_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tsgi_module);

    if (ctx == NULL || ctx->exchange == NULL) {
        return;
    }

    (void) ngx_http_tsgi_stream_read(ctx);
}
