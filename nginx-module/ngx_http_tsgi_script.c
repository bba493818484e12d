
/*
 * Which script serves a request.
 *
 * The calls of the file system block nginx's loop as those of its own static
 * module do; a constant script makes none.
 */


#include "ngx_http_tsgi_module.h"


static ngx_int_t ngx_http_tsgi_find_variable(ngx_http_tsgi_ctx_t *ctx);
static ngx_int_t ngx_http_tsgi_find_below(ngx_http_tsgi_ctx_t *ctx,
    ngx_str_t *directory);
static ngx_int_t ngx_http_tsgi_walk(ngx_http_tsgi_ctx_t *ctx, u_char *path,
    u_char *end, u_char *uri, u_char **rest);
static ngx_uint_t ngx_http_tsgi_is_hidden(u_char *segment, size_t len);
static ngx_int_t ngx_http_tsgi_check_inside(ngx_http_tsgi_ctx_t *ctx,
    ngx_str_t *directory, u_char *path);
static ngx_int_t ngx_http_tsgi_file_error(ngx_http_tsgi_ctx_t *ctx,
    u_char *path, ngx_err_t err);


ngx_int_t
ngx_http_tsgi_check_extension(ngx_str_t *name)
{
    u_char      *dot;
    size_t       len;
    ngx_uint_t   i;

    static ngx_str_t  extensions[] = {
        ngx_string(".js"), ngx_string(".mjs"), ngx_string(".cjs"),
        ngx_string(".ts"), ngx_string(".mts")
    };

    for (i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {

        len = extensions[i].len;

        if (name->len <= len) {
            continue;
        }

        dot = name->data + name->len - len;

        if (dot[-1] != '/'
            && ngx_strncmp(dot, extensions[i].data, len) == 0)
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


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

    if (!ngx_is_file(&fi) || ngx_http_tsgi_check_extension(script) != NGX_OK) {
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
    size_t               len;
    u_char              *path, *rest;
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;
    rest = NULL;

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

    path = ngx_pnalloc(r->pool, directory->len + r->uri.len - len + 1);
    if (path == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_tsgi_walk(ctx, path,
                            ngx_cpymem(path, directory->data, directory->len),
                            r->uri.data + len, &rest);
    if (rc != NGX_OK) {
        return rc;
    }

    ctx->mount.data = r->uri.data;
    ctx->mount.len = rest - r->uri.data;

    ctx->script.data = path;
    ctx->script.len = ngx_strlen(path);

    if (ngx_http_tsgi_check_extension(&ctx->script) != NGX_OK) {
        return NGX_HTTP_NOT_FOUND;
    }

    return ngx_http_tsgi_check_inside(ctx, directory, path);
}


/* goes down segment by segment until a file is met */

static ngx_int_t
ngx_http_tsgi_walk(ngx_http_tsgi_ctx_t *ctx, u_char *path, u_char *end,
    u_char *uri, u_char **rest)
{
    u_char           *last, *next;
    ngx_file_info_t   fi;

    last = ctx->request->uri.data + ctx->request->uri.len;

    while (uri < last) {

        next = ngx_strlchr(uri + 1, last, '/');
        if (next == NULL) {
            next = last;
        }

        if (ngx_http_tsgi_is_hidden(uri + 1, next - uri - 1)) {
            return NGX_HTTP_NOT_FOUND;
        }

        end = ngx_cpymem(end, uri, next - uri);
        *end = '\0';

        if (ngx_file_info(path, &fi) == NGX_FILE_ERROR) {
            return ngx_http_tsgi_file_error(ctx, path, ngx_errno);
        }

        if (ngx_is_file(&fi)) {
            *rest = next;
            return NGX_OK;
        }

        if (!ngx_is_dir(&fi)) {
            return NGX_HTTP_NOT_FOUND;
        }

        uri = next;
    }

    return NGX_HTTP_NOT_FOUND;
}


static ngx_uint_t
ngx_http_tsgi_is_hidden(u_char *segment, size_t len)
{
    static ngx_str_t  modules = ngx_string("node_modules");

    return len == 0
           || segment[0] == '.'
           || (len == modules.len
               && ngx_strncmp(segment, modules.data, len) == 0);
}


/* symbolic links may lead about in the directory, but not out of it */

static ngx_int_t
ngx_http_tsgi_check_inside(ngx_http_tsgi_ctx_t *ctx, ngx_str_t *directory,
    u_char *path)
{
    size_t  len;
    char    real[NGX_MAX_PATH + 1], root[NGX_MAX_PATH + 1];

    if (realpath((char *) directory->data, root) == NULL
        || realpath((char *) path, real) == NULL)
    {
        return ngx_http_tsgi_file_error(ctx, path, ngx_errno);
    }

    len = ngx_strlen(root);

    if (len == 1) {
        len = 0;        /* "/" */
    }

    if (ngx_strncmp(real, root, len) != 0 || real[len] != '/') {
        ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                      NGX_HTTP_TSGI_E_OUTSIDE
                      "\"%s\" is \"%s\", outside of \"%V\"",
                      path, real, directory);
        return NGX_HTTP_FORBIDDEN;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tsgi_file_error(ngx_http_tsgi_ctx_t *ctx, u_char *path, ngx_err_t err)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_get_module_loc_conf(ctx->request, ngx_http_core_module);

    if (clcf->log_not_found || (err != NGX_ENOENT && err != NGX_ENOTDIR)) {
        ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, err,
                      NGX_HTTP_TSGI_E_VARIABLE "\"%s\" is no script", path);
    }

    switch (err) {

    case 0:
    case NGX_ENOENT:
    case NGX_ENOTDIR:
    case NGX_ENAMETOOLONG:
        return NGX_HTTP_NOT_FOUND;

    case NGX_EACCES:
        return NGX_HTTP_FORBIDDEN;

    default:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}
