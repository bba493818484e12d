
/*
 * Applications, opened in the runtime when they are first needed and kept:
 * for a constant script in the configuration of its location, for the others
 * in a tree that it has.
 */


#include "ngx_http_tsgi_module.h"


typedef struct {
    ngx_str_node_t   sn;
    tsgi_app        *app;
} ngx_http_tsgi_app_node_t;


static ngx_int_t ngx_http_tsgi_find_known(ngx_http_tsgi_ctx_t *ctx);
static ngx_int_t ngx_http_tsgi_open_group(ngx_http_tsgi_loc_conf_t *conf,
    ngx_str_t *script, tsgi_group **group, ngx_log_t *log);


/* the application of ctx->script; NGX_OK or the status of a response */

ngx_int_t
ngx_http_tsgi_find_app(ngx_http_tsgi_ctx_t *ctx)
{
    ngx_http_tsgi_loc_conf_t  *conf;

    conf = ctx->conf;

    if (!ngx_http_tsgi_is_constant(conf->pass)) {
        return ngx_http_tsgi_find_known(ctx);
    }

    if (conf->app == NULL) {
        conf->app = ngx_http_tsgi_open_app(conf, &ctx->script,
                                           ctx->request->connection->log);
        if (conf->app == NULL) {
            return NGX_HTTP_SERVICE_UNAVAILABLE;
        }
    }

    ctx->app = conf->app;

    return NGX_OK;
}


/* a script that the request led to */

static ngx_int_t
ngx_http_tsgi_find_known(ngx_http_tsgi_ctx_t *ctx)
{
    uint32_t                   hash;
    ngx_http_tsgi_loc_conf_t  *conf;
    ngx_http_tsgi_app_node_t  *node;

    conf = ctx->conf;
    hash = ngx_crc32_short(ctx->script.data, ctx->script.len);

    node = (ngx_http_tsgi_app_node_t *)
               ngx_str_rbtree_lookup(&conf->apps, &ctx->script, hash);

    if (node) {
        ctx->app = node->app;
        return NGX_OK;
    }

    ctx->app = ngx_http_tsgi_open_app(conf, &ctx->script,
                                      ctx->request->connection->log);
    if (ctx->app == NULL) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    /* lives as long as the configuration does */

    node = ngx_palloc(ngx_cycle->pool,
                      sizeof(ngx_http_tsgi_app_node_t) + ctx->script.len);
    if (node == NULL) {
        return NGX_OK;
    }

    node->sn.node.key = hash;
    node->sn.str.len = ctx->script.len;
    node->sn.str.data = (u_char *) (node + 1);
    node->app = ctx->app;

    ngx_memcpy(node->sn.str.data, ctx->script.data, ctx->script.len);

    ngx_rbtree_insert(&conf->apps, &node->sn.node);

    return NGX_OK;
}


/* NULL has been logged */

tsgi_app *
ngx_http_tsgi_open_app(ngx_http_tsgi_loc_conf_t *conf, ngx_str_t *script,
    ngx_log_t *log)
{
    tsgi_app          *app;
    tsgi_group        *group;
    tsgi_status        status;
    tsgi_app_options   options;

    if (ngx_http_tsgi_open_group(conf, script, &group, log) != NGX_OK) {
        return NULL;
    }

    ngx_memzero(&options, sizeof(tsgi_app_options));

    options.struct_size = sizeof(tsgi_app_options);
    options.script = (char *) script->data;
    options.callable = (char *) (conf->pass->callable.data
                                 ? conf->pass->callable.data
                                 : conf->callable.data);
    options.interface = (char *) (conf->pass->interface.data
                                  ? conf->pass->interface.data
                                  : conf->interface.data);
    options.log_target = conf->log;
    options.window = conf->buffer_size;
    options.write_limit = conf->write_limit;
    ngx_http_tsgi_life_warm_up(&conf->life, &conf->mount, &options);

    if (options.callable[0] == '\0') {
        options.callable = NULL;
    }

    if (conf->preload && ngx_http_tsgi_is_constant(conf->pass)) {
        options.flags = TSGI_APP_PRELOAD;
    }

    status = ngx_http_tsgi_api->app_open(group, &options, &app);
    if (status != TSGI_OK) {
        ngx_log_error(NGX_LOG_ERR, log, 0, NGX_HTTP_TSGI_E_OPEN
                      "cannot open application \"%V\" (%d)", script, status);
        return NULL;
    }

    return app;
}


static ngx_int_t
ngx_http_tsgi_open_group(ngx_http_tsgi_loc_conf_t *conf, ngx_str_t *script,
    tsgi_group **group, ngx_log_t *log)
{
    u_char              *name, *p;
    tsgi_status          status;
    tsgi_group_options   options;

    name = conf->group_name.data;

    if (conf->group_name.len == 0) {
        name = ngx_alloc(conf->host.len + 1 + script->len + 1, log);
        if (name == NULL) {
            return NGX_ERROR;
        }

        p = ngx_sprintf(name, "%V|%V", &conf->host, script);
        *p = '\0';
    }

    ngx_http_tsgi_fill_group(conf, &options);

    options.name = (char *) name;

    status = ngx_http_tsgi_api->group_open(ngx_http_tsgi_runtime, &options,
                                           group);

    if (status == TSGI_UNAVAILABLE) {
        ngx_log_error(NGX_LOG_ERR, log, 0, NGX_HTTP_TSGI_E_GROUPS
                      "application group \"%s\" is more than "
                      "\"tsgi_max_applications\" allows", name);

    } else if (status != TSGI_OK) {
        ngx_log_error(NGX_LOG_ERR, log, 0, NGX_HTTP_TSGI_E_OPEN
                      "cannot open application group \"%s\" (%d)", name,
                      status);
    }

    if (name != conf->group_name.data) {
        ngx_free(name);
    }

    return status == TSGI_OK ? NGX_OK : NGX_ERROR;
}
