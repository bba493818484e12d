/*
 * One request.  The content handler begins an exchange and goes round until it is over: a turn
 * with the body, a turn with the response, then sleep until there are messages, and drain them.
 */

#include "mod_tsgi.h"

/* What the access log shows of a client that did not wait for its response, as nginx's does. */
#define MOD_TSGI_CLIENT_CLOSED_REQUEST 499

static mod_tsgi_ctx *make_ctx(request_rec *r)
{
    mod_tsgi_ctx *ctx = apr_pcalloc(r->pool, sizeof(mod_tsgi_ctx));

    ctx->request = r;
    ctx->conf = mod_tsgi_conf_of_request(r);
    ctx->held_last = &ctx->held;
    ctx->result = OK;
    ctx->lookout = MOD_TSGI_LOOKOUT;

    return ctx;
}

/* Fields of this table outlive httpd's own page and an ErrorDocument. */
int mod_tsgi_put_off(request_rec *r)
{
    apr_table_setn(r->err_headers_out, "Retry-After", APR_STRINGIFY(TSGI_RETRY_AFTER));

    return HTTP_SERVICE_UNAVAILABLE;
}

static int begin(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    tsgi_view view;
    tsgi_status status;

    mod_tsgi_fill_view(ctx, &view);

    status = mod_tsgi_api->exchange_begin(ctx->port->port, ctx->app, &view, ctx, &ctx->exchange);

    switch (status) {
    case TSGI_OK:
        mod_tsgi_timeout_begin(ctx);
        return OK;

    case TSGI_NOT_MOUNTED:
        return HTTP_NOT_FOUND;

    case TSGI_FULL:
        return mod_tsgi_put_off(r); /* the runtime tells the log, once a second */

    case TSGI_NO_MEMORY:
        ap_log_rerror(APLOG_MARK, APLOG_CRIT, 0, r,
                      MOD_TSGI_E_NO_MEMORY "no memory for an exchange");
        return HTTP_INTERNAL_SERVER_ERROR;

    default:
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      MOD_TSGI_E_UNAVAILABLE "no application thread takes the request (%d)",
                      status);
        return HTTP_SERVICE_UNAVAILABLE;
    }
}

void mod_tsgi_forsake(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    int stopping = mod_tsgi_is_stopping();

    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  stopping ? "the server stops and does not wait for the response"
                           : "client prematurely closed connection");

    r->connection->aborted = 1; /* the filters drop what they are given */

    if (ctx->state != MOD_TSGI_SENDING) {
        r->status = MOD_TSGI_CLIENT_CLOSED_REQUEST;
    }

    mod_tsgi_finish(ctx, DONE, stopping ? TSGI_ABORT_STOP : TSGI_ABORT_CLIENT);
}

/* The isolate may run in here. */
static void flush(mod_tsgi_ctx *ctx)
{
    if (mod_tsgi_api->port_flush(ctx->port->port)) {
        ctx->more = 1;
    }
}

static void sleep_until_news(mod_tsgi_ctx *ctx)
{
    apr_status_t rv;

    flush(ctx);

    if (ctx->more) {
        return;
    }

    rv = mod_tsgi_wait(ctx);

    if (ctx->gone) {
        mod_tsgi_forsake(ctx);
    } else if (APR_STATUS_IS_TIMEUP(rv)) {
        mod_tsgi_body_fail(ctx, rv);
    } else if (rv != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_CRIT, rv, ctx->request,
                      MOD_TSGI_E_NO_MEMORY "cannot wait for the application");
        mod_tsgi_finish(ctx, HTTP_INTERNAL_SERVER_ERROR, TSGI_ABORT_CLIENT);
    }
}

/* Messages are only noted when they are delivered.  What they ask of httpd, which may block, is
 * done when the port is at rest again; so a small response is one write. */
static void take_turn(mod_tsgi_ctx *ctx)
{
    mod_tsgi_body_turn(ctx);

    if (ctx->state != MOD_TSGI_OVER) {
        flush(ctx); /* writing to the client may take its time */
        mod_tsgi_response_turn(ctx);
    }
}

static int serve(mod_tsgi_ctx *ctx)
{
    int status = begin(ctx);

    if (status != OK) {
        return status;
    }

    take_turn(ctx);

    while (ctx->state != MOD_TSGI_OVER) {
        if (!ctx->more) {
            sleep_until_news(ctx);
        }

        if (ctx->state != MOD_TSGI_OVER) {
            ctx->more = mod_tsgi_api->port_drain(ctx->port->port, MOD_TSGI_DRAIN) == MOD_TSGI_DRAIN;
            take_turn(ctx);
            mod_tsgi_timeout_turn(ctx);
        }
    }

    mod_tsgi_release(ctx);

    return ctx->result;
}

int mod_tsgi_handler(request_rec *r)
{
    mod_tsgi_ctx *ctx;
    int status;

    if (r->handler == NULL || strcmp(r->handler, MOD_TSGI_HANDLER) != 0) {
        return DECLINED;
    }

    if (mod_tsgi_runtime == NULL) {
        return HTTP_SERVICE_UNAVAILABLE; /* the cause was logged when the child began */
    }

    ctx = make_ctx(r);
    status = mod_tsgi_find_script(ctx);

    if (status == OK) {
        status = mod_tsgi_find_app(ctx);
    }

    if (status == OK) {
        status = mod_tsgi_body_prepare(ctx);
    }

    if (status != OK) {
        return status;
    }

    ctx->port = mod_tsgi_port_attend(r->server);

    if (ctx->port == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }

    status = serve(ctx);
    mod_tsgi_port_leave(ctx->port);

    return status;
}

void mod_tsgi_finish(mod_tsgi_ctx *ctx, int result, tsgi_abort reason)
{
    if (ctx->state == MOD_TSGI_OVER) {
        return;
    }

    ctx->state = MOD_TSGI_OVER;
    ctx->result = result;

    if (ctx->exchange != NULL) {
        mod_tsgi_api->exchange_abort(ctx->exchange, reason);
        ctx->exchange = NULL;
    }
}
