/*
 * The bytes of a response on their way to the client.
 *
 * The filters are given what was delivered, all of it at once, and flush it: a chunk is never
 * kept back for the next one.  They return when the client has it, or when they have copied
 * what they keep; then the messages are released and their cost returned as credit, which is
 * what lets the application go on.  So a slow client slows the application down.
 */

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <apr_portable.h>

#include "mod_tsgi.h"

void mod_tsgi_hold(mod_tsgi_ctx *ctx, tsgi_message *message)
{
    ctx->received += message->kind == TSGI_DATA ? message->u.data.size : message->u.file.size;

    message->next = NULL;
    *ctx->held_last = message;
    ctx->held_last = &message->next;
}

static int may_sendfile(const mod_tsgi_ctx *ctx)
{
    const core_dir_config *core = ap_get_core_module_config(ctx->request->per_dir_config);

    return mod_tsgi_is_on(ctx->conf->sendfile, 1) && AP_SENDFILE_ENABLED(core->enable_sendfile);
}

/* Filters may keep the bucket longer than the message lives, and set it aside for longer than the
 * request does.  What is set aside is closed later only if APR has opened it itself: what
 * apr_os_file_put makes is APR_FOPEN_NOCLEANUP for good.  So this opens a file, and then puts the
 * application's into its descriptor. */
static apr_status_t copy_file(apr_file_t **copy, const tsgi_file *file, apr_int32_t flags,
                              apr_pool_t *pool)
{
    apr_os_file_t fd;
    apr_status_t rv = apr_file_open(copy, "/dev/null", flags, APR_FPROT_OS_DEFAULT, pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }

    apr_os_file_get(&fd, *copy);

    if (dup3(file->fd, fd, O_CLOEXEC) == -1) {
        rv = APR_FROM_OS_ERROR(errno);
        (void)apr_file_close(*copy);
    }

    return rv;
}

static apr_status_t add_file(mod_tsgi_ctx *ctx, const tsgi_file *file)
{
    request_rec *r = ctx->request;
    apr_int32_t flags = APR_FOPEN_READ | (may_sendfile(ctx) ? APR_FOPEN_SENDFILE_ENABLED : 0);
    apr_file_t *copy;
    apr_status_t rv = copy_file(&copy, file, flags, r->pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }

    apr_bucket *b = apr_brigade_insert_file(ctx->out, copy, (apr_off_t)file->offset,
                                            (apr_off_t)file->size, r->pool);

#if APR_HAS_MMAP
    /* An application that cuts its file short would end the process by SIGBUS. */
    (void)apr_bucket_file_enable_mmap(b, 0);
#else
    (void)b;
#endif

    return APR_SUCCESS;
}

static apr_status_t add_held(mod_tsgi_ctx *ctx)
{
    for (const tsgi_message *message = ctx->held; message != NULL; message = message->next) {
        if (message->kind == TSGI_FILE) {
            apr_status_t rv = add_file(ctx, &message->u.file);

            if (rv != APR_SUCCESS) {
                ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, ctx->request,
                              MOD_TSGI_E_FILE "cannot send a file of the application");
                return rv;
            }
        } else {
            APR_BRIGADE_INSERT_TAIL(ctx->out, apr_bucket_transient_create(message->u.data.data,
                                                                          message->u.data.size,
                                                                          ctx->out->bucket_alloc));
        }
    }

    return APR_SUCCESS;
}

/* Gives back all that is held.  Returns what it cost. */
static uint64_t release_held(mod_tsgi_ctx *ctx)
{
    uint64_t cost = 0;

    while (ctx->held != NULL) {
        tsgi_message *message = ctx->held;

        ctx->held = message->next;
        cost += message->kind == TSGI_DATA ? message->u.data.cost : message->u.file.cost;
        mod_tsgi_api->message_release(message);
    }

    ctx->held_last = &ctx->held;

    return cost;
}

void mod_tsgi_release(mod_tsgi_ctx *ctx)
{
    (void)release_held(ctx);
}

