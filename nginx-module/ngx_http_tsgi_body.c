
/*
 * The body of a request on its way to the application.
 *
 * What nginx has read goes out as WANT allows, from memory or as pieces of
 * the file it was spooled to.
 */


#include "ngx_http_tsgi_module.h"


static tsgi_status ngx_http_tsgi_body_send_buf(ngx_http_tsgi_ctx_t *ctx,
    ngx_buf_t *b);


/*
 * Sub-requests and error pages arrive without a body.
 *
 * nginx promises that error_page with a named location changes neither method
 * nor body; "error_page 418 = @app" lives on that.  It is kept as long as the
 * body is there to be read.  With a URI nginx itself makes the method GET,
 * which is how the two are told apart.
 */

ngx_uint_t
ngx_http_tsgi_is_bare(ngx_http_request_t *r)
{
    if (r != r->main || r->post_action || r->discard_body || r->reading_body) {
        return 1;
    }

    if (r->err_status || r->error_page) {
        return (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) || r->request_body;
    }

    return 0;
}


/* the exchange has begun */

ngx_int_t
ngx_http_tsgi_body_begin(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->body_state == NGX_HTTP_TSGI_BODY_LATER) {
        return NGX_OK;
    }

    if (ctx->bare || r->request_body == NULL) {
        return ngx_http_tsgi_body_end(ctx, 0);
    }

    ctx->body_state = NGX_HTTP_TSGI_BODY_WHOLE;
    ctx->body = r->request_body->bufs;
    ctx->wanted = 1;

    if (ctx->body) {
        ctx->body_pos = ctx->body->buf->pos;
    }

    return ngx_http_tsgi_body_turn(ctx);
}


/* there is room: after WANT, or at the beginning */

ngx_int_t
ngx_http_tsgi_body_turn(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (!ctx->wanted || ctx->exchange == NULL) {
        return NGX_OK;
    }

    ctx->wanted = 0;

    switch (ctx->body_state) {

    case NGX_HTTP_TSGI_BODY_WHOLE:
        rc = ngx_http_tsgi_body_send(ctx);
        return rc == NGX_OK ? ngx_http_tsgi_body_end(ctx, 0) : rc;

    case NGX_HTTP_TSGI_BODY_LATER:
        return ngx_http_tsgi_stream_start(ctx);

    case NGX_HTTP_TSGI_BODY_STREAM:
        return ngx_http_tsgi_stream_read(ctx);

    default:
        return NGX_OK;
    }
}


/*
 * Hands over what there is.  NGX_AGAIN: it is more than wanted.
 *
 * A buf of a body that is read whole is left as it was, it may be read again;
 * one of a streamed body is used up, which lets nginx read into it again.
 */

ngx_int_t
ngx_http_tsgi_body_send(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;
    tsgi_status   status;

    while (ctx->body) {

        cl = ctx->body;
        b = cl->buf;

        status = ngx_http_tsgi_body_send_buf(ctx, b);

        if (ctx->body_state == NGX_HTTP_TSGI_BODY_STREAM) {
            b->pos = ctx->body_pos;
        }

        if (status == TSGI_AGAIN) {
            return NGX_AGAIN;
        }

        if (status != TSGI_OK) {
            ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log,
                          status == TSGI_SYSTEM ? ngx_errno : 0,
                          NGX_HTTP_TSGI_E_BODY
                          "cannot hand over the request body (%d)", status);

            return ngx_http_tsgi_body_fail(ctx,
                                           NGX_HTTP_INTERNAL_SERVER_ERROR);
        }

        ctx->body = cl->next;

        if (ctx->body) {
            ctx->body_pos = ctx->body->buf->pos;
        }

        if (ctx->body_state == NGX_HTTP_TSGI_BODY_STREAM) {
            ngx_free_chain(ctx->request->pool, cl);
        }
    }

    return NGX_OK;
}


static tsgi_status
ngx_http_tsgi_body_send_buf(ngx_http_tsgi_ctx_t *ctx, ngx_buf_t *b)
{
    size_t           size;
    uint64_t         wanted;
    tsgi_status      status;
    const tsgi_api  *api;

    api = ngx_http_tsgi_api;

    if (!ngx_buf_in_memory(b)) {

        if (!b->in_file) {
            return TSGI_OK;
        }

        return api->exchange_body_file(ctx->exchange, b->file->fd,
                                       b->file_pos,
                                       b->file_last - b->file_pos);
    }

    while (ctx->body_pos < b->last) {

        wanted = api->exchange_wanted(ctx->exchange);
        size = b->last - ctx->body_pos;

        if (size > wanted) {
            size = wanted;
        }

        if (size == 0) {
            return TSGI_AGAIN;
        }

        status = api->exchange_body(ctx->exchange, (char *) ctx->body_pos,
                                    size);
        if (status != TSGI_OK) {
            return status;
        }

        ctx->body_pos += size;

        ngx_http_tsgi_timer_start(ctx);
    }

    return TSGI_OK;
}


ngx_int_t
ngx_http_tsgi_body_end(ngx_http_tsgi_ctx_t *ctx, ngx_uint_t status)
{
    ctx->body_state = NGX_HTTP_TSGI_BODY_ENDED;
    ctx->body_error = status;

    (void) ngx_http_tsgi_api->exchange_body_end(ctx->exchange, status);

    ngx_http_tsgi_timer_start(ctx);

    return NGX_OK;
}


/*
 * The rest of the body does not come.  The application is told the reason
 * and may still answer; if it does not, ngx_http_tsgi_response_turn() does.
 */

ngx_int_t
ngx_http_tsgi_body_fail(ngx_http_tsgi_ctx_t *ctx, ngx_int_t rc)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    if (c->error) {
        ngx_http_tsgi_finalize(ctx, NGX_HTTP_CLIENT_CLOSED_REQUEST);
        return NGX_DONE;
    }

    if (rc != NGX_HTTP_BAD_REQUEST
        && rc != NGX_HTTP_REQUEST_TIME_OUT
        && rc != NGX_HTTP_REQUEST_ENTITY_TOO_LARGE)
    {
        ngx_http_tsgi_finalize(ctx, ctx->state == NGX_HTTP_TSGI_SENDING
                                    ? NGX_ERROR : rc);
        return NGX_DONE;
    }

    /* where this request ends and another begins is not known any more */

    r->keepalive = 0;
    r->lingering_close = 1;

    r->read_event_handler = ngx_http_tsgi_client_handler;
    r->write_event_handler = ngx_http_tsgi_write_handler;

    if (c->read->timer_set) {
        ngx_del_timer(c->read);
    }

    c->read->timedout = 0;
    c->timedout = 0;

    return ngx_http_tsgi_body_end(ctx, rc);
}


/*
 * The response is complete and the body was not asked for.  A client that
 * waits for "100 Continue" may send it or not, so that connection has no
 * future; others are read to the end of the body.
 */

void
ngx_http_tsgi_body_discard(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->body_state != NGX_HTTP_TSGI_BODY_LATER) {
        return;
    }

    if (r->headers_in.expect
        && !r->expect_tested
        && r->http_version == NGX_HTTP_VERSION_11)
    {
        r->expect_tested = 1;
        r->keepalive = 0;
        r->lingering_close = 1;
        return;
    }

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        r->keepalive = 0;
    }
}
