
/*
 * The runtime's threads wake the worker process by an eventfd in nginx's own
 * event loop.  Its connection has read->channel set, so that nginx does not
 * take it for a client's that was left open, and idle set, so that its
 * handler is called when the worker begins to shut down.
 */


#include "ngx_http_tsgi_module.h"
#include "ngx_http_tsgi_retire.h"

#include <sys/eventfd.h>


#define NGX_HTTP_TSGI_DRAIN  64     /* messages a turn of the loop */


static void ngx_http_tsgi_wake_handler(ngx_event_t *ev);
static void ngx_http_tsgi_drain_handler(ngx_event_t *ev);
static void ngx_http_tsgi_flush_handler(ngx_event_t *ev);


ngx_queue_t                ngx_http_tsgi_turns;

static ngx_connection_t   *ngx_http_tsgi_wake_connection;
static int                 ngx_http_tsgi_wake_fd = -1;
static ngx_event_t         ngx_http_tsgi_drain_event;
static ngx_event_t         ngx_http_tsgi_flush_event;


ngx_int_t
ngx_http_tsgi_open_wake(ngx_cycle_t *cycle)
{
    int                fd;
    ngx_event_t       *rev;
    ngx_connection_t  *c;

    ngx_queue_init(&ngx_http_tsgi_turns);

    fd = eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC);
    if (fd == -1) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, ngx_errno,
                      NGX_HTTP_TSGI_E_WAKE "eventfd() failed");
        return NGX_ERROR;
    }

    c = ngx_get_connection(fd, cycle->log);
    if (c == NULL) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, 0, NGX_HTTP_TSGI_E_WAKE
                      "no connection for the wake-up descriptor");
        close(fd);
        return NGX_ERROR;
    }

    rev = c->read;
    rev->log = cycle->log;
    rev->channel = 1;
    rev->handler = ngx_http_tsgi_wake_handler;
    c->write->log = cycle->log;
    c->idle = 1;

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, 0, NGX_HTTP_TSGI_E_WAKE
                      "cannot wait for the wake-up descriptor");
        ngx_close_connection(c);
        return NGX_ERROR;
    }

    ngx_http_tsgi_wake_connection = c;
    ngx_http_tsgi_wake_fd = fd;

    ngx_memzero(&ngx_http_tsgi_drain_event, sizeof(ngx_event_t));

    ngx_http_tsgi_drain_event.handler = ngx_http_tsgi_drain_handler;
    ngx_http_tsgi_drain_event.data = c;
    ngx_http_tsgi_drain_event.log = cycle->log;

    ngx_memzero(&ngx_http_tsgi_flush_event, sizeof(ngx_event_t));

    ngx_http_tsgi_flush_event.handler = ngx_http_tsgi_flush_handler;
    ngx_http_tsgi_flush_event.log = cycle->log;

    return NGX_OK;
}


void
ngx_http_tsgi_close_wake(void)
{
    if (ngx_http_tsgi_drain_event.posted) {
        ngx_delete_posted_event(&ngx_http_tsgi_drain_event);
    }

    if (ngx_http_tsgi_flush_event.posted) {
        ngx_delete_posted_event(&ngx_http_tsgi_flush_event);
    }

    ngx_close_connection(ngx_http_tsgi_wake_connection);

    ngx_http_tsgi_wake_connection = NULL;
    ngx_http_tsgi_wake_fd = -1;
}


/* of tsgi_host; on any thread */

void
ngx_http_tsgi_wake(void *data)
{
    ssize_t   n;
    uint64_t  one;

    one = 1;

    do {
        n = write(ngx_http_tsgi_wake_fd, &one, sizeof(uint64_t));
    } while (n == -1 && errno == EINTR);
}


/*
 * Of tsgi_host.  Posted events run when the events of this turn have been
 * handled, and before the loop waits for new ones: however many requests they
 * were, an isolate is woken once.
 */

void
ngx_http_tsgi_defer(void *data)
{
    ngx_post_event(&ngx_http_tsgi_flush_event, &ngx_posted_events);
}


static void
ngx_http_tsgi_flush_handler(ngx_event_t *ev)
{
    ngx_http_tsgi_api->port_flush(ngx_http_tsgi_port);
}


static void
ngx_http_tsgi_wake_handler(ngx_event_t *ev)
{
    ssize_t            n;
    uint64_t           count;
    ngx_connection_t  *c;

    c = ev->data;

    if (c->close) {

        /*
         * The worker shuts down gracefully.  Requests that have arrived but
         * not yet reached their application are still served, so this is not
         * the time for runtime_drain(), which would refuse them.
         */

        c->close = 0;
        c->idle = 0;

        return;
    }

    if (!(ngx_event_flags & NGX_USE_CLEAR_EVENT)) {

        /* where each write is an event of its own the count may stand */

        do {
            n = read(c->fd, &count, sizeof(uint64_t));
        } while (n == -1 && errno == EINTR);
    }

    ev->ready = 0;

    if (ngx_handle_read_event(ev, 0) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, ev->log, 0, NGX_HTTP_TSGI_E_WAKE
                      "cannot wait for the wake-up descriptor");
    }

    ngx_http_tsgi_drain_handler(&ngx_http_tsgi_drain_event);
    ngx_http_tsgi_retire_turn(ev->log);
}


/*
 * Messages are only noted when they are delivered.  What they ask of nginx,
 * which may finalize requests, is done when the port is at rest again; so a
 * small response is one write, whichever messages it came in.
 */

static void
ngx_http_tsgi_drain_handler(ngx_event_t *ev)
{
    uint32_t              n;
    ngx_queue_t          *q;
    ngx_http_tsgi_ctx_t  *ctx;

    n = ngx_http_tsgi_api->port_drain(ngx_http_tsgi_port, NGX_HTTP_TSGI_DRAIN);

    while (!ngx_queue_empty(&ngx_http_tsgi_turns)) {
        q = ngx_queue_head(&ngx_http_tsgi_turns);
        ctx = ngx_queue_data(q, ngx_http_tsgi_ctx_t, turn);

        ngx_queue_remove(q);
        ctx->in_turn = 0;

        ngx_http_tsgi_turn(ctx);
    }

    if (n == NGX_HTTP_TSGI_DRAIN && !ev->posted) {
        ngx_post_event(ev, &ngx_posted_next_events);
    }
}
