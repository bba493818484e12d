/*
 * A body that is read while the application runs ("TSGIRequestBuffering off"), and only when
 * there is room for it: until then the client is held by its window, on HTTP/1.x that of TCP,
 * and "100 Continue" is not sent before the application asks.
 */

#include "mod_tsgi.h"

/* Reads that do not block leave "100 Continue" to their caller; behind the beginning of a
 * response it would be out of place. */
static void send_continue(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;

    if (r->expecting_100 && ctx->state == MOD_TSGI_IDLE) {
        int status = r->status;
        const char *status_line = r->status_line;

        r->status = HTTP_CONTINUE;
        r->status_line = NULL;
        ap_send_interim_response(r, 0);
        r->status = status;
        r->status_line = status_line;
    }
}

/* No room.  The client is not slow now, so its time does not count. */
static void hold_back(mod_tsgi_ctx *ctx)
{
    ctx->body_deadline = 0;
}

static void wait_for_client(mod_tsgi_ctx *ctx)
{
    if (ctx->body_deadline == 0) {
        ctx->body_deadline = mod_tsgi_now() + ctx->request->server->timeout;
    }
}

void mod_tsgi_stream_turn(mod_tsgi_ctx *ctx)
{
    if (ctx->body_state == MOD_TSGI_BODY_LATER) {
        if (!ctx->wanted) {
            return;
        }

        send_continue(ctx);
        ctx->body_state = MOD_TSGI_BODY_STREAM;
    }

    ctx->wanted = 0;

    for (;;) {
        apr_status_t rv = mod_tsgi_body_send(ctx);

        if (APR_STATUS_IS_EAGAIN(rv)) {
            hold_back(ctx);
            return;
        }

        if (rv != APR_SUCCESS || ctx->body_state != MOD_TSGI_BODY_STREAM) {
            return;
        }

        uint64_t wanted = mod_tsgi_api->exchange_wanted(ctx->exchange);

        if (wanted == 0) {
            hold_back(ctx);
            return;
        }

        rv = mod_tsgi_body_read(ctx, APR_NONBLOCK_READ, (apr_off_t)wanted);

        if (APR_STATUS_IS_EAGAIN(rv)) {
            wait_for_client(ctx);
            return;
        }

        if (rv != APR_SUCCESS) {
            mod_tsgi_body_fail(ctx, rv);
            return;
        }

        ctx->body_deadline = 0;
    }
}
