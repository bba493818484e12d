
/*
 * Application groups: which isolates serve a location, and the process.env
 * that they see.
 */


#include "ngx_http_tsgi_module.h"

#include <host/agreement.h>
#include <host/environment.h>


static ngx_int_t ngx_http_tsgi_name_host(ngx_conf_t *cf, ngx_str_t *host);
static ngx_int_t ngx_http_tsgi_name_group(ngx_conf_t *cf,
    ngx_http_tsgi_loc_conf_t *conf);
static ngx_int_t ngx_http_tsgi_fill_variables(ngx_conf_t *cf,
    ngx_http_tsgi_loc_conf_t *conf);


/*
 * The environment that the master process was started with.  nginx replaces
 * `environ` in workers, and in a single process before its configuration is
 * read for the second time; the array itself stays where it is.
 */
static char  **ngx_http_tsgi_environ;


ngx_int_t
ngx_http_tsgi_preconfiguration(ngx_conf_t *cf)
{
    if (ngx_http_tsgi_environ == NULL) {
        ngx_http_tsgi_environ = environ;
    }

    return NGX_OK;
}


char *
ngx_http_tsgi_getenv(ngx_str_t *name)
{
    char  **p;

    for (p = ngx_http_tsgi_environ; *p; p++) {
        if (ngx_strncmp(*p, name->data, name->len) == 0
            && (*p)[name->len] == '=')
        {
            return *p + name->len + 1;
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_tsgi_describe_group(ngx_conf_t *cf, ngx_http_tsgi_loc_conf_t *conf)
{
    if (ngx_http_tsgi_name_host(cf, &conf->host) != NGX_OK
        || ngx_http_tsgi_name_group(cf, conf) != NGX_OK
        || ngx_http_tsgi_fill_variables(cf, conf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* server blocks may share a name when they listen on different ports */

static ngx_int_t
ngx_http_tsgi_name_host(ngx_conf_t *cf, ngx_str_t *host)
{
    u_char                      *p;
    ngx_uint_t                   i, n;
    ngx_http_core_srv_conf_t    *cscf, **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    cscfp = cmcf->servers.elts;
    n = 1;

    for (i = 0; i < cmcf->servers.nelts && cscfp[i] != cscf; i++) {
        if (cscfp[i]->server_name.len == cscf->server_name.len
            && ngx_strncmp(cscfp[i]->server_name.data, cscf->server_name.data,
                           cscf->server_name.len)
               == 0)
        {
            n++;
        }
    }

    *host = cscf->server_name;

    if (n == 1) {
        return NGX_OK;
    }

    host->data = ngx_pnalloc(cf->pool, cscf->server_name.len + 1
                                       + NGX_INT_T_LEN);
    if (host->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(host->data, "%V#%ui", &cscf->server_name, n);
    host->len = p - host->data;

    return NGX_OK;
}


/*
 * Without a name of its own a group is one script of one server block.  A
 * script with variables, and a directory, has a name only when it is known.
 */

static ngx_int_t
ngx_http_tsgi_name_group(ngx_conf_t *cf, ngx_http_tsgi_loc_conf_t *conf)
{
    u_char  *p;

    if (conf->pass->group.data) {
        conf->group_name = conf->pass->group;
        return NGX_OK;
    }

    if (conf->group.len) {
        conf->group_name = conf->group;
        return NGX_OK;
    }

    if (!ngx_http_tsgi_is_constant(conf->pass)) {
        return NGX_OK;
    }

    p = ngx_pnalloc(cf->pool, conf->host.len + 1
                              + conf->pass->script.value.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    conf->group_name.data = p;
    p = ngx_sprintf(p, "%V|%V", &conf->host, &conf->pass->script.value);
    conf->group_name.len = p - conf->group_name.data;
    *p = '\0';

    return NGX_OK;
}


/* the whole of the group's process.env */

static ngx_int_t
ngx_http_tsgi_fill_variables(ngx_conf_t *cf, ngx_http_tsgi_loc_conf_t *conf)
{
    char           *value;
    size_t          n;
    ngx_str_t       name;
    ngx_uint_t      i, nenv;
    ngx_keyval_t   *kv;
    tsgi_variable  *variables;

    nenv = conf->env ? conf->env->nelts : 0;

    conf->variables = ngx_array_create(cf->pool, TSGI_ENVIRONMENT_USUAL + nenv,
                                       sizeof(tsgi_variable));
    if (conf->variables == NULL) {
        return NGX_ERROR;
    }

    variables = conf->variables->elts;
    n = 0;

    for (i = 0; i < TSGI_ENVIRONMENT_USUAL; i++) {
        name.data = (u_char *) tsgi_environment_usual[i];
        name.len = ngx_strlen(name.data);

        value = ngx_http_tsgi_getenv(&name);
        if (value) {
            tsgi_environment_set(variables, &n, tsgi_environment_usual[i],
                                 value);
        }
    }

    kv = nenv ? conf->env->elts : NULL;

    for (i = 0; i < nenv; i++) {
        if (kv[i].value.data) {
            tsgi_environment_set(variables, &n, (char *) kv[i].key.data,
                                 (char *) kv[i].value.data);
        }
    }

    conf->variables->nelts = n;

    return NGX_OK;
}


/* which location comes first to open a group is chance */

ngx_int_t
ngx_http_tsgi_check_group_alike(ngx_conf_t *cf, ngx_http_tsgi_loc_conf_t *conf,
    ngx_http_tsgi_loc_conf_t *other)
{
    const char          *what;
    tsgi_group_options   one, two;

    static const tsgi_group_words  words = {
        .threads = "tsgi_threads",
        .startup_timeout = "tsgi_startup_timeout",
        .stall_timeout = "tsgi_stall_timeout",
        .memory_limit = "tsgi_memory_limit",
        .queue_size = "tsgi_queue_size",
        .reload = "tsgi_reload",
        .graceful_timeout = "tsgi_graceful_timeout",
        .max_requests = "tsgi_max_requests",
        .max_age = "tsgi_max_age",
        .idle_timeout = "tsgi_idle_timeout",
        .module_path = "tsgi_module_path",
        .env = "tsgi_env"
    };

    if (conf->group_name.len == 0
        || conf->group_name.len != other->group_name.len
        || ngx_strncmp(conf->group_name.data, other->group_name.data,
                       conf->group_name.len)
           != 0)
    {
        return NGX_OK;
    }

    ngx_http_tsgi_fill_group(conf, &one);
    ngx_http_tsgi_fill_group(other, &two);

    what = tsgi_group_dissent(&words, &one, &two);
    if (what == NULL) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, NGX_HTTP_TSGI_E_GROUP
                  "application group \"%V\" has one value of \"%s\" in %s:%ui "
                  "and another in %s:%ui, they must be the same",
                  &conf->group_name, what,
                  other->pass->file_name, other->pass->line,
                  conf->pass->file_name, conf->pass->line);

    return NGX_ERROR;
}


void
ngx_http_tsgi_fill_group(ngx_http_tsgi_loc_conf_t *conf,
    tsgi_group_options *options)
{
    ngx_memzero(options, sizeof(tsgi_group_options));

    options->struct_size = sizeof(tsgi_group_options);
    options->threads = conf->threads;
    options->name = (char *) conf->group_name.data;
    options->module_path = conf->module_path.len
                           ? (char *) conf->module_path.data : NULL;
    options->env = conf->variables->elts;
    options->env_count = conf->variables->nelts;
    options->startup_timeout = conf->startup_timeout;
    options->stall_timeout = conf->stall_timeout;
    options->memory_limit = conf->memory_limit;
    options->queue_size = conf->queue_size;
    ngx_http_tsgi_life_fill(&conf->life, options);
}
