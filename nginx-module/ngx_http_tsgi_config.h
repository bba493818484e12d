
/*
 * The configuration: what the directives say, how levels are merged, and what
 * follows from it for a worker process.
 */


#ifndef _NGX_HTTP_TSGI_CONFIG_H_INCLUDED_
#define _NGX_HTTP_TSGI_CONFIG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <host/value.h>
#include <tsgi/api.h>

#include "ngx_http_tsgi_life.h"


/* tsgi_pass, as it was written; a text not given has data == NULL */

typedef struct {
    ngx_http_complex_value_t    script;      /* absolute without variables */
    ngx_str_t                   callable;
    ngx_str_t                   interface;
    ngx_str_t                   mount;
    ngx_str_t                   group;

    u_char                     *file_name;   /* where, for messages */
    ngx_uint_t                  line;

    unsigned                    directory:1; /* of constant scripts only */
} ngx_http_tsgi_pass_t;


/* one script, known from the configuration on */

#define ngx_http_tsgi_is_constant(pass)                                       \
    ((pass)->script.lengths == NULL && !(pass)->directory)


typedef struct {
    ngx_str_t                   name;
    ngx_http_complex_value_t    value;
    unsigned                    skip_empty:1;
} ngx_http_tsgi_param_t;


#define NGX_HTTP_TSGI_SSL_VARIABLES  8


typedef struct {
    /*
     * ngx_http_tsgi_loc_conf_t *, every location that serves an application;
     * "if" and "limit_except" blocks count as locations of their own
     */
    ngx_array_t                 locations;

    ngx_int_t                   max_applications;
    ngx_int_t                   nice;
    ngx_array_t                *node_options;  /* char *, without the NULL */

    /* indices of variables; NGX_ERROR is one this nginx does not have */
    ngx_int_t                   document_root;
    ngx_int_t                   request_id;
    ngx_int_t                   ssl[NGX_HTTP_TSGI_SSL_VARIABLES];
} ngx_http_tsgi_main_conf_t;


typedef struct {
    ngx_http_tsgi_pass_t       *pass;     /* NULL: serves no application */

    ngx_str_t                   callable;
    ngx_str_t                   interface;
    ngx_str_t                   group;
    ngx_array_t                *params;   /* ngx_http_tsgi_param_t */
    ngx_array_t                *env;      /* ngx_keyval_t */
    ngx_int_t                   threads;
    ngx_msec_t                  request_timeout;
    ngx_msec_t                  startup_timeout;
    ngx_msec_t                  stall_timeout;
    size_t                      memory_limit;
    ngx_http_tsgi_life_t        life;
    ngx_int_t                   queue_size;
    ngx_msec_t                  queue_timeout;
    ngx_str_t                   module_path;
    size_t                      buffer_size;
    size_t                      write_limit;
    ngx_flag_t                  preload;
    ngx_flag_t                  request_buffering;
    ngx_flag_t                  pass_authorization;
    ngx_flag_t                  intercept_errors;
    ngx_flag_t                  map_head_to_get;
    ngx_flag_t                  sendfile;

    /* found when configurations are merged */

    ngx_str_t                   mount;      /* literal, "" is the root */
    ngx_str_t                   host;       /* names the server block */
    ngx_str_t                   group_name; /* len == 0: one for each script */
    ngx_array_t                *variables;  /* tsgi_variable: process.env */
    ngx_log_t                  *log;

    /* of the worker process, opened when first needed */

    tsgi_app                   *app;        /* of a constant script */
    ngx_rbtree_t                apps;       /* of the others, by script */
    ngx_rbtree_node_t           sentinel;
} ngx_http_tsgi_loc_conf_t;


/* _pass.c */

char *ngx_http_tsgi_set_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tsgi_set_callable(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tsgi_set_interface(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tsgi_set_group(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* _directive.c */

char *ngx_http_tsgi_set_param(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tsgi_set_env(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tsgi_set_module_path(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tsgi_set_node_options(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_tsgi_set_number(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tsgi_set_size(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tsgi_set_time(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tsgi_refuse(ngx_conf_t *cf, ngx_str_t *value,
    const char *right);

/* _config.c */

ngx_int_t ngx_http_tsgi_postconfiguration(ngx_conf_t *cf);
void *ngx_http_tsgi_create_main_conf(ngx_conf_t *cf);
char *ngx_http_tsgi_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_tsgi_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_tsgi_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);

/* _group.c */

ngx_int_t ngx_http_tsgi_preconfiguration(ngx_conf_t *cf);
char *ngx_http_tsgi_getenv(ngx_str_t *name);
ngx_int_t ngx_http_tsgi_describe_group(ngx_conf_t *cf,
    ngx_http_tsgi_loc_conf_t *conf);
ngx_int_t ngx_http_tsgi_check_group_alike(ngx_conf_t *cf,
    ngx_http_tsgi_loc_conf_t *conf, ngx_http_tsgi_loc_conf_t *other);
void ngx_http_tsgi_fill_group(ngx_http_tsgi_loc_conf_t *conf,
    tsgi_group_options *options);

/* _cycle.c */

ngx_int_t ngx_http_tsgi_init_module(ngx_cycle_t *cycle);
void ngx_http_tsgi_tell_unreadable(ngx_conf_t *cf,
    ngx_http_tsgi_main_conf_t *tmcf);


#endif /* _NGX_HTTP_TSGI_CONFIG_H_INCLUDED_ */
