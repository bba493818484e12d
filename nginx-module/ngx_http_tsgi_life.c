
/*
 * When another isolate takes the place of one: because files have changed,
 * it has served its time, or nobody needs it.
 */


#include "ngx_http_tsgi_module.h"


void
ngx_http_tsgi_life_init(ngx_http_tsgi_life_t *life)
{
    /*
     * set by ngx_pcalloc():
     *
     *     life->warmup = { 0, NULL };
     */

    life->reload = NGX_CONF_UNSET;
    life->graceful_timeout = NGX_CONF_UNSET_MSEC;
    life->max_requests = NGX_CONF_UNSET;
    life->max_requests_jitter = NGX_CONF_UNSET;
    life->max_age = NGX_CONF_UNSET_MSEC;
    life->idle_timeout = NGX_CONF_UNSET_MSEC;
}


void
ngx_http_tsgi_life_merge(ngx_http_tsgi_life_t *prev,
    ngx_http_tsgi_life_t *life)
{
    ngx_conf_merge_value(life->reload, prev->reload, 1);
    ngx_conf_merge_msec_value(life->graceful_timeout, prev->graceful_timeout,
                              tsgi_value_graceful_timeout.preset);

    /* the jitter belongs to its number */

    if (life->max_requests == NGX_CONF_UNSET) {
        life->max_requests_jitter = prev->max_requests_jitter;
    }

    ngx_conf_merge_value(life->max_requests, prev->max_requests,
                         (ngx_int_t) tsgi_value_max_requests.preset);
    ngx_conf_init_value(life->max_requests_jitter, 0);

    ngx_conf_merge_msec_value(life->max_age, prev->max_age,
                              tsgi_value_max_age.preset);
    ngx_conf_merge_msec_value(life->idle_timeout, prev->idle_timeout,
                              tsgi_value_idle_timeout.preset);
    ngx_conf_merge_str_value(life->warmup, prev->warmup, "");
}


void
ngx_http_tsgi_life_fill(ngx_http_tsgi_life_t *life,
    tsgi_group_options *options)
{
    options->reload = life->reload;
    options->graceful_timeout = life->graceful_timeout;
    options->max_requests = life->max_requests;
    options->max_requests_jitter = life->max_requests_jitter;
    options->max_age = life->max_age;
    options->idle_timeout = life->idle_timeout;
}


void
ngx_http_tsgi_life_warm_up(ngx_http_tsgi_life_t *life, ngx_str_t *mount,
    tsgi_app_options *options)
{
    if (life->warmup.len) {
        options->warmup = (char *) life->warmup.data;
        options->mount = mount->len ? (char *) mount->data : NULL;
    }
}


/* the level that has the location may inherit it */

ngx_int_t
ngx_http_tsgi_life_check(ngx_conf_t *cf, ngx_http_tsgi_life_t *life,
    ngx_str_t *mount)
{
    if (life->warmup.len == 0
        || tsgi_value_is_below((char *) life->warmup.data, life->warmup.len,
                               (char *) mount->data, mount->len))
    {
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, NGX_HTTP_TSGI_E_VALUE
                       "invalid value \"%V\" in \"tsgi_warmup\" directive, "
                       "it must be a URI below \"%V\"", &life->warmup, mount);

    return NGX_ERROR;
}


char *
ngx_http_tsgi_set_max_requests(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    char                  *rv;
    ngx_int_t              n;
    ngx_str_t             *value;

    rv = ngx_http_tsgi_set_number(cf, cmd, conf);
    if (rv != NGX_CONF_OK || cf->args->nelts == 2) {
        return rv;
    }

    value = cf->args->elts;

    n = ngx_atoi(value[2].data, value[2].len);

    if (n == NGX_ERROR || !tsgi_value_is_in(&tsgi_value_max_requests, n)) {
        return ngx_http_tsgi_refuse(cf, &value[2],
                                    tsgi_value_max_requests.text);
    }

    tlcf->life.max_requests_jitter = n;

    return NGX_CONF_OK;
}


char *
ngx_http_tsgi_set_warmup(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    const char  *right;
    ngx_str_t   *value;

    if (tlcf->life.warmup.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    right = tsgi_value_check_target((char *) value[1].data, value[1].len);
    if (right) {
        return ngx_http_tsgi_refuse(cf, &value[1], right);
    }

    tlcf->life.warmup = value[1];

    return NGX_CONF_OK;
}
