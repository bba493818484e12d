/*
 * A body that is read whole before the application is called ("TSGIRequestBuffering on"): into
 * memory as long as it fits "TSGIBufferSize", else into a temporary file.
 */

#include "mod_tsgi.h"

#define BLOCK_SIZE 65536

static apr_status_t open_spool(request_rec *r, apr_file_t **file)
{
    const char *folder;
    char *name;
    apr_status_t rv = apr_temp_dir_get(&folder, r->pool);

    if (rv != APR_SUCCESS) {
        return rv;
    }

    name = apr_pstrcat(r->pool, folder, "/tsgi-body.XXXXXX", NULL);
    rv = apr_file_mktemp(file, name,
                         APR_FOPEN_CREATE | APR_FOPEN_EXCL | APR_FOPEN_READ | APR_FOPEN_WRITE |
                             APR_FOPEN_BINARY,
                         r->pool);

    if (rv == APR_SUCCESS) {
        rv = apr_file_remove(name, r->pool); /* it ends with its descriptor, whatever happens */
    }

    return rv;
}

/* Moves a brigade to the end of the file. */
static apr_status_t spool(apr_file_t *file, apr_bucket_brigade *brigade)
{
    while (!APR_BRIGADE_EMPTY(brigade)) {
        apr_bucket *b = APR_BRIGADE_FIRST(brigade);
        const char *data;
        apr_size_t size;
        apr_status_t rv = apr_bucket_read(b, &data, &size, APR_BLOCK_READ);

        if (rv == APR_SUCCESS) {
            rv = apr_file_write_full(file, data, size, NULL);
        }

        if (rv != APR_SUCCESS) {
            return rv;
        }

        apr_bucket_delete(b);
    }

    return APR_SUCCESS;
}

typedef struct {
    apr_bucket_brigade *memory;
    apr_file_t *file; /* NULL: all of it is in memory */
    apr_off_t size;
    int ended;
} whole_body;

/* Adds what was read to the whole. */
static apr_status_t keep(mod_tsgi_ctx *ctx, whole_body *whole)
{
    request_rec *r = ctx->request;
    apr_status_t rv = APR_SUCCESS;

    while (rv == APR_SUCCESS && !APR_BRIGADE_EMPTY(ctx->body)) {
        apr_bucket *b = APR_BRIGADE_FIRST(ctx->body);
        const char *data;
        apr_size_t size;

        if (APR_BUCKET_IS_EOS(b)) {
            whole->ended = 1;
            break;
        }

        if (APR_BUCKET_IS_METADATA(b)) {
            apr_bucket_delete(b);
            continue;
        }

        rv = apr_bucket_read(b, &data, &size, APR_BLOCK_READ);

        if (rv == APR_SUCCESS) {
            whole->size += (apr_off_t)size;
            rv = apr_bucket_setaside(b, r->pool);
        }

        if (rv == APR_SUCCESS) {
            APR_BUCKET_REMOVE(b);
            APR_BRIGADE_INSERT_TAIL(whole->memory, b);
        }
    }

    if (rv == APR_SUCCESS && whole->file == NULL &&
        whole->size > (apr_off_t)mod_tsgi_buffer_size(ctx->conf)) {
        rv = open_spool(r, &whole->file);
    }

    return rv == APR_SUCCESS && whole->file != NULL ? spool(whole->file, whole->memory) : rv;
}

int mod_tsgi_body_read_whole(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    whole_body whole = {apr_brigade_create(r->pool, r->connection->bucket_alloc), NULL, 0, 0};

    while (!whole.ended) {
        apr_status_t rv = mod_tsgi_body_read(ctx, APR_BLOCK_READ, BLOCK_SIZE);

        if (rv != APR_SUCCESS) {
            ap_log_rerror(APLOG_MARK, APLOG_INFO, rv, r, "the request body cannot be read");
            return mod_tsgi_body_status(ctx, rv);
        }

        rv = keep(ctx, &whole);

        if (rv != APR_SUCCESS) {
            ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, r,
                          MOD_TSGI_E_BODY "cannot keep the request body");
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    apr_brigade_cleanup(ctx->body);
    r->read_length = whole.size;
    ctx->body_size = whole.size;

    if (whole.size == 0) {
        return OK;
    }

    ctx->body_state = MOD_TSGI_BODY_WHOLE;
    ctx->wanted = 1;

    if (whole.file != NULL) {
        apr_brigade_insert_file(ctx->body, whole.file, 0, whole.size, r->pool);
    } else {
        APR_BRIGADE_CONCAT(ctx->body, whole.memory);
    }

    APR_BRIGADE_INSERT_TAIL(ctx->body, apr_bucket_eos_create(r->connection->bucket_alloc));

    return OK;
}
