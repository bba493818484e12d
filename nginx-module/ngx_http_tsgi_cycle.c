
/*
 * What is worth saying when a configuration takes effect: the memory that the
 * isolates need, and scripts that only the master process can read.
 */


#include "ngx_http_tsgi_module.h"

#include <grp.h>


#define NGX_HTTP_TSGI_ISOLATE_MB   45
#define NGX_HTTP_TSGI_MAX_GROUPS   64


typedef struct {
    uid_t   uid;
    gid_t   gids[NGX_HTTP_TSGI_MAX_GROUPS];
    int     ngids;
} ngx_http_tsgi_user_t;


static void ngx_http_tsgi_tell_memory(ngx_cycle_t *cycle,
    ngx_http_tsgi_main_conf_t *tmcf);
static void ngx_http_tsgi_tell_unreadable(ngx_cycle_t *cycle,
    ngx_http_tsgi_main_conf_t *tmcf);
static ngx_uint_t ngx_http_tsgi_may_read(ngx_http_tsgi_user_t *user,
    ngx_str_t *script, u_char *path);
static ngx_uint_t ngx_http_tsgi_may(ngx_http_tsgi_user_t *user, u_char *path,
    ngx_uint_t bits);


ngx_int_t
ngx_http_tsgi_init_module(ngx_cycle_t *cycle)
{
    ngx_http_tsgi_main_conf_t  *tmcf;

    tmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tsgi_module);

    if (tmcf == NULL || tmcf->locations.nelts == 0) {
        return NGX_OK;
    }

    ngx_http_tsgi_tell_unreadable(cycle, tmcf);

    if (!ngx_test_config) {
        ngx_http_tsgi_tell_memory(cycle, tmcf);
    }

    return NGX_OK;
}


static void
ngx_http_tsgi_tell_memory(ngx_cycle_t *cycle, ngx_http_tsgi_main_conf_t *tmcf)
{
    ngx_str_t                  *name;
    ngx_uint_t                  i, j, n, processes;
    ngx_core_conf_t            *ccf;
    ngx_http_tsgi_loc_conf_t  **location;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);
    processes = ccf->master ? ccf->worker_processes : 1;

    location = tmcf->locations.elts;
    n = 0;

    for (i = 0; i < tmcf->locations.nelts; i++) {
        name = &location[i]->group_name;

        if (name->len == 0) {
            continue;
        }

        for (j = 0; j < i; j++) {
            if (location[j]->group_name.len == name->len
                && ngx_strncmp(location[j]->group_name.data, name->data,
                               name->len)
                   == 0)
            {
                break;
            }
        }

        if (j == i) {
            n += location[i]->threads;
        }
    }

    ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0, NGX_HTTP_TSGI_E_MEMORY
                  "%ui worker process(es) with %ui isolate(s) each, about "
                  "%ui MB of memory before the applications' own",
                  processes, n, processes * n * NGX_HTTP_TSGI_ISOLATE_MB);
}


/*
 * Only a warning: mode bits are not the whole truth where there are access
 * control lists.
 */

static void
ngx_http_tsgi_tell_unreadable(ngx_cycle_t *cycle,
    ngx_http_tsgi_main_conf_t *tmcf)
{
    ngx_uint_t                  i;
    ngx_core_conf_t            *ccf;
    ngx_http_tsgi_pass_t       *pass;
    ngx_http_tsgi_user_t        user;
    ngx_http_tsgi_loc_conf_t  **location;
    u_char                      path[NGX_MAX_PATH];

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    if (geteuid() != 0 || !ccf->master || ccf->username == NULL) {
        return;
    }

    user.uid = ccf->user;
    user.ngids = NGX_HTTP_TSGI_MAX_GROUPS;

    if (getgrouplist(ccf->username, ccf->group, user.gids, &user.ngids) == -1)
    {
        return;
    }

    location = tmcf->locations.elts;

    for (i = 0; i < tmcf->locations.nelts; i++) {
        pass = location[i]->pass;

        if (pass->script.lengths
            || ngx_http_tsgi_may_read(&user, &pass->script.value, path))
        {
            continue;
        }

        ngx_log_error(NGX_LOG_WARN, cycle->log, 0, NGX_HTTP_TSGI_E_MODE
                      "user \"%s\" may not read \"%s\", and so not the "
                      "script of \"tsgi_pass\" in %s:%ui", ccf->username,
                      path, pass->file_name, pass->line);
    }
}


/* leaves the first forbidden part of the path in `path` */

static ngx_uint_t
ngx_http_tsgi_may_read(ngx_http_tsgi_user_t *user, ngx_str_t *script,
    u_char *path)
{
    size_t  i;

    if (script->len >= NGX_MAX_PATH) {
        return 1;
    }

    for (i = 1; i < script->len; i++) {

        if (script->data[i] != '/') {
            continue;
        }

        ngx_cpystrn(path, script->data, i + 1);

        if (!ngx_http_tsgi_may(user, path, S_IXOTH)) {
            return 0;
        }
    }

    ngx_cpystrn(path, script->data, script->len + 1);

    return ngx_http_tsgi_may(user, path, S_IROTH);
}


/* `bits` in the position of "other" */

static ngx_uint_t
ngx_http_tsgi_may(ngx_http_tsgi_user_t *user, u_char *path, ngx_uint_t bits)
{
    int              i;
    ngx_file_info_t  fi;

    if (user->uid == 0 || ngx_file_info(path, &fi) == NGX_FILE_ERROR) {
        return 1;
    }

    if (fi.st_uid == user->uid) {
        return ((fi.st_mode >> 6) & bits) == bits;
    }

    for (i = 0; i < user->ngids; i++) {
        if (fi.st_gid == user->gids[i]) {
            return ((fi.st_mode >> 3) & bits) == bits;
        }
    }

    return (fi.st_mode & bits) == bits;
}
