
/*
 * The bytes of a response on their way to the client.
 *
 * A message is held until nginx has consumed its buf; then it is released and
 * its cost returned as credit, which is what lets the application go on.  So
 * a slow client slows the application down.
 */


#include "ngx_http_tsgi_module.h"


static ngx_int_t ngx_http_tsgi_fill_buf(ngx_http_tsgi_ctx_t *ctx,
    tsgi_message *message, ngx_buf_t *b);
static void ngx_http_tsgi_consume(ngx_http_tsgi_ctx_t *ctx, ngx_uint_t all);


void
ngx_http_tsgi_hold(ngx_http_tsgi_ctx_t *ctx, tsgi_message *message)
{
    ngx_chain_t  *cl;

    message->next = NULL;
    *ctx->held_last = message;
    ctx->held_last = &message->next;

    cl = ngx_chain_get_free_buf(ctx->request->pool, &ctx->free);

    if (cl == NULL
        || ngx_http_tsgi_fill_buf(ctx, message, cl->buf) != NGX_OK)
    {
        ctx->short_of_memory = 1;
        return;
    }

    cl->next = NULL;
    *ctx->out_last = cl;
    ctx->out_last = &cl->next;
}


static ngx_int_t
ngx_http_tsgi_fill_buf(ngx_http_tsgi_ctx_t *ctx, tsgi_message *message,
    ngx_buf_t *b)
{
    ngx_file_t  *file;

    file = b->file;     /* of a buf that has been used before */

    ngx_memzero(b, sizeof(ngx_buf_t));

    b->tag = (ngx_buf_tag_t) &ngx_http_tsgi_module;
    b->file = file;

    if (message->kind == TSGI_DATA) {
        b->pos = (u_char *) message->u.data.data;
        b->last = b->pos + message->u.data.size;
        b->start = b->pos;
        b->end = b->last;
        b->memory = 1;

        return NGX_OK;
    }

    if (file == NULL) {
        file = ngx_palloc(ctx->request->pool, sizeof(ngx_file_t));
        if (file == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_memzero(file, sizeof(ngx_file_t));

    file->fd = message->u.file.fd;
    file->log = ctx->request->connection->log;
    ngx_str_set(&file->name, "file of the application");

    b->file = file;
    b->file_pos = message->u.file.offset;
    b->file_last = b->file_pos + message->u.file.size;
    b->in_file = 1;

    return NGX_OK;
}


/*
 * Gives the filters what was delivered, all of it at once, and has it
 * flushed: a chunk is never kept back for the next one.
 */

ngx_int_t
ngx_http_tsgi_output(ngx_http_tsgi_ctx_t *ctx, ngx_uint_t last)
{
    ngx_int_t            rc;
    ngx_chain_t         *out, *cl, **ll;
    ngx_http_request_t  *r;

    r = ctx->request;
    out = ctx->out;

    for (ll = &ctx->busy; *ll; ll = &(*ll)->next) { /* void */ }

    *ll = out;

    ctx->out = NULL;
    ctx->out_last = &ctx->out;

    if (r->header_only) {
        ngx_http_tsgi_consume(ctx, 1);

        if (r->connection->buffered || r->postponed) {
            return ngx_http_output_filter(r, NULL);     /* the rest of the head */
        }

        return NGX_OK;
    }

    if (out == NULL) {

        if (last) {
            rc = ngx_http_send_special(r, NGX_HTTP_LAST);

        } else if (!ctx->flushed) {
            rc = ngx_http_send_special(r, NGX_HTTP_FLUSH);

        } else if (ctx->busy || r->connection->buffered || r->postponed) {
            rc = ngx_http_output_filter(r, NULL);

        } else {
            rc = NGX_OK;
        }

    } else {

        for (cl = out; cl->next; cl = cl->next) { /* void */ }

        cl->buf->flush = !last;
        cl->buf->last_buf = last && r == r->main;
        cl->buf->last_in_chain = last;

        rc = ngx_http_output_filter(r, out);
    }

    ctx->flushed = 1;

    ngx_http_tsgi_consume(ctx, 0);

    return rc;
}


/* releases messages whose bytes have left, or all that were given */

static void
ngx_http_tsgi_consume(ngx_http_tsgi_ctx_t *ctx, ngx_uint_t all)
{
    uint64_t       cost;
    ngx_chain_t   *cl;
    tsgi_message  *message;

    cost = 0;

    while (ctx->busy && (all || ngx_buf_size(ctx->busy->buf) == 0)) {

        cl = ctx->busy;
        ctx->busy = cl->next;

        cl->next = ctx->free;
        ctx->free = cl;

        message = ctx->held;
        ctx->held = message->next;

        cost += message->kind == TSGI_DATA ? message->u.data.cost
                                           : message->u.file.cost;

        ngx_http_tsgi_api->message_release(message);
    }

    if (ctx->held == NULL) {
        ctx->held_last = &ctx->held;
    }

    if (cost && ctx->exchange) {
        ngx_http_tsgi_api->exchange_credit(ctx->exchange, cost);
    }
}


/* the pool of the request is destroyed: nobody reads the bytes any more */

void
ngx_http_tsgi_release(ngx_http_tsgi_ctx_t *ctx)
{
    tsgi_message  *message;

    while (ctx->held) {
        message = ctx->held;
        ctx->held = message->next;

        ngx_http_tsgi_api->message_release(message);
    }
}


void
ngx_http_tsgi_write_handler(ngx_http_request_t *r)
{
    ngx_event_t               *wev;
    ngx_connection_t          *c;
    ngx_http_tsgi_ctx_t       *ctx;
    ngx_http_core_loc_conf_t  *clcf;

    c = r->connection;
    wev = c->write;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tsgi_module);

    if (ctx == NULL || ctx->state != NGX_HTTP_TSGI_SENDING) {
        return;
    }

    if (wev->timedout) {
        c->timedout = 1;
        ngx_connection_error(c, NGX_ETIMEDOUT, "client timed out");
        ngx_http_tsgi_finalize(ctx, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (wev->delayed || r->aio) {

        clcf = ngx_http_get_module_loc_conf(r->main, ngx_http_core_module);

        if (!wev->delayed) {
            ngx_add_timer(wev, clcf->send_timeout);
        }

        if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
            ngx_http_tsgi_finalize(ctx, NGX_ERROR);
        }

        return;
    }

    if (ngx_http_tsgi_output(ctx, 0) == NGX_ERROR) {
        ngx_http_tsgi_finalize(ctx, NGX_ERROR);
        return;
    }

    ngx_http_tsgi_wait_for_client(ctx);
}


void
ngx_http_tsgi_wait_for_client(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_event_t               *wev;
    ngx_connection_t          *c;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = ctx->request;
    c = r->connection;
    wev = c->write;

    if (c->data != r) {
        return;         /* another request writes, this one's turn comes */
    }

    clcf = ngx_http_get_module_loc_conf(r->main, ngx_http_core_module);

    if (ngx_handle_write_event(wev, clcf->send_lowat) != NGX_OK) {
        ngx_http_tsgi_finalize(ctx, NGX_ERROR);
        return;
    }

    if (wev->delayed) {
        return;         /* its timer is that of limit_rate */
    }

    if (wev->active && !wev->ready) {
        ngx_add_timer(wev, clcf->send_timeout);

    } else if (wev->timer_set) {
        ngx_del_timer(wev);
    }
}
