
/*
 * What is worth saying when a configuration takes effect: the memory that the
 * isolates need, and scripts that only the master process can read.
 */


#include "ngx_http_tsgi_module.h"

#include <pwd.h>

#include <host/reader.h>


static void ngx_http_tsgi_tell_memory(ngx_cycle_t *cycle,
    ngx_http_tsgi_main_conf_t *tmcf);
static ngx_int_t ngx_http_tsgi_find_user(ngx_cycle_t *cycle, char **name,
    tsgi_reader *reader);


ngx_int_t
ngx_http_tsgi_init_module(ngx_cycle_t *cycle)
{
    ngx_http_tsgi_main_conf_t  *tmcf;

    tmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tsgi_module);

    if (tmcf && tmcf->locations.nelts && !ngx_test_config) {
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
                  processes, n, processes * n * TSGI_ISOLATE_MB);
}


/*
 * Only a warning: mode bits are not the whole truth where there are access
 * control lists.
 */

void
ngx_http_tsgi_tell_unreadable(ngx_conf_t *cf, ngx_http_tsgi_main_conf_t *tmcf)
{
    char                       *name;
    ngx_uint_t                  i;
    tsgi_reader                 reader;
    ngx_http_tsgi_pass_t       *pass;
    ngx_http_tsgi_loc_conf_t  **location;
    char                        path[NGX_MAX_PATH];

    if (ngx_http_tsgi_find_user(cf->cycle, &name, &reader) != NGX_OK) {
        return;
    }

    location = tmcf->locations.elts;

    for (i = 0; i < tmcf->locations.nelts; i++) {
        pass = location[i]->pass;

        if (pass->script.lengths
            || tsgi_reader_may(&reader, (char *) pass->script.value.data,
                               path, NGX_MAX_PATH))
        {
            continue;
        }

        ngx_log_error(NGX_LOG_WARN, cf->log, 0, NGX_HTTP_TSGI_E_MODE
                      "user \"%s\" may not read \"%s\", and so not the "
                      "script of \"tsgi_pass\" in %s:%ui", name, path,
                      pass->file_name, pass->line);
    }
}


/* whom the workers run as; NGX_DECLINED: as the one who looks */

static ngx_int_t
ngx_http_tsgi_find_user(ngx_cycle_t *cycle, char **name, tsgi_reader *reader)
{
    gid_t             gid;
    uid_t             uid;
    struct passwd    *pwd;
    ngx_core_conf_t  *ccf;

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    if (geteuid() != 0 || ccf->master == 0) {
        return NGX_DECLINED;
    }

    if (ccf->username) {
        *name = ccf->username;
        uid = ccf->user;
        gid = ccf->group;

    } else {
        *name = NGX_USER;

        pwd = getpwnam(NGX_USER);
        if (pwd == NULL) {
            return NGX_DECLINED;
        }

        uid = pwd->pw_uid;
        gid = pwd->pw_gid;
    }

    return tsgi_reader_init(reader, *name, uid, gid) ? NGX_OK : NGX_DECLINED;
}
