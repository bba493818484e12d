
/*
 * One request.  It is begun by the content handler, goes on in turns, each
 * after messages of its exchange have been delivered, and is finalized once.
 */


#include "ngx_http_tsgi_module.h"


#define ngx_http_tsgi_text_of(n)  #n
#define ngx_http_tsgi_text(n)     ngx_http_tsgi_text_of(n)


static ngx_http_tsgi_ctx_t *ngx_http_tsgi_create_ctx(ngx_http_request_t *r);
static void ngx_http_tsgi_begin(ngx_http_request_t *r);
static ngx_int_t ngx_http_tsgi_open_exchange(ngx_http_tsgi_ctx_t *ctx);
static void ngx_http_tsgi_cleanup(void *data);
static void ngx_http_tsgi_pool_cleanup(void *data);


ngx_int_t
ngx_http_tsgi_handler(ngx_http_request_t *r)
{
    ngx_int_t             rc;
    ngx_http_tsgi_ctx_t  *ctx;

    if (ngx_http_tsgi_ready() != NGX_OK) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    ctx = ngx_http_tsgi_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_tsgi_find_script(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_tsgi_find_app(ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    ctx->bare = ngx_http_tsgi_is_bare(r);

    if (!ctx->bare
        && (r->headers_in.content_length_n > 0 || r->headers_in.chunked))
    {
        if (ctx->conf->request_buffering || r->request_body) {

            /* the count that this takes is the exchange's */

            rc = ngx_http_read_client_request_body(r, ngx_http_tsgi_begin);

            return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
        }

        ctx->body_state = NGX_HTTP_TSGI_BODY_LATER;
    }

    r->main->count++;

    ngx_http_tsgi_begin(r);

    return NGX_DONE;
}


static ngx_http_tsgi_ctx_t *
ngx_http_tsgi_create_ctx(ngx_http_request_t *r)
{
    ngx_http_cleanup_t   *cln;
    ngx_pool_cleanup_t   *pcln;
    ngx_http_tsgi_ctx_t  *ctx;

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_tsgi_ctx_t));
    if (ctx == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     ctx->exchange = NULL;
     *     ctx->state = NGX_HTTP_TSGI_IDLE;
     *     ctx->body_state = NGX_HTTP_TSGI_BODY_NONE;
     *     ctx->held = NULL;
     *     ctx->out = NULL;
     */

    ctx->request = r;
    ctx->conf = ngx_http_get_module_loc_conf(r, ngx_http_tsgi_module);
    ctx->held_last = &ctx->held;
    ctx->out_last = &ctx->out;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_tsgi_cleanup;
    cln->data = ctx;

    /*
     * An HTTP/2 connection may write frames of a request that has been
     * terminated, so the bytes stay until its pool is destroyed.
     */

    pcln = ngx_pool_cleanup_add(r->pool, 0);
    if (pcln == NULL) {
        return NULL;
    }

    pcln->handler = ngx_http_tsgi_pool_cleanup;
    pcln->data = ctx;

    ngx_http_set_ctx(r, ctx, ngx_http_tsgi_module);

    return ctx;
}


/* nginx has read the body, or is not to read it yet */

static void
ngx_http_tsgi_begin(ngx_http_request_t *r)
{
    ngx_int_t             rc;
    ngx_http_tsgi_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tsgi_module);

    rc = ngx_http_tsgi_open_exchange(ctx);
    if (rc != NGX_OK) {
        ngx_http_tsgi_finalize(ctx, rc);
        return;
    }

    ngx_http_tsgi_watch_client(r);

    r->write_event_handler = ngx_http_tsgi_write_handler;

    (void) ngx_http_tsgi_body_begin(ctx);
}


static ngx_int_t
ngx_http_tsgi_open_exchange(ngx_http_tsgi_ctx_t *ctx)
{
    tsgi_view            view;
    tsgi_status          status;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ngx_http_tsgi_fill_view(ctx, &view) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    status = ngx_http_tsgi_api->exchange_begin(ngx_http_tsgi_port, ctx->app,
                                               &view, ctx, &ctx->exchange);
    switch (status) {

    case TSGI_OK:
        ngx_http_tsgi_add_live(ctx);
        return NGX_OK;

    case TSGI_NOT_MOUNTED:
        return NGX_HTTP_NOT_FOUND;

    case TSGI_FULL:

        /* the runtime tells the log, once a second */

        return ngx_http_tsgi_put_off(r);

    case TSGI_NO_MEMORY:
        ngx_log_error(NGX_LOG_CRIT, r->connection->log, 0,
                      NGX_HTTP_TSGI_E_NO_MEMORY "no memory for an exchange");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;

    default:
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      NGX_HTTP_TSGI_E_UNAVAILABLE
                      "no application thread takes the request (%d)", status);
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }
}


/*
 * The field outlives nginx's own page, and an "error_page", but for one that
 * redirects the client.
 */

ngx_int_t
ngx_http_tsgi_put_off(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    static ngx_str_t  name = ngx_string("Retry-After");
    static ngx_str_t  value = ngx_string(ngx_http_tsgi_text(TSGI_RETRY_AFTER));

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    h->hash = 1;
    h->key = name;
    h->value = value;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif

    return NGX_HTTP_SERVICE_UNAVAILABLE;
}


void
ngx_http_tsgi_turn(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (ngx_http_tsgi_body_turn(ctx) != NGX_DONE) {
        ngx_http_tsgi_response_turn(ctx);
    }

    ngx_http_run_posted_requests(c);
}


/*
 * Ends the exchange as far as this host is concerned.  The request is not
 * touched, so this may be called from inside of nginx's finalization.
 */

void
ngx_http_tsgi_cut(ngx_http_tsgi_ctx_t *ctx, tsgi_abort reason)
{
    ctx->state = NGX_HTTP_TSGI_OVER;

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ctx->in_live) {
        ngx_queue_remove(&ctx->live);
        ctx->in_live = 0;
    }

    if (ctx->in_turn) {
        ngx_queue_remove(&ctx->turn);
        ctx->in_turn = 0;
    }

    if (ctx->exchange) {
        ngx_http_tsgi_api->exchange_abort(ctx->exchange, reason);
        ctx->exchange = NULL;
    }
}


/* nothing after it may touch the request, nor the context */

void
ngx_http_tsgi_finalize(ngx_http_tsgi_ctx_t *ctx, ngx_int_t rc)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "http tsgi finalize: %i", rc);

    if (ctx->state == NGX_HTTP_TSGI_STARTED) {

        /* nothing of the application's head may show in nginx's own page */

        ngx_http_clean_header(r);
    }

    ngx_http_tsgi_cut(ctx, TSGI_ABORT_CLIENT);

    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    ngx_http_finalize_request(r, rc);
}


static void
ngx_http_tsgi_cleanup(void *data)
{
    ngx_http_tsgi_ctx_t *ctx = data;

    ngx_http_tsgi_cut(ctx, TSGI_ABORT_CLIENT);
}


static void
ngx_http_tsgi_pool_cleanup(void *data)
{
    ngx_http_tsgi_ctx_t *ctx = data;

    ngx_http_tsgi_release(ctx);
}
