
/*
 * The response: messages are noted as they are delivered, and in its turn the
 * request goes from one state to the next and comes to an end.
 */


#include "ngx_http_tsgi_module.h"


static void ngx_http_tsgi_note_start(ngx_http_tsgi_ctx_t *ctx,
    const tsgi_start *start);
static ngx_int_t ngx_http_tsgi_send_head(ngx_http_tsgi_ctx_t *ctx);
static ngx_uint_t ngx_http_tsgi_has_page(ngx_http_request_t *r);
static void ngx_http_tsgi_intercept(ngx_http_tsgi_ctx_t *ctx);
static void ngx_http_tsgi_fail(ngx_http_tsgi_ctx_t *ctx);
static void ngx_http_tsgi_break(ngx_http_tsgi_ctx_t *ctx);
static void ngx_http_tsgi_reset_at_close(ngx_connection_t *c);


/*
 * Inside of port_drain(): takes what is valid during the call and leaves the
 * rest to the turn.
 */

void
ngx_http_tsgi_deliver(void *data, void *request, tsgi_message *message)
{
    ngx_http_tsgi_ctx_t *ctx = request;

    switch (message->kind) {

    case TSGI_INFORM:
        if (ngx_http_tsgi_inform(ctx->request, &message->u.start) != NGX_OK) {
            ctx->short_of_memory = 1;
        }

        break;

    case TSGI_START:
        ngx_http_tsgi_note_start(ctx, &message->u.start);
        break;

    case TSGI_DATA:
    case TSGI_FILE:
        ngx_http_tsgi_hold(ctx, message);
        break;

    case TSGI_WANT:
        ctx->wanted = 1;
        break;

    case TSGI_END:
        ctx->exchange = NULL;
        ctx->ended = 1;
        ctx->end_status = message->u.end.status;
        break;
    }

    if (!ctx->in_turn) {
        ngx_queue_insert_tail(&ngx_http_tsgi_turns, &ctx->turn);
        ctx->in_turn = 1;
    }
}


static void
ngx_http_tsgi_note_start(ngx_http_tsgi_ctx_t *ctx, const tsgi_start *start)
{
    ctx->state = NGX_HTTP_TSGI_STARTED;

    if (ngx_http_tsgi_fill_header(ctx->request, start) != NGX_OK) {
        ctx->short_of_memory = 1;
    }
}


/* the last thing that a turn does */

void
ngx_http_tsgi_response_turn(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_int_t   rc;
    ngx_uint_t  last;

    if (ctx->short_of_memory) {
        ngx_log_error(NGX_LOG_CRIT, ctx->request->connection->log, 0,
                      NGX_HTTP_TSGI_E_NO_MEMORY "no memory for a response");
        ngx_http_tsgi_fail(ctx);
        return;
    }

    if (ctx->state == NGX_HTTP_TSGI_IDLE) {
        if (ctx->ended) {
            ngx_http_tsgi_fail(ctx);
        }

        return;
    }

    if (ctx->state == NGX_HTTP_TSGI_STARTED
        && ngx_http_tsgi_send_head(ctx) != NGX_OK)
    {
        return;
    }

    last = ctx->ended && ctx->end_status == 0;

    if (last) {
        ngx_http_tsgi_body_discard(ctx);
    }

    rc = ngx_http_tsgi_output(ctx, last);

    if (rc == NGX_ERROR) {
        ngx_http_tsgi_finalize(ctx, NGX_ERROR);

    } else if (last || (ctx->ended && ctx->request->header_only)) {
        ngx_http_tsgi_finalize(ctx, rc);

    } else if (ctx->ended) {
        ngx_http_tsgi_fail(ctx);

    } else {
        ngx_http_tsgi_wait_for_client(ctx);
    }
}


/* NGX_DONE: the request has been finalized */

static ngx_int_t
ngx_http_tsgi_send_head(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (ctx->conf->intercept_errors && ngx_http_tsgi_has_page(r)) {
        ngx_http_tsgi_intercept(ctx);
        return NGX_DONE;
    }

    if (!ctx->conf->sendfile) {
        r->connection->sendfile = 0;
    }

    rc = ngx_http_send_header(r);

    ctx->state = NGX_HTTP_TSGI_SENDING;

    if (rc == NGX_ERROR || rc > NGX_OK || r->post_action) {
        ngx_http_tsgi_finalize(ctx, rc);
        return NGX_DONE;
    }

    return NGX_OK;
}