static apr_status_t pass(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    int proxyreq = r->proxyreq;

    if (ctx->head.proxied) {
        r->proxyreq = PROXYREQ_REVERSE;
    }

    apr_status_t rv = ap_pass_brigade(r->output_filters, ctx->out);

    r->proxyreq = proxyreq;
    apr_brigade_cleanup(ctx->out);

    return rv == APR_SUCCESS && r->connection->aborted ? APR_ECONNABORTED : rv;
}

/* httpd reads a body to its end before it goes on, and what it has written may wait meanwhile.
 * A client that waits for the response before it sends the rest would wait for ever. */
static void flush_before_discard(mod_tsgi_ctx *ctx)
{
    conn_rec *c = ctx->request->connection;

    if (ctx->request->main == NULL &&
        (ctx->body_state == MOD_TSGI_BODY_LATER || ctx->body_state == MOD_TSGI_BODY_STREAM)) {
        (void)ap_fflush(c->output_filters, ctx->out);
        apr_brigade_cleanup(ctx->out);
    }
}

apr_status_t mod_tsgi_output(mod_tsgi_ctx *ctx, int last)
{
    request_rec *r = ctx->request;
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;

    if (ctx->held == NULL && !last && ctx->state == MOD_TSGI_SENDING) {
        return APR_SUCCESS;
    }

    if (ctx->out == NULL) {
        ctx->out = apr_brigade_create(r->pool, alloc);
    }

    apr_status_t rv = add_held(ctx);

    if (rv != APR_SUCCESS) {
        apr_brigade_cleanup(ctx->out);
        return rv;
    }

    APR_BRIGADE_INSERT_TAIL(ctx->out,
                            last ? apr_bucket_eos_create(alloc) : apr_bucket_flush_create(alloc));
    ctx->state = MOD_TSGI_SENDING;
    rv = pass(ctx);

    uint64_t cost = release_held(ctx);

    if (cost > 0 && ctx->exchange != NULL) {
        mod_tsgi_api->exchange_credit(ctx->exchange, cost);
    }

    if (last && rv == APR_SUCCESS) {
        flush_before_discard(ctx);
    }

    return rv;
}

/* A body that ends with the connection: RST is no end, FIN would be one. */
static void reset_at_close(conn_rec *c)
{
    apr_socket_t *socket = ap_get_conn_socket(c);
    apr_os_sock_t fd;
    struct linger linger = {.l_onoff = 1, .l_linger = 0};

    if (socket == NULL || apr_os_sock_get(&fd, socket) != APR_SUCCESS) {
        return;
    }

    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == -1) {
        ap_log_cerror(APLOG_MARK, APLOG_ALERT, APR_FROM_OS_ERROR(errno), c,
                      "setsockopt(SO_LINGER) failed");
    }

    /* httpd closes the connection of an aborted request at once, without a FIN before. */
    c->aborted = 1;
}

static int ends_with_connection(const request_rec *r)
{
    return r->connection->master == NULL && !r->header_only && !r->chunked &&
           apr_table_get(r->headers_out, "Content-Length") == NULL;
}

/* The client must not take what it has for the whole.  The error bucket keeps the last chunk
 * from being sent and has HTTP/2 reset the stream. */
void mod_tsgi_break(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    const request_rec *whole = r;
    apr_bucket_alloc_t *alloc = r->connection->bucket_alloc;

    while (whole->main != NULL) {
        whole = whole->main;
    }

    r->connection->keepalive = AP_CONN_CLOSE;

    APR_BRIGADE_INSERT_TAIL(ctx->out,
                            ap_bucket_error_create(HTTP_BAD_GATEWAY, NULL, r->pool, alloc));
    APR_BRIGADE_INSERT_TAIL(ctx->out, apr_bucket_eos_create(alloc));
    (void)pass(ctx);

    if (ends_with_connection(whole)) {
        reset_at_close(r->connection);
    }
}
