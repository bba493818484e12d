
/*
 * Which script serves a request.
 *
 * The calls of the file system block nginx's loop as those of its own static
 * module do; a constant script makes none.
 */


#include "ngx_http_tsgi_module.h"

#include <host/script.h>


static ngx_int_t ngx_http_tsgi_find_variable(ngx_http_tsgi_ctx_t *ctx);
static ngx_int_t ngx_http_tsgi_find_below(ngx_http_tsgi_ctx_t *ctx,
    ngx_str_t *directory);
static void ngx_http_tsgi_tell_outside(ngx_http_tsgi_ctx_t *ctx,
    ngx_str_t *directory, u_char *path);
static ngx_int_t ngx_http_tsgi_file_error(ngx_http_tsgi_ctx_t *ctx,
    u_char *path, ngx_err_t err);
static u_char *ngx_http_tsgi_loggable(ngx_http_request_t *r, u_char *path);


/* NGX_OK or the status of a response */

ngx_int_t
ngx_http_tsgi_find_script(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_http_tsgi_pass_t  *pass;

    pass = ctx->conf->pass;
    ctx->mount = ctx->conf->mount;

    if (pass->script.lengths) {
        return ngx_http_tsgi_find_variable(ctx);
    }

    if (pass->directory) {
        return ngx_http_tsgi_find_below(ctx, &pass->script.value);
    }

    ctx->script = pass->script.value;

    return NGX_OK;
}


static ngx_int_t
ngx_http_tsgi_find_variable(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_str_t        *script, directory;
    ngx_file_info_t   fi;

    script = &ctx->script;

    if (ngx_http_complex_value(ctx->request, &ctx->conf->pass->script, script)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* the zero byte that ends the value may be counted in its length */

    if (script->len && script->data[script->len - 1] == '\0') {
        script->len--;
    }

    if (ngx_strlen(script->data) != script->len
        || ngx_strstr(script->data, "/../") != NULL)
    {
        return ngx_http_tsgi_file_error(ctx, script->data, 0);
    }

    if (ngx_file_info(script->data, &fi) == NGX_FILE_ERROR) {
        return ngx_http_tsgi_file_error(ctx, script->data, ngx_errno);
    }

    if (ngx_is_dir(&fi)) {
        directory = *script;    /* ctx->script becomes that of the file */
        return ngx_http_tsgi_find_below(ctx, &directory);
    }

    if (!ngx_is_file(&fi)
        || !tsgi_script_has_ending((char *) script->data, script->len))
    {
        return ngx_http_tsgi_file_error(ctx, script->data, 0);
    }

    return NGX_OK;
}


/*
 * The leading segments of the path behind the mount name a file below the
 * directory; SCRIPT_NAME grows by them.
 */

static ngx_int_t
ngx_http_tsgi_find_below(ngx_http_tsgi_ctx_t *ctx, ngx_str_t *directory)
{
    size_t               len, size, used;
    u_char              *path;
    ngx_http_request_t  *r;

    r = ctx->request;

    len = ctx->mount.len;

    while (len && ctx->mount.data[len - 1] == '/') {
        len--;
    }

    if (r->uri.len <= len
        || ngx_strncmp(r->uri.data, ctx->mount.data, len) != 0
        || r->uri.data[len] != '/')
    {
        return NGX_HTTP_NOT_FOUND;
    }

    size = directory->len + r->uri.len - len + 1;

    path = ngx_pnalloc(r->pool, size);
    if (path == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    switch (tsgi_script_below((char *) directory->data,
                              (char *) r->uri.data + len, r->uri.len - len,
                              (char *) path, size, &used))
    {
    case TSGI_SCRIPT_FOUND:
        break;

    case TSGI_SCRIPT_NONE:
        return NGX_HTTP_NOT_FOUND;

    case TSGI_SCRIPT_OUTSIDE:
        ngx_http_tsgi_tell_outside(ctx, directory, path);
        return NGX_HTTP_FORBIDDEN;

    default: /* TSGI_SCRIPT_SYSTEM */
        return ngx_http_tsgi_file_error(ctx, path, ngx_errno);
    }

    ctx->mount.data = r->uri.data;
    ctx->mount.len = len + used;

    ctx->script.data = path;
    ctx->script.len = ngx_strlen(path);

    return NGX_OK;
}


static void
ngx_http_tsgi_tell_outside(ngx_http_tsgi_ctx_t *ctx, ngx_str_t *directory,
    u_char *path)
{
    char  *real, buf[NGX_MAX_PATH + 1];

    real = realpath((char *) path, buf);

    ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                  NGX_HTTP_TSGI_E_OUTSIDE
                  "\"%s\" is \"%s\", outside of \"%V\"",
                  ngx_http_tsgi_loggable(ctx->request, path), real ? real : "gone", directory);
}


static ngx_int_t
ngx_http_tsgi_file_error(ngx_http_tsgi_ctx_t *ctx, u_char *path, ngx_err_t err)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(ctx->request, ngx_http_core_module);

    if (clcf->log_not_found || (err != NGX_ENOENT && err != NGX_ENOTDIR)) {
        ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, err,
                      NGX_HTTP_TSGI_E_VARIABLE "\"%s\" is no script",
                      ngx_http_tsgi_loggable(ctx->request, path));
    }

    switch (err) {

    case 0:
    case NGX_ENOENT:
    case NGX_ENOTDIR:
    case NGX_ENAMETOOLONG:
        return NGX_HTTP_NOT_FOUND;

    case NGX_EACCES:
    case NGX_ELOOP:
        return NGX_HTTP_FORBIDDEN;

    default:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}


/* the client chose the bytes, and none of them may begin a line of the log */

static u_char *
ngx_http_tsgi_loggable(ngx_http_request_t *r, u_char *path)
{
    u_char  *p, *text;

    text = ngx_pnalloc(r->pool, ngx_strlen(path) * (sizeof("\\x0A") - 1) + 1);
    if (text == NULL) {
        return (u_char *) "";
    }

    for (p = text; *path; path++) {

        if (*path < 0x20 || *path == 0x7f) {
            p = ngx_sprintf(p, "\\x%02Xd", (int) *path);

        } else {
            *p++ = *path;
        }
    }

    *p = '\0';

    return text;
}
