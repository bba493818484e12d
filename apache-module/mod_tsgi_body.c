/*
 * The body of a request on its way to the application.
 *
 * What httpd has read goes out as WANT allows, from memory or as pieces of the temporary file
 * it was spooled to.  mod_tsgi_whole.c and mod_tsgi_stream.c say when it is read.
 */

#include "mod_tsgi.h"

#define STREAM_LOOKS 10
#define STREAM_PAUSE apr_time_from_msec(2)

/* Sub-requests and error documents arrive without a body; other internal redirects bring the
 * one that nobody has read yet. */
static int is_bare(const request_rec *r)
{
    return r->main != NULL || (r->prev != NULL && r->status != HTTP_OK);
}

/* ---- reading ---- */

/* httpd's input filter answers a body that it refuses with an error bucket in the output
 * filters.  It is the application that answers here, so the bucket is caught before them. */
static apr_status_t catch_refusal(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    int *status = f->ctx;

    for (apr_bucket *b = APR_BRIGADE_FIRST(brigade); b != APR_BRIGADE_SENTINEL(brigade);
         b = APR_BUCKET_NEXT(b)) {
        if (AP_BUCKET_IS_ERROR(b)) {
            *status = ((ap_bucket_error *)b->data)->status;
        }
    }

    apr_brigade_cleanup(brigade);

    return AP_FILTER_ERROR;
}

static ap_filter_rec_t refusal_filter = {
    .name = "TSGI_REFUSAL",
    .filter_func = {.out_func = catch_refusal},
    .ftype = AP_FTYPE_RESOURCE,
};

/* Others may have added theirs meanwhile. */
static void remove_filter(ap_filter_t **link, const ap_filter_t *f)
{
    while (*link != NULL && *link != f) {
        link = &(*link)->next;
    }

    if (*link == f) {
        *link = f->next;
    }
}

/*
 * When the client resets a stream of HTTP/2, mod_http2 first ends its body as if that were whole,
 * and then says that the connection is aborted, on another thread.  Where a length was declared
 * the body is short of it.  Where none was, the end counts once the stream has outlived it.
 */
static int outlives_its_end(const mod_tsgi_ctx *ctx)
{
    const conn_rec *c = ctx->request->connection;

    if (c->master == NULL || ctx->body_size >= 0 || APR_BRIGADE_EMPTY(ctx->body) ||
        !APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(ctx->body))) {
        return 1;
    }

    for (int i = 0; i < STREAM_LOOKS && !c->aborted; i++) {
        apr_sleep(STREAM_PAUSE);
    }

    return !c->aborted;
}

apr_status_t mod_tsgi_body_read(mod_tsgi_ctx *ctx, apr_read_type_e block, apr_off_t size)
{
    request_rec *r = ctx->request;
    int refusal = 0;
    /* Without a request, or ap_pass_brigade() would take the refusal for the end of it. */
    ap_filter_t catcher = {
        .frec = &refusal_filter, .ctx = &refusal, .next = r->output_filters, .c = r->connection};

    apr_brigade_cleanup(ctx->body);
    r->output_filters = &catcher;

    apr_status_t rv = ap_get_brigade(r->input_filters, ctx->body, AP_MODE_READBYTES, block, size);

    remove_filter(&r->output_filters, &catcher);

    if (rv == AP_FILTER_ERROR && refusal != 0) {
        ctx->body_error = refusal;
    }

    if (rv == APR_SUCCESS && block == APR_NONBLOCK_READ && APR_BRIGADE_EMPTY(ctx->body)) {
        return APR_EAGAIN;
    }

    return rv == APR_SUCCESS && !outlives_its_end(ctx) ? APR_ECONNABORTED : rv;
}

int mod_tsgi_body_status(const mod_tsgi_ctx *ctx, apr_status_t rv)
{
    if (rv == AP_FILTER_ERROR && ctx->body_error != 0) {
        return ctx->body_error;
    }

    return ap_map_http_request_error(rv, HTTP_BAD_REQUEST);
}

/* ---- before the exchange begins ---- */

int mod_tsgi_body_prepare(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;

    ctx->bare = is_bare(r);
    ctx->body_size = -1;

    if (ctx->bare) {
        return OK;
    }

    int status = ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK);

    if (status != OK) {
        return status;
    }

    if (!r->read_chunked && apr_table_get(r->headers_in, "Content-Length") != NULL) {
        ctx->body_size = r->remaining;
    }

    if (!ap_should_client_block(r)) {
        return OK;
    }

    ctx->body = apr_brigade_create(r->pool, r->connection->bucket_alloc);

    if (mod_tsgi_is_on(ctx->conf->request_buffering, 0)) {
        return mod_tsgi_body_read_whole(ctx);
    }

    ctx->body_state = MOD_TSGI_BODY_LATER;

    return OK;
}

/* ---- handing over ---- */

