
/* What the administrator may write, and what nginx calls. */


#include "ngx_http_tsgi_module.h"


static ngx_command_t  ngx_http_tsgi_commands[] = {

    { ngx_string("tsgi_pass"),
      NGX_HTTP_LOC_CONF|NGX_HTTP_LIF_CONF|NGX_HTTP_LMT_CONF|NGX_CONF_1MORE,
      ngx_http_tsgi_set_pass,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_callable"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_callable,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_interface"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_interface,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_param"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE23,
      ngx_http_tsgi_set_param,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_env"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_env,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_application_group"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_group,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_threads"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_number,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, threads),
      (void *) &tsgi_value_threads },

    { ngx_string("tsgi_request_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_time,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, request_timeout),
      (void *) &tsgi_value_request_timeout },

    { ngx_string("tsgi_startup_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_time,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, startup_timeout),
      (void *) &tsgi_value_startup_timeout },

    { ngx_string("tsgi_stall_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_time,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, stall_timeout),
      (void *) &tsgi_value_stall_timeout },

    { ngx_string("tsgi_memory_limit"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_size,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, memory_limit),
      (void *) &tsgi_value_memory_limit },

    { ngx_string("tsgi_queue_size"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_number,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, queue_size),
      (void *) &tsgi_value_queue_size },

    { ngx_string("tsgi_queue_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_time,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, queue_timeout),
      (void *) &tsgi_value_queue_timeout },

    { ngx_string("tsgi_reload"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, life.reload),
      NULL },

    { ngx_string("tsgi_graceful_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_time,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, life.graceful_timeout),
      (void *) &tsgi_value_graceful_timeout },

    { ngx_string("tsgi_warmup"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_warmup,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_max_requests"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ngx_http_tsgi_set_max_requests,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, life.max_requests),
      (void *) &tsgi_value_max_requests },

    { ngx_string("tsgi_max_age"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_time,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, life.max_age),
      (void *) &tsgi_value_max_age },

    { ngx_string("tsgi_idle_timeout"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_time,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, life.idle_timeout),
      (void *) &tsgi_value_idle_timeout },

    { ngx_string("tsgi_max_applications"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_number,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tsgi_main_conf_t, max_applications),
      (void *) &tsgi_value_max_applications },

    { ngx_string("tsgi_nice"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_number,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_tsgi_main_conf_t, nice),
      (void *) &tsgi_value_nice },

    { ngx_string("tsgi_module_path"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_tsgi_set_module_path,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_node_options"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ngx_http_tsgi_set_node_options,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tsgi_preload"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, preload),
      NULL },

    { ngx_string("tsgi_request_buffering"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, request_buffering),
      NULL },

    { ngx_string("tsgi_buffer_size"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_size,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, buffer_size),
      (void *) &tsgi_value_buffer_size },

    { ngx_string("tsgi_write_limit"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_tsgi_set_size,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, write_limit),
      (void *) &tsgi_value_write_limit },

    { ngx_string("tsgi_pass_authorization"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, pass_authorization),
      NULL },

    { ngx_string("tsgi_intercept_errors"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, intercept_errors),
      NULL },

    { ngx_string("tsgi_map_head_to_get"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, map_head_to_get),
      NULL },

    { ngx_string("tsgi_sendfile"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_tsgi_loc_conf_t, sendfile),
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_tsgi_module_ctx = {
    ngx_http_tsgi_preconfiguration,        /* preconfiguration */
    ngx_http_tsgi_postconfiguration,       /* postconfiguration */

    ngx_http_tsgi_create_main_conf,        /* create main configuration */
    ngx_http_tsgi_init_main_conf,          /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_tsgi_create_loc_conf,         /* create location configuration */
    ngx_http_tsgi_merge_loc_conf           /* merge location configuration */
};


ngx_module_t  ngx_http_tsgi_module = {
    NGX_MODULE_V1,
    &ngx_http_tsgi_module_ctx,             /* module context */
    ngx_http_tsgi_commands,                /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_tsgi_init_module,             /* init module */
    ngx_http_tsgi_init_process,            /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_tsgi_exit_process,            /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};
