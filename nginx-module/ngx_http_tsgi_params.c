
/* What goes into environ beside the request itself. */


#include "ngx_http_tsgi_module.h"


static tsgi_header *ngx_http_tsgi_add_ssl(ngx_http_request_t *r,
    tsgi_header *header);
static tsgi_header *ngx_http_tsgi_add_params(ngx_http_request_t *r,
    ngx_array_t *params, tsgi_header *header);


/* names in nginx and, in the same order, in environ: those of mod_ssl */

ngx_str_t  ngx_http_tsgi_ssl_variables[NGX_HTTP_TSGI_SSL_VARIABLES] = {
    ngx_string("ssl_protocol"),
    ngx_string("ssl_cipher"),
    ngx_string("ssl_server_name"),
    ngx_string("ssl_client_verify"),
    ngx_string("ssl_client_s_dn"),
    ngx_string("ssl_client_i_dn"),
    ngx_string("ssl_client_serial"),
    ngx_string("ssl_client_raw_cert")
};

static ngx_str_t  ngx_http_tsgi_ssl_names[NGX_HTTP_TSGI_SSL_VARIABLES] = {
    ngx_string("SSL_PROTOCOL"),
    ngx_string("SSL_CIPHER"),
    ngx_string("SSL_TLS_SNI"),
    ngx_string("SSL_CLIENT_VERIFY"),
    ngx_string("SSL_CLIENT_S_DN"),
    ngx_string("SSL_CLIENT_I_DN"),
    ngx_string("SSL_CLIENT_M_SERIAL"),
    ngx_string("SSL_CLIENT_CERT")
};


/* the host's first: what the administrator says has the last word */

ngx_int_t
ngx_http_tsgi_fill_params(ngx_http_tsgi_ctx_t *ctx, tsgi_view *view)
{
    size_t        n;
    tsgi_header  *header;
    ngx_array_t  *params;

    params = ctx->conf->params;

    n = (params ? params->nelts : 0)
        + (view->flags & TSGI_VIEW_HTTPS ? NGX_HTTP_TSGI_SSL_VARIABLES : 0);

    if (n == 0) {
        return NGX_OK;
    }

    header = ngx_palloc(ctx->request->pool, n * sizeof(tsgi_header));
    if (header == NULL) {
        return NGX_ERROR;
    }

    view->params = header;

    if (view->flags & TSGI_VIEW_HTTPS) {
        header = ngx_http_tsgi_add_ssl(ctx->request, header);
    }

    if (params) {
        header = ngx_http_tsgi_add_params(ctx->request, params, header);
        if (header == NULL) {
            return NGX_ERROR;
        }
    }

    view->param_count = header - view->params;

    return NGX_OK;
}


static tsgi_header *
ngx_http_tsgi_add_ssl(ngx_http_request_t *r, tsgi_header *header)
{
    ngx_uint_t                  i;
    ngx_http_tsgi_main_conf_t  *tmcf;

    tmcf = ngx_http_get_module_main_conf(r, ngx_http_tsgi_module);

    for (i = 0; i < NGX_HTTP_TSGI_SSL_VARIABLES; i++) {
        ngx_http_tsgi_copy(header->name, &ngx_http_tsgi_ssl_names[i]);
        header->value.size = 0;

        ngx_http_tsgi_variable(r, tmcf->ssl[i], &header->value);

        if (header->value.size) {
            header++;
        }
    }

    return header;
}


static tsgi_header *
ngx_http_tsgi_add_params(ngx_http_request_t *r, ngx_array_t *params,
    tsgi_header *header)
{
    ngx_str_t               value;
    ngx_uint_t              i;
    ngx_http_tsgi_param_t  *param;

    param = params->elts;

    for (i = 0; i < params->nelts; i++) {

        if (ngx_http_complex_value(r, &param[i].value, &value) != NGX_OK) {
            return NULL;
        }

        if (value.len == 0 && param[i].skip_empty) {
            continue;
        }

        ngx_http_tsgi_copy(header->name, &param[i].name);
        ngx_http_tsgi_copy(header->value, &value);

        if (header->value.data == NULL) {
            header->value.data = "";    /* present, and empty */
        }

        header++;
    }

    return header;
}


/* absent stays absent */

void
ngx_http_tsgi_variable(ngx_http_request_t *r, ngx_int_t index,
    tsgi_bytes *value)
{
    ngx_http_variable_value_t  *vv;

    if (index == NGX_ERROR) {
        return;
    }

    vv = ngx_http_get_flushed_variable(r, index);

    if (vv && !vv->not_found) {
        value->data = (char *) vv->data;
        value->size = vv->len;
    }
}
