/*
 * The response: messages are noted as they are delivered, and in its turn the request goes
 * from one state to the next and comes to an end.
 */

#include "mod_tsgi.h"

/* Inside of port_drain(): takes what is valid during the call and leaves the rest to the
 * turn. */
void mod_tsgi_deliver(void *data, void *request, tsgi_message *message)
{
    mod_tsgi_ctx *ctx = request;

    (void)data;

    switch (message->kind) {
    case TSGI_INFORM:
        mod_tsgi_inform(ctx, &message->u.start);
        break;

    case TSGI_START:
        ctx->state = MOD_TSGI_STARTED;
        ctx->lookout = 0;
        mod_tsgi_note_head(ctx, &message->u.start);
        break;

    case TSGI_DATA:
    case TSGI_FILE:
        mod_tsgi_hold(ctx, message);
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
}

/* httpd's own page, as long as nothing of the response has been sent. */
static void fail(mod_tsgi_ctx *ctx)
{
    if (ctx->state == MOD_TSGI_SENDING) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, ctx->request,
                      MOD_TSGI_E_BROKEN "the application did not complete its response");
        mod_tsgi_break(ctx);
        mod_tsgi_finish(ctx, OK, TSGI_ABORT_CLIENT);
        return;
    }

    int status = ap_is_HTTP_ERROR(ctx->end_status) ? ctx->end_status : HTTP_INTERNAL_SERVER_ERROR;

    /* An application that did not handle its failed read. */
    if (ctx->body_error != 0 && status == HTTP_INTERNAL_SERVER_ERROR) {
        status = ctx->body_error;
    }

    /* No word of the application, whose turn it was not, or not yet. */
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        status = mod_tsgi_put_off(ctx->request);
    }

    mod_tsgi_finish(ctx, status, TSGI_ABORT_CLIENT);
}

/* As ProxyErrorOverride does it: the one field that outlives the head of the application is
 * the challenge of a 401. */
static void override(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;

    if (ctx->head.status == HTTP_UNAUTHORIZED) {
        const apr_array_header_t *fields = apr_table_elts(ctx->head.fields);

        for (int i = 0; i < fields->nelts; i++) {
            const apr_table_entry_t *field = &APR_ARRAY_IDX(fields, i, apr_table_entry_t);

            if (ap_cstr_casecmp(field->key, "WWW-Authenticate") == 0) {
                apr_table_addn(r->err_headers_out, field->key, field->val);
            }
        }
    }

    mod_tsgi_finish(ctx, ctx->head.status, TSGI_ABORT_CLIENT);
}

/* The filters did not take it.  One that refuses the head has httpd answer instead. */
static void give_up(mod_tsgi_ctx *ctx, apr_status_t rv)
{
    request_rec *r = ctx->request;

    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, rv, r, "the response cannot be sent");

    if (r->connection->aborted) {
        mod_tsgi_forsake(ctx);
    } else if (rv == AP_FILTER_ERROR) {
        mod_tsgi_finish(ctx, AP_FILTER_ERROR, TSGI_ABORT_CLIENT);
    } else {
        fail(ctx);
    }
}

/* httpd cuts byte ranges from a response that it is given whole, its end included.  So the head
 * waits for the first bytes where ranges are asked for, and bytes that complete the declared
 * length wait for END, which follows at once. */
static int is_worth_waiting(const mod_tsgi_ctx *ctx)
{
    if (ctx->ended || ctx->head.content_length < 0) {
        return 0;
    }

    if (ctx->held == NULL) {
        return ctx->state == MOD_TSGI_STARTED &&
               apr_table_get(ctx->request->headers_in, "Range") != NULL;
    }

    return ctx->received == (uint64_t)ctx->head.content_length;
}

/* The last thing that a turn does. */
void mod_tsgi_response_turn(mod_tsgi_ctx *ctx)
{
    if (ctx->state == MOD_TSGI_IDLE) {
        if (ctx->ended) {
            fail(ctx);
        }

        return;
    }

    if (ctx->state == MOD_TSGI_STARTED && mod_tsgi_is_on(ctx->conf->error_override, 0) &&
        ap_is_HTTP_ERROR(ctx->head.status)) {
        override(ctx);
        return;
    }

    if (is_worth_waiting(ctx)) {
        return;
    }

    if (ctx->state == MOD_TSGI_STARTED) {
        mod_tsgi_apply_head(ctx);
    }

    int header_only = ctx->request->header_only || AP_STATUS_IS_HEADER_ONLY(ctx->head.status);
    int last = ctx->ended && (ctx->end_status == 0 || header_only);
    apr_status_t rv = mod_tsgi_output(ctx, last);

    if (rv != APR_SUCCESS) {
        give_up(ctx, rv);
    } else if (last) {
        mod_tsgi_finish(ctx, OK, TSGI_ABORT_CLIENT);
    } else if (ctx->ended) {
        fail(ctx);
    }
}
