
/*
 * When another isolate takes the place of one, as a location has it.
 */


#ifndef _NGX_HTTP_TSGI_LIFE_H_INCLUDED_
#define _NGX_HTTP_TSGI_LIFE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <tsgi/api.h>


typedef struct {
    ngx_flag_t    reload;
    ngx_msec_t    graceful_timeout;
    ngx_int_t     max_requests;
    ngx_int_t     max_requests_jitter;
    ngx_msec_t    max_age;
    ngx_msec_t    idle_timeout;
    ngx_str_t     warmup;
} ngx_http_tsgi_life_t;


void ngx_http_tsgi_life_init(ngx_http_tsgi_life_t *life);
void ngx_http_tsgi_life_merge(ngx_http_tsgi_life_t *prev,
    ngx_http_tsgi_life_t *life);
void ngx_http_tsgi_life_fill(ngx_http_tsgi_life_t *life,
    tsgi_group_options *options);

/* the warm-up request of an application that is mounted there */
void ngx_http_tsgi_life_warm_up(ngx_http_tsgi_life_t *life, ngx_str_t *mount,
    tsgi_app_options *options);
ngx_int_t ngx_http_tsgi_life_check(ngx_conf_t *cf, ngx_http_tsgi_life_t *life,
    ngx_str_t *mount);

char *ngx_http_tsgi_set_max_requests(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tsgi_set_warmup(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_HTTP_TSGI_LIFE_H_INCLUDED_ */
