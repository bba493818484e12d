
/*
 * Configurations: made, merged, and for each location that serves an
 * application completed with what follows from where it stands.
 */


#include "ngx_http_tsgi_module.h"


static void ngx_http_tsgi_merge_values(ngx_http_tsgi_loc_conf_t *prev,
    ngx_http_tsgi_loc_conf_t *conf);
static void ngx_http_tsgi_find_mount(ngx_conf_t *cf,
    ngx_http_tsgi_loc_conf_t *prev, ngx_http_tsgi_loc_conf_t *conf);
static ngx_int_t ngx_http_tsgi_add_location(ngx_conf_t *cf,
    ngx_http_tsgi_loc_conf_t *conf);
static ngx_int_t ngx_http_tsgi_variable_index(ngx_conf_t *cf, ngx_str_t *name);


void *
ngx_http_tsgi_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_tsgi_main_conf_t  *tmcf;

    tmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tsgi_main_conf_t));
    if (tmcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&tmcf->locations, cf->pool, 4,
                       sizeof(ngx_http_tsgi_loc_conf_t *))
        != NGX_OK)
    {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     tmcf->node_options = NULL;
     */

    tmcf->max_applications = NGX_CONF_UNSET;
    tmcf->nice = NGX_CONF_UNSET;

    return tmcf;
}


char *
ngx_http_tsgi_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_tsgi_main_conf_t *tmcf = conf;

    ngx_conf_init_value(tmcf->max_applications,
                        (ngx_int_t) tsgi_value_max_applications.preset);
    ngx_conf_init_value(tmcf->nice, (ngx_int_t) tsgi_value_nice.preset);

    return NGX_CONF_OK;
}


void *
ngx_http_tsgi_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_tsgi_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tsgi_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     conf->pass = NULL;
     *     conf->callable = { 0, NULL };
     *     conf->interface = { 0, NULL };
     *     conf->group = { 0, NULL };
     *     conf->params = NULL;
     *     conf->env = NULL;
     *     conf->module_path = { 0, NULL };
     *     conf->mount = { 0, NULL };
     *     conf->app = NULL;
     */

    conf->threads = NGX_CONF_UNSET;
    conf->request_timeout = NGX_CONF_UNSET_MSEC;
    conf->startup_timeout = NGX_CONF_UNSET_MSEC;
    conf->stall_timeout = NGX_CONF_UNSET_MSEC;
    conf->memory_limit = NGX_CONF_UNSET_SIZE;
    conf->queue_size = NGX_CONF_UNSET;
    conf->queue_timeout = NGX_CONF_UNSET_MSEC;
    ngx_http_tsgi_life_init(&conf->life);
    conf->buffer_size = NGX_CONF_UNSET_SIZE;
    conf->write_limit = NGX_CONF_UNSET_SIZE;
    conf->preload = NGX_CONF_UNSET;
    conf->request_buffering = NGX_CONF_UNSET;
    conf->pass_authorization = NGX_CONF_UNSET;
    conf->intercept_errors = NGX_CONF_UNSET;
    conf->map_head_to_get = NGX_CONF_UNSET;
    conf->sendfile = NGX_CONF_UNSET;

    ngx_rbtree_init(&conf->apps, &conf->sentinel, ngx_str_rbtree_insert_value);

    return conf;
}


