/*
 * TSGIScriptAlias at work: the way from a URI to a script.
 *
 *     translate_name   finds the alias; the file name is that of the script.  Where it is
 *                      for httpd to find out, the rest of the URI stands behind it, and is
 *                      parted into filename and path_info by the walk that gathers what
 *                      <Directory> says about the script
 *     (perdir_config)  the walk is over: what stood behind a script is the path_info
 *     type_checker     keeps those away who judge a response by the name of its file
 *     fixups           behind access control: is it a script of the directory?
 *     handler          asks mod_tsgi_alias_of()
 *
 * What fixups found is handed on as a note.  FallbackResource, DirectoryIndex and whoever else
 * uses ap_internal_fast_redirect() give a request the URI, file name and notes of another one,
 * and not its request_config.
 */

#include "mod_tsgi.h"

#include <apr_lib.h>

#include <host/script.h>

#define NOTE "tsgi-alias" /* its place in the list, and the size of the mount */

/* How much of `uri` an alias stands for; -1: the alias is of other URIs.  Any number of slashes
 * is as good as one, as in mod_alias. */
static apr_ssize_t match_prefix(const char *prefix, const char *uri)
{
    const char *rest = uri;

    while (*prefix != '\0') {
        if (*rest++ != *prefix) {
            return -1;
        }

        if (*prefix++ == '/') {
            while (*prefix == '/') {
                prefix++;
            }

            while (*rest == '/') {
                rest++;
            }
        }
    }

    return *rest == '\0' || *rest == '/' ? rest - uri : -1;
}

static apr_ssize_t match_pattern(const ap_regex_t *pattern, const char *uri, ap_regmatch_t *groups)
{
    if (ap_regexec(pattern, uri, AP_MAX_REG_MATCH, groups, 0) != 0) {
        return -1;
    }

    apr_ssize_t size = groups[0].rm_eo;

    while (size > 0 && uri[size - 1] == '/') {
        size--;
    }

    return uri[size] == '\0' || uri[size] == '/' ? size : -1;
}

/* The first alias that matches, as in mod_alias. */
static const mod_tsgi_alias *find_alias(const apr_array_header_t *aliases, const char *uri,
                                        apr_ssize_t *size, ap_regmatch_t *groups)
{
    for (int i = 0; i < aliases->nelts; i++) {
        const mod_tsgi_alias *alias = &APR_ARRAY_IDX(aliases, i, mod_tsgi_alias);

        *size = alias->prefix != NULL ? match_prefix(alias->prefix, uri)
                                      : match_pattern(alias->pattern, uri, groups);

        if (*size >= 0) {
            return alias;
        }
    }

    return NULL;
}

/* The target with $1 and the like filled in.  What the client wrote may not climb: the path that
 * it is put into can make ".." of parts that were none in the URI. */
static const char *expand(request_rec *r, const mod_tsgi_target *target, ap_regmatch_t *groups)
{
    char *script = ap_pregsub(r->pool, target->script, r->uri, AP_MAX_REG_MATCH, groups);

    if (script == NULL) {
        return NULL;
    }

    size_t size = strlen(script);

    while (size > 1 && script[size - 1] == '/') {
        script[--size] = '\0';
    }

    if (strstr(script, "/../") != NULL || (size >= 3 && strcmp(script + size - 3, "/..") == 0)) {
        return NULL;
    }

    return script;
}

/* `rest`: of the URI, behind the alias. */
static void set_filename(request_rec *r, const mod_tsgi_match *match, const char *rest)
{
    if (!match->is_file) {
        r->filename = apr_pstrcat(r->pool, match->script, rest, NULL);
        return;
    }

    /* That it is one was seen at configuration time.  Known as one it spares the walk a look at it
     * and at each of its folders. */
    r->filename = apr_pstrdup(r->pool, match->script);
    r->finfo.filetype = APR_REG;
    r->finfo.valid = APR_FINFO_TYPE;
}

int mod_tsgi_translate(request_rec *r)
{
    const apr_array_header_t *aliases = mod_tsgi_conf_of_server(r->server)->aliases;
    ap_regmatch_t groups[AP_MAX_REG_MATCH];
    apr_ssize_t size;

    if (aliases->nelts == 0 || r->uri == NULL || r->uri[0] != '/') {
        return DECLINED;
    }

    const mod_tsgi_alias *alias = find_alias(aliases, r->uri, &size, groups);

    if (alias == NULL) {
        return DECLINED;
    }

    const mod_tsgi_target *target = &alias->target;
    mod_tsgi_match *match = apr_pcalloc(r->pool, sizeof(*match));

    match->alias = (int)(alias - (const mod_tsgi_alias *)aliases->elts);
    match->script = target->variable ? expand(r, target, groups) : target->script;

    if (match->script == NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      MOD_TSGI_E_NO_SCRIPT "\"%s\" makes no path of \"%s\"", r->uri,
                      target->script);
        return HTTP_NOT_FOUND;
    }

    if (target->mount != NULL) {
        size_t mount_size = strlen(target->mount);

        while (mount_size > 0 && target->mount[mount_size - 1] == '/') {
            mount_size--;
        }

        if (strncmp(r->uri, target->mount, mount_size) == 0 &&
            (r->uri[mount_size] == '\0' || r->uri[mount_size] == '/')) {
            size = (apr_ssize_t)mount_size;
        } else {
            match->stray = 1;
        }
    }

    match->mount_size = (size_t)size;
    ap_set_module_config(r->request_config, &tsgi_module, match);

    match->is_file = !target->variable && !target->directory;
    set_filename(r, match, r->uri + size);
    r->handler = MOD_TSGI_HANDLER;

    ap_set_context_info(r, apr_pstrmemdup(r->pool, r->uri, (apr_size_t)size), match->script);

    return OK;
}