/* whether error_page has one for the status of the application */

static ngx_uint_t
ngx_http_tsgi_has_page(ngx_http_request_t *r)
{
    ngx_uint_t                 i;
    ngx_http_err_page_t       *page;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (clcf->error_pages == NULL || r->headers_out.status < 400) {
        return 0;
    }

    page = clcf->error_pages->elts;

    for (i = 0; i < clcf->error_pages->nelts; i++) {
        if (page[i].status == (ngx_int_t) r->headers_out.status) {
            return 1;
        }
    }

    return 0;
}


/*
 * As proxy_intercept_errors does it: the one field that outlives the head of
 * the application is the challenge of a 401.
 */

static void
ngx_http_tsgi_intercept(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_int_t            status;
    ngx_table_elt_t     *h, challenge;
    ngx_http_request_t  *r;

    r = ctx->request;
    status = r->headers_out.status;
    h = r->headers_out.www_authenticate;

    if (status == NGX_HTTP_UNAUTHORIZED && h) {
        challenge = *h;

    } else {
        h = NULL;
    }

    ngx_http_clean_header(r);
    ctx->state = NGX_HTTP_TSGI_IDLE;

    if (h) {
        h = ngx_list_push(&r->headers_out.headers);
        if (h == NULL) {
            ngx_http_tsgi_finalize(ctx, NGX_HTTP_INTERNAL_SERVER_ERROR);
            return;
        }

        *h = challenge;
#if (nginx_version >= 1023000)
        h->next = NULL;
#endif
        r->headers_out.www_authenticate = h;
    }

    ngx_http_tsgi_finalize(ctx, status);
}


/* nginx's own page, as long as nothing of the response has been sent */

static void
ngx_http_tsgi_fail(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_uint_t  status;

    if (ctx->state == NGX_HTTP_TSGI_SENDING) {
        ngx_http_tsgi_break(ctx);
        return;
    }

    status = ctx->end_status;

    if (status < 400 || status > 599) {
        status = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* an application that did not handle its failed read */

    if (ctx->body_error && status == NGX_HTTP_INTERNAL_SERVER_ERROR) {
        status = ctx->body_error;
    }

    /* no word of the application, whose turn it was not, or not yet */

    if (status == NGX_HTTP_SERVICE_UNAVAILABLE) {
        status = ngx_http_tsgi_put_off(ctx->request);
    }

    ngx_http_tsgi_finalize(ctx, status);
}


/*
 * The client must not take what it has for the whole.  Chunked encoding, a
 * length and HTTP/2 see to that when the last buf does not come.
 */

static void
ngx_http_tsgi_break(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, NGX_HTTP_TSGI_E_BROKEN
                  "the application did not complete its response");

    r->main->keepalive = 0;

    if (!r->header_only && !r->background
        && (r->main->http_version < NGX_HTTP_VERSION_10
            || (r->main->http_version < NGX_HTTP_VERSION_20
                && !r->main->chunked
                && r->main->headers_out.content_length_n == -1)))
    {
        ngx_http_tsgi_reset_at_close(r->connection);
    }

    ngx_http_tsgi_finalize(ctx, NGX_ERROR);
}


/* a body that ends with the connection: RST is no end, FIN would be one */

static void
ngx_http_tsgi_reset_at_close(ngx_connection_t *c)
{
    struct linger  linger;

    linger.l_onoff = 1;
    linger.l_linger = 0;

    if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, (const void *) &linger,
                   sizeof(struct linger))
        == -1)
    {
        ngx_log_error(NGX_LOG_ALERT, c->log, ngx_socket_errno,
                      "setsockopt(SO_LINGER) failed");
    }

#if (NGX_HTTP_SSL)
    if (c->ssl) {
        c->ssl->no_wait_shutdown = 1;
        c->ssl->no_send_shutdown = 1;
    }
#endif
}
