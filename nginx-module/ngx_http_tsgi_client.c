
/*
 * Whether the client is still there.  One that leaves, closes its half of the
 * connection or, on HTTP/2, resets the stream ends the request.
 *
 * This is ngx_http_test_reading() but for its end: nginx would finalize the
 * request and perhaps go on to "post_action" with it, while the exchange went
 * on delivering to it.
 */


#include "ngx_http_tsgi_module.h"


static ngx_uint_t ngx_http_tsgi_has_left(ngx_http_request_t *r);


void
ngx_http_tsgi_watch_client(ngx_http_request_t *r)
{
    ngx_event_t  *rev;

    if (r->post_action) {
        return;         /* it has had its answer */
    }

    r->read_event_handler = ngx_http_tsgi_client_handler;

    if (r != r->main) {
        return;
    }

    rev = r->connection->read;

    if (rev->timer_set) {
        ngx_del_timer(rev);
    }

    /* it may have left before anyone looked */

    if (rev->pending_eof) {
        ngx_post_event(rev, &ngx_posted_events);
    }
}


void
ngx_http_tsgi_client_handler(ngx_http_request_t *r)
{
    ngx_event_t          *rev;
    ngx_connection_t     *c;
    ngx_http_tsgi_ctx_t  *ctx;

    c = r->connection;
    rev = c->read;

    ctx = ngx_http_get_module_ctx(r, ngx_http_tsgi_module);

    if (ctx == NULL || ctx->state == NGX_HTTP_TSGI_OVER) {
        return;
    }

    if (!ngx_http_tsgi_has_left(r)) {

        if ((ngx_event_flags & NGX_USE_LEVEL_EVENT)
            && rev->active
            && ngx_del_event(rev, NGX_READ_EVENT, 0) != NGX_OK)
        {
            ngx_http_tsgi_finalize(ctx, NGX_ERROR);
        }

        return;
    }

    rev->eof = 1;
    c->error = 1;

#if (NGX_HTTP_SSL)
    if (c->ssl) {
        c->ssl->no_send_shutdown = 1;
    }
#endif

    ngx_log_error(NGX_LOG_INFO, c->log, 0,
                  "client prematurely closed connection");

    ngx_http_tsgi_finalize(ctx, NGX_HTTP_CLIENT_CLOSED_REQUEST);
}


static ngx_uint_t
ngx_http_tsgi_has_left(ngx_http_request_t *r)
{
    int                n;
    char               buf[1];
    ngx_event_t       *rev;
    ngx_connection_t  *c;

    c = r->connection;
    rev = c->read;

#if (NGX_HTTP_V2)
    if (r->stream) {
        return c->error;
    }
#endif

#if (NGX_HTTP_V3)
    if (c->quic) {
        return rev->error;
    }
#endif

#if (NGX_HAVE_EPOLLRDHUP)
    if ((ngx_event_flags & NGX_USE_EPOLL_EVENT) && ngx_use_epoll_rdhup) {
        return rev->pending_eof;
    }
#endif

    n = recv(c->fd, buf, 1, MSG_PEEK);

    return n == 0 || (n == -1 && ngx_socket_errno != NGX_EAGAIN);
}