static tsgi_status send_memory(mod_tsgi_ctx *ctx, apr_bucket *b, const char *data, size_t size)
{
    uint64_t wanted = mod_tsgi_api->exchange_wanted(ctx->exchange);

    if (size > wanted) {
        size = (size_t)wanted;
        apr_bucket_split(b, size);
    }

    if (size == 0) {
        return TSGI_AGAIN;
    }

    mod_tsgi_timeout_start(ctx);

    return mod_tsgi_api->exchange_body(ctx->exchange, data, size);
}

static tsgi_status send_bucket(mod_tsgi_ctx *ctx, apr_bucket *b)
{
    const char *data;
    apr_size_t size;

    if (APR_BUCKET_IS_FILE(b)) {
        apr_os_file_t fd;

        apr_os_file_get(&fd, ((apr_bucket_file *)b->data)->fd);

        return mod_tsgi_api->exchange_body_file(ctx->exchange, fd, (uint64_t)b->start, b->length);
    }

    if (apr_bucket_read(b, &data, &size, APR_BLOCK_READ) != APR_SUCCESS) {
        return TSGI_SYSTEM;
    }

    return size == 0 ? TSGI_OK : send_memory(ctx, b, data, size);
}

/* What is left of the body must not be taken for the next request: httpd closes the connection of
 * a 500, and of a response that is broken. */
static void give_up(mod_tsgi_ctx *ctx)
{
    if (ctx->state == MOD_TSGI_SENDING) {
        mod_tsgi_break(ctx);
        mod_tsgi_finish(ctx, OK, TSGI_ABORT_CLIENT);
        return;
    }

    mod_tsgi_finish(ctx, HTTP_INTERNAL_SERVER_ERROR, TSGI_ABORT_CLIENT);
}

static void end_body(mod_tsgi_ctx *ctx, int status)
{
    ctx->body_state = MOD_TSGI_BODY_ENDED;
    ctx->body_deadline = 0;
    ctx->body_error = status;

    (void)mod_tsgi_api->exchange_body_end(ctx->exchange, (uint16_t)status);
    mod_tsgi_timeout_start(ctx);
}

apr_status_t mod_tsgi_body_send(mod_tsgi_ctx *ctx)
{
    while (!APR_BRIGADE_EMPTY(ctx->body)) {
        apr_bucket *b = APR_BRIGADE_FIRST(ctx->body);

        if (APR_BUCKET_IS_EOS(b)) {
            apr_brigade_cleanup(ctx->body);
            end_body(ctx, 0);
            return APR_SUCCESS;
        }

        tsgi_status status = APR_BUCKET_IS_METADATA(b) ? TSGI_OK : send_bucket(ctx, b);

        if (status == TSGI_AGAIN) {
            return APR_EAGAIN;
        }

        if (status != TSGI_OK) {
            ap_log_rerror(APLOG_MARK, APLOG_ERR,
                          status == TSGI_SYSTEM ? APR_FROM_OS_ERROR(errno) : 0, ctx->request,
                          MOD_TSGI_E_BODY "cannot hand over the request body (%d)", status);
            give_up(ctx);
            return APR_EGENERAL;
        }

        apr_bucket_delete(b);
    }

    return APR_SUCCESS;
}

/* The application is told the reason and may still answer; if it does not,
 * mod_tsgi_response_turn() does. */
void mod_tsgi_body_fail(mod_tsgi_ctx *ctx, apr_status_t rv)
{
    request_rec *r = ctx->request;
    int status = mod_tsgi_body_status(ctx, rv);

    ap_log_rerror(APLOG_MARK, APLOG_INFO, rv, r, "the request body cannot be read");

    /* Where this request ends and another begins is not known any more. */
    r->connection->keepalive = AP_CONN_CLOSE;

    if (status == AP_FILTER_ERROR) {
        mod_tsgi_finish(ctx, AP_FILTER_ERROR, TSGI_ABORT_CLIENT); /* a filter has answered */
        return;
    }

    if (r->connection->aborted || APR_STATUS_IS_EOF(rv) || APR_STATUS_IS_INCOMPLETE(rv) ||
        APR_STATUS_IS_ECONNRESET(rv) || APR_STATUS_IS_ECONNABORTED(rv)) {
        mod_tsgi_forsake(ctx);
        return;
    }

    end_body(ctx, status);
}

/* There is room: after WANT, or at the beginning. */
void mod_tsgi_body_turn(mod_tsgi_ctx *ctx)
{
    if (ctx->exchange == NULL) {
        ctx->body_deadline = 0;
        return;
    }

    switch (ctx->body_state) {
    case MOD_TSGI_BODY_WHOLE:
        if (ctx->wanted) {
            ctx->wanted = 0;
            (void)mod_tsgi_body_send(ctx);
        }
        break;

    case MOD_TSGI_BODY_LATER:
    case MOD_TSGI_BODY_STREAM:
        mod_tsgi_stream_turn(ctx);
        break;

    default:
        break;
    }
}
