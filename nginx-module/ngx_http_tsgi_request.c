
/*
 * The view of a request, its fields in the order of <tsgi/view.h>.
 *
 * Everything points into nginx's own memory: the view is read once, by
 * exchange_begin(), before anything else happens to the request.
 */


#include "ngx_http_tsgi_module.h"


static void ngx_http_tsgi_fill_request(ngx_http_tsgi_ctx_t *ctx,
    tsgi_view *view);
static ngx_int_t ngx_http_tsgi_fill_server(ngx_http_tsgi_ctx_t *ctx,
    tsgi_view *view);
static ngx_int_t ngx_http_tsgi_fill_client(ngx_http_tsgi_ctx_t *ctx,
    tsgi_view *view);
static ngx_int_t ngx_http_tsgi_fill_headers(ngx_http_tsgi_ctx_t *ctx,
    tsgi_view *view);
static void ngx_http_tsgi_fill_host(ngx_http_request_t *r, ngx_table_elt_t *h,
    tsgi_bytes *value);
static ngx_int_t ngx_http_tsgi_port_text(ngx_http_request_t *r,
    in_port_t port, tsgi_bytes *text);
static ngx_uint_t ngx_http_tsgi_is_https(ngx_http_request_t *r);


ngx_int_t
ngx_http_tsgi_fill_view(ngx_http_tsgi_ctx_t *ctx, tsgi_view *view)
{
    ngx_memzero(view, sizeof(tsgi_view));

    view->struct_size = sizeof(tsgi_view);

    ngx_http_tsgi_fill_request(ctx, view);

    if (ngx_http_tsgi_fill_server(ctx, view) != NGX_OK
        || ngx_http_tsgi_fill_client(ctx, view) != NGX_OK
        || ngx_http_tsgi_fill_headers(ctx, view) != NGX_OK
        || ngx_http_tsgi_fill_params(ctx, view) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_tsgi_fill_request(ngx_http_tsgi_ctx_t *ctx, tsgi_view *view)
{
    ngx_http_request_t  *r;

    r = ctx->request;

    if (r->method == NGX_HTTP_HEAD || r->header_only) {
        view->flags |= TSGI_VIEW_HEAD;
    }

    if (ctx->bare) {
        view->flags |= TSGI_VIEW_NO_BODY;
    }

    if (!ctx->conf->pass_authorization) {
        view->flags |= TSGI_VIEW_HIDE_AUTH;
    }

    if (ctx->body_state == NGX_HTTP_TSGI_BODY_LATER) {
        view->flags |= TSGI_VIEW_BODY_LATER;

    } else if (ctx->bare || r->request_body == NULL) {
        view->flags |= TSGI_VIEW_EMPTY_BODY;
    }

    /* without its body no request is what its other methods promise */

    if ((r->method == NGX_HTTP_HEAD && ctx->conf->map_head_to_get)
        || (ctx->bare && r == r->main
            && !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))))
    {
        ngx_http_tsgi_set(view->method, "GET");

    } else {
        ngx_http_tsgi_copy(view->method, &r->method_name);
    }

    ngx_http_tsgi_copy(view->request_uri, &r->main->unparsed_uri);
    ngx_http_tsgi_copy(view->mount, &ctx->mount);
    ngx_http_tsgi_copy(view->path, &r->uri);
    ngx_http_tsgi_copy(view->query, &r->args);

    if (r->http_protocol.len) {
        ngx_http_tsgi_copy(view->protocol, &r->http_protocol);

    } else {
        ngx_http_tsgi_set(view->protocol, "HTTP/0.9");
    }

    if (ngx_http_tsgi_is_https(r)) {
        view->flags |= TSGI_VIEW_HTTPS;
        ngx_http_tsgi_set(view->scheme, "https");

    } else {
        ngx_http_tsgi_set(view->scheme, "http");
    }

    view->content_length = r->headers_in.content_length_n;
}