/* The walk has made path_info anew, of what the file name had too much. */
int mod_tsgi_end_walk(request_rec *r)
{
    const mod_tsgi_match *match = ap_get_module_config(r->request_config, &tsgi_module);

    if (match != NULL && match->is_file && r->uri[match->mount_size] != '\0') {
        r->path_info = apr_pstrdup(r->pool, r->uri + match->mount_size);
    }

    return OK;
}

/*
 * The name of a script says nothing about its responses: mod_mime would set their type, language
 * and encoding by it, and mod_negotiation, where there is no such script, would look for files
 * that begin with its name and have their source sent.
 */
int mod_tsgi_check_type(request_rec *r)
{
    return ap_get_module_config(r->request_config, &tsgi_module) == NULL ? DECLINED : OK;
}

/* What is wrong is told behind access control, like all that tells which files there are. */
static int find_below(request_rec *r, mod_tsgi_match *match)
{
    const char *rest = r->uri + match->mount_size;
    size_t rest_size = strlen(rest);
    size_t size = strlen(match->script) + rest_size + 1;
    char *path = apr_palloc(r->pool, size);
    size_t used;
    apr_status_t error;

    switch (tsgi_script_below(match->script, rest, rest_size, path, size, &used)) {
    case TSGI_SCRIPT_FOUND:
        match->mount_size += used;
        return OK;

    case TSGI_SCRIPT_OUTSIDE:
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, MOD_TSGI_E_OUTSIDE "\"%s\" is outside of \"%s\"",
                      path, match->script);
        return HTTP_FORBIDDEN;

    case TSGI_SCRIPT_NONE:
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, MOD_TSGI_E_NO_SCRIPT "\"%s%s\" is no script",
                      match->script, rest);
        return HTTP_NOT_FOUND;

    case TSGI_SCRIPT_SYSTEM:
        break;
    }

    error = errno;
    ap_log_rerror(APLOG_MARK, APLOG_ERR, error, r, MOD_TSGI_E_NO_SCRIPT "\"%s\" is no script",
                  path);

    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return HTTP_NOT_FOUND;
    case EACCES:
        return HTTP_FORBIDDEN;
    default:
        return HTTP_INTERNAL_SERVER_ERROR;
    }
}

int mod_tsgi_fixup(request_rec *r)
{
    mod_tsgi_match *match = ap_get_module_config(r->request_config, &tsgi_module);

    /* SetHandler, or a rewriting for a directory, may have decided otherwise. */
    if (match == NULL || r->handler == NULL || strcmp(r->handler, MOD_TSGI_HANDLER) != 0) {
        return DECLINED;
    }

    const mod_tsgi_target *target =
        &APR_ARRAY_IDX(mod_tsgi_conf_of_server(r->server)->aliases, match->alias, mod_tsgi_alias)
             .target;

    if (match->stray) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      MOD_TSGI_E_NO_SCRIPT "\"%s\" is not below the mount \"%s\"", r->uri,
                      target->mount);
        return HTTP_NOT_FOUND;
    }

    if (target->directory ||
        (target->variable && tsgi_script_check(match->script) == TSGI_SCRIPT_DIRECTORY)) {
        int status = find_below(r, match);

        if (status != OK) {
            return status;
        }
    }

    apr_table_setn(r->notes, NOTE,
                   apr_psprintf(r->pool, "%d %" APR_SIZE_T_FMT, match->alias, match->mount_size));

    return OK;
}

const mod_tsgi_alias *mod_tsgi_alias_of(request_rec *r, size_t *mount_size)
{
    const apr_array_header_t *aliases = mod_tsgi_conf_of_server(r->server)->aliases;
    const char *note = apr_table_get(r->notes, NOTE);
    char *end;

    if (note == NULL) {
        return NULL;
    }

    apr_int64_t index = apr_strtoi64(note, &end, 10);

    *mount_size = (size_t)apr_strtoi64(end, NULL, 10);

    return &APR_ARRAY_IDX(aliases, index, mod_tsgi_alias);
}
