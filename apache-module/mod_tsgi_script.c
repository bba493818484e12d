/* Which script serves a request: that of an alias, or the file that AddHandler made one. */

#include "mod_tsgi.h"

#include <util_script.h>

#include <host/script.h>

static int refuse(request_rec *r, int status, const char *why)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, MOD_TSGI_E_NO_SCRIPT "\"%s\" %s", r->filename, why);

    return status;
}

/* The file that httpd's walk has ended at. */
static int check_file(request_rec *r)
{
    switch (r->finfo.filetype) {
    case APR_REG:
        break;
    case APR_NOFILE:
        return refuse(r, HTTP_NOT_FOUND, "does not exist or cannot be looked at");
    case APR_DIR:
        return refuse(r, HTTP_FORBIDDEN, "is a directory");
    default:
        return refuse(r, HTTP_FORBIDDEN, "is no file");
    }

    if (!tsgi_script_has_ending(r->filename, strlen(r->filename))) {
        return refuse(r, HTTP_NOT_FOUND,
                      "is no script, whose name would end in " TSGI_SCRIPT_ENDINGS);
    }

    return OK;
}

/* Its mount is what of the URI stands before path_info.  A rewriting may have led to a file with
 * a path of its own behind it, which the URI does not have. */
static int find_handled(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    const char *path_info = r->path_info == NULL ? "" : r->path_info;
    int mount_size =
        *path_info == '\0' ? (int)strlen(r->uri) : ap_find_path_info(r->uri, path_info);

    if (!(ap_allow_options(r) & OPT_EXECCGI)) {
        return refuse(r, HTTP_FORBIDDEN, "is not run: \"Options ExecCGI\" is off here");
    }

    ctx->mount = apr_pstrmemdup(r->pool, r->uri, (apr_size_t)mount_size);
    ctx->path = apr_pstrcat(r->pool, ctx->mount, path_info, NULL);
    ctx->script = r->filename;

    return check_file(r);
}

/* A script that the configuration names is not looked at: it was at configuration time, and
 * what is loaded goes on while a new version takes its place. */
static int find_aliased(mod_tsgi_ctx *ctx, const mod_tsgi_alias *alias, size_t mount_size)
{
    request_rec *r = ctx->request;
    const mod_tsgi_target *target = &alias->target;

    ctx->target = target;
    ctx->mount = apr_pstrmemdup(r->pool, r->uri, mount_size);
    ctx->path = r->uri;

    if (!target->variable && !target->directory) {
        ctx->script = target->script;
        return OK;
    }

    ctx->script = r->filename;

    return check_file(r);
}

int mod_tsgi_find_script(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    size_t mount_size;
    const mod_tsgi_alias *alias = mod_tsgi_alias_of(r, &mount_size);
    int status = alias == NULL ? find_handled(ctx) : find_aliased(ctx, alias, mount_size);

    if (status == OK && r->used_path_info == AP_REQ_REJECT_PATH_INFO && r->path_info != NULL &&
        *r->path_info != '\0') {
        status = refuse(r, HTTP_NOT_FOUND, "takes no path behind its name: \"AcceptPathInfo Off\"");
    }

    return status;
}