static ngx_int_t
ngx_http_tsgi_fill_server(ngx_http_tsgi_ctx_t *ctx, tsgi_view *view)
{
    in_port_t                  port;
    ngx_str_t                  addr;
    ngx_http_request_t        *r;
    ngx_http_core_srv_conf_t  *cscf;

    r = ctx->request;

    addr.len = NGX_SOCKADDR_STRLEN;
    addr.data = ngx_pnalloc(r->pool, NGX_SOCKADDR_STRLEN);
    if (addr.data == NULL) {
        return NGX_ERROR;
    }

    if (ngx_connection_local_sockaddr(r->connection, &addr, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tsgi_copy(view->server_addr, &addr);

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    if (cscf->server_name.len) {
        ngx_http_tsgi_copy(view->server_name, &cscf->server_name);

    } else if (r->headers_in.server.len) {
        ngx_http_tsgi_copy(view->server_name, &r->headers_in.server);

    } else {
        ngx_http_tsgi_copy(view->server_name, &addr);
    }

    port = ngx_inet_get_port(r->connection->local_sockaddr);

    if (port == 0) {

        /* a UNIX socket has none, but SERVER_PORT is required */

        port = (view->flags & TSGI_VIEW_HTTPS) ? 443 : 80;
    }

    if (ngx_http_tsgi_port_text(r, port, &view->server_port) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_tsgi_set(view->server_software, NGINX_VER);

    return NGX_OK;
}


/* the address is what the realip module says it is */

static ngx_int_t
ngx_http_tsgi_fill_client(ngx_http_tsgi_ctx_t *ctx, tsgi_view *view)
{
    in_port_t                   port;
    ngx_http_request_t         *r;
    ngx_http_tsgi_main_conf_t  *tmcf;

    r = ctx->request;

    ngx_http_tsgi_copy(view->remote_addr, &r->connection->addr_text);

    port = ngx_inet_get_port(r->connection->sockaddr);

    if (port && ngx_http_tsgi_port_text(r, port, &view->remote_port) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_tsgi_is_verified(r)) {
        ngx_http_tsgi_copy(view->remote_user, &r->headers_in.user);
        ngx_http_tsgi_set(view->auth_type, "Basic");
    }

    tmcf = ngx_http_get_module_main_conf(r, ngx_http_tsgi_module);

    ngx_http_tsgi_variable(r, tmcf->document_root, &view->document_root);
    ngx_http_tsgi_copy(view->script_filename, &ctx->script);

    if (tmcf->request_id != NGX_ERROR) {
        ngx_http_tsgi_request_id(r, tmcf->request_id, &view->request_id);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tsgi_fill_headers(ngx_http_tsgi_ctx_t *ctx, tsgi_view *view)
{
    size_t                n;
    ngx_uint_t            i;
    tsgi_header          *header;
    ngx_list_part_t      *part;
    ngx_table_elt_t      *h;
    ngx_http_request_t   *r;

    r = ctx->request;

    n = 1;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        n += part->nelts;
    }

    header = ngx_palloc(r->pool, n * sizeof(tsgi_header));
    if (header == NULL) {
        return NGX_ERROR;
    }

    view->headers = header;

    /* HTTP/3 may leave the authority out of the list */

    if (r->headers_in.host == NULL
        && r->http_version >= NGX_HTTP_VERSION_20
        && r->headers_in.server.len)
    {
        ngx_http_tsgi_set(header->name, "host");
        ngx_http_tsgi_copy(header->value, &r->headers_in.server);

        if (r->host_start && r->host_end) {
            header->value.data = (char *) r->host_start;
            header->value.size = r->host_end - r->host_start;
        }

        header++;
    }

    for (part = &r->headers_in.headers.part; part; part = part->next) {

        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            ngx_http_tsgi_copy(header->name, &h[i].key);
            ngx_http_tsgi_copy(header->value, &h[i].value);
            ngx_http_tsgi_fill_host(r, &h[i], &header->value);
            header++;
        }
    }

    view->header_count = header - view->headers;

    return NGX_OK;
}


/*
 * Where the target is in absolute form it is its authority that counts, and
 * by which nginx has chosen the server block (RFC 9112, 3.2.2).
 */

static void
ngx_http_tsgi_fill_host(ngx_http_request_t *r, ngx_table_elt_t *h,
    tsgi_bytes *value)
{
    u_char  *end;

    if (h != r->headers_in.host || r->http_version >= NGX_HTTP_VERSION_20
        || r->host_start == NULL || r->host_end == NULL)
    {
        return;
    }

    end = r->host_end;

    if (*end == ':') {
        do { end++; } while (*end >= '0' && *end <= '9');
    }

    value->data = (char *) r->host_start;
    value->size = end - r->host_start;
}


static ngx_int_t
ngx_http_tsgi_port_text(ngx_http_request_t *r, in_port_t port,
    tsgi_bytes *text)
{
    u_char  *p;

    p = ngx_pnalloc(r->pool, sizeof("65535") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = (char *) p;
    text->size = ngx_sprintf(p, "%ui", (ngx_uint_t) port) - p;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_tsgi_is_https(ngx_http_request_t *r)
{
#if (NGX_HTTP_SSL)
    return r->connection->ssl ? 1 : 0;
#else
    return 0;
#endif
}