char *
ngx_http_tsgi_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_tsgi_loc_conf_t *prev = parent;
    ngx_http_tsgi_loc_conf_t *conf = child;

    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    ngx_http_tsgi_merge_values(prev, conf);
    ngx_http_tsgi_find_mount(cf, prev, conf);

    /* "if" and "limit_except" blocks serve what their location serves */

    if (clcf->noname && conf->pass == NULL) {
        conf->pass = prev->pass;
    }

    if (clcf->lmt_excpt && clcf->handler == NULL && conf->pass) {
        clcf->handler = ngx_http_tsgi_handler;
    }

    if (conf->pass == NULL) {
        return NGX_CONF_OK;
    }

    conf->log = clcf->error_log;

    if (ngx_http_tsgi_life_check(cf, &conf->life, &conf->mount) != NGX_OK
        || ngx_http_tsgi_describe_group(cf, conf) != NGX_OK
        || ngx_http_tsgi_add_location(cf, conf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static void
ngx_http_tsgi_merge_values(ngx_http_tsgi_loc_conf_t *prev,
    ngx_http_tsgi_loc_conf_t *conf)
{
    ngx_conf_merge_str_value(conf->callable, prev->callable, "");
    ngx_conf_merge_str_value(conf->interface, prev->interface, "auto");
    ngx_conf_merge_str_value(conf->group, prev->group, "");
    ngx_conf_merge_str_value(conf->module_path, prev->module_path, "");

    ngx_conf_merge_value(conf->threads, prev->threads,
                         (ngx_int_t) tsgi_value_threads.preset);
    ngx_conf_merge_msec_value(conf->request_timeout, prev->request_timeout,
                              tsgi_value_request_timeout.preset);
    ngx_conf_merge_msec_value(conf->startup_timeout, prev->startup_timeout,
                              tsgi_value_startup_timeout.preset);
    ngx_conf_merge_msec_value(conf->stall_timeout, prev->stall_timeout,
                              tsgi_value_stall_timeout.preset);
    ngx_conf_merge_size_value(conf->memory_limit, prev->memory_limit,
                              tsgi_value_memory_limit.preset);
    ngx_conf_merge_value(conf->queue_size, prev->queue_size,
                         (ngx_int_t) tsgi_value_queue_size.preset);
    ngx_conf_merge_msec_value(conf->queue_timeout, prev->queue_timeout,
                              tsgi_value_queue_timeout.preset);
    ngx_http_tsgi_life_merge(&prev->life, &conf->life);
    ngx_conf_merge_size_value(conf->buffer_size, prev->buffer_size,
                              tsgi_value_buffer_size.preset);
    ngx_conf_merge_size_value(conf->write_limit, prev->write_limit,
                              tsgi_value_write_limit.preset);
    ngx_conf_merge_value(conf->preload, prev->preload, 1);
    ngx_conf_merge_value(conf->request_buffering, prev->request_buffering, 1);
    ngx_conf_merge_value(conf->pass_authorization, prev->pass_authorization,
                         1);
    ngx_conf_merge_value(conf->intercept_errors, prev->intercept_errors, 0);
    ngx_conf_merge_value(conf->map_head_to_get, prev->map_head_to_get, 0);
    ngx_conf_merge_value(conf->sendfile, prev->sendfile, 1);

    /* as with fastcgi_param: all of the previous level, or none */

    if (conf->params == NULL) {
        conf->params = prev->params;
    }

    if (conf->env == NULL) {
        conf->env = prev->env;
    }
}


/*
 * The mount is the literal prefix of the location.  "if" and "limit_except"
 * blocks carry the name of their location, also when that is a regular
 * expression: they take its mount instead.
 */

static void
ngx_http_tsgi_find_mount(ngx_conf_t *cf, ngx_http_tsgi_loc_conf_t *prev,
    ngx_http_tsgi_loc_conf_t *conf)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->noname) {
        conf->mount = prev->mount;

    } else if (!clcf->named
#if (NGX_PCRE)
               && clcf->regex == NULL
#endif
              )
    {
        conf->mount = clcf->name;
    }

    if (conf->pass && conf->pass->mount.data) {
        conf->mount = conf->pass->mount;
    }
}


static ngx_int_t
ngx_http_tsgi_add_location(ngx_conf_t *cf, ngx_http_tsgi_loc_conf_t *conf)
{
    ngx_uint_t                   i;
    ngx_http_tsgi_loc_conf_t   **location;
    ngx_http_tsgi_main_conf_t   *tmcf;

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tsgi_module);

    location = tmcf->locations.elts;

    for (i = 0; i < tmcf->locations.nelts; i++) {
        if (ngx_http_tsgi_check_group_alike(cf, conf, location[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    location = ngx_array_push(&tmcf->locations);
    if (location == NULL) {
        return NGX_ERROR;
    }

    *location = conf;

    return NGX_OK;
}


ngx_int_t
ngx_http_tsgi_postconfiguration(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_http_tsgi_main_conf_t  *tmcf;

    static ngx_str_t  document_root = ngx_string("document_root");
    static ngx_str_t  request_id = ngx_string("request_id");

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tsgi_module);

    if (tmcf->locations.nelts == 0) {
        return NGX_OK;
    }

    ngx_http_tsgi_tell_unreadable(cf, tmcf);

    tmcf->document_root = ngx_http_tsgi_variable_index(cf, &document_root);
    tmcf->request_id = ngx_http_tsgi_variable_index(cf, &request_id);

    for (i = 0; i < NGX_HTTP_TSGI_SSL_VARIABLES; i++) {
        tmcf->ssl[i] = ngx_http_tsgi_variable_index(cf,
                                              &ngx_http_tsgi_ssl_variables[i]);
    }

    return NGX_OK;
}


/* an unknown variable would fail the configuration, so look before asking */

static ngx_int_t
ngx_http_tsgi_variable_index(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                  i;
    ngx_hash_key_t             *key;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    key = cmcf->variables_keys->keys.elts;

    for (i = 0; i < cmcf->variables_keys->keys.nelts; i++) {
        if (key[i].key.len == name->len
            && ngx_strncmp(key[i].key.data, name->data, name->len) == 0)
        {
            return ngx_http_get_variable_index(cf, name);
        }
    }

    return NGX_ERROR;
}
