/*
 * The view of a request, its fields in the order of <tsgi/view.h>.
 *
 * Everything points into httpd's own memory: the view is read once, by exchange_begin(),
 * before anything else happens to the request.
 */

#include "mod_tsgi.h"

/* The request that the client made: others are its sub-requests and internal redirects. */
static const request_rec *first_request(const request_rec *r)
{
    while (r->prev != NULL || r->main != NULL) {
        r = r->prev != NULL ? r->prev : r->main;
    }

    return r;
}

/* The target as it was sent; one in absolute form without scheme and authority. */
static const char *request_target(request_rec *r)
{
    const char *target = first_request(r)->unparsed_uri;
    const char *path;

    if (target[0] == '/' || (path = strstr(target, "://")) == NULL) {
        return target;
    }

    path += strcspn(path + 3, "/?") + 3;

    return path[0] == '/' ? path : apr_pstrcat(r->pool, "/", path, NULL);
}

static void fill_request(mod_tsgi_ctx *ctx, tsgi_view *view)
{
    request_rec *r = ctx->request;

    if (r->header_only) {
        view->flags |= TSGI_VIEW_HEAD;
    }

    if (ctx->bare) {
        view->flags |= TSGI_VIEW_NO_BODY;
    }

    if (!mod_tsgi_is_on(ctx->conf->pass_authorization, 1)) {
        view->flags |= TSGI_VIEW_HIDE_AUTH;
    }

    if (ctx->body_state == MOD_TSGI_BODY_LATER) {
        view->flags |= TSGI_VIEW_BODY_LATER;
    } else if (ctx->body_state == MOD_TSGI_BODY_NONE) {
        view->flags |= TSGI_VIEW_EMPTY_BODY;
    }

    /* Without its body no request is what its other methods promise. */
    if ((r->method_number == M_GET && r->header_only &&
         mod_tsgi_is_on(ctx->conf->map_head_to_get, 0)) ||
        (ctx->bare && r->method_number != M_GET)) {
        view->method = mod_tsgi_bytes("GET");
    } else {
        view->method = mod_tsgi_bytes(r->method);
    }

    view->request_uri = mod_tsgi_bytes(request_target(r));
    view->mount = mod_tsgi_bytes(ctx->mount);
    view->path = mod_tsgi_bytes(ctx->path);
    view->query = mod_tsgi_bytes(r->args);
    view->protocol = mod_tsgi_bytes(r->protocol);
    view->scheme = mod_tsgi_bytes(ap_http_scheme(r));

    if (strcmp(view->scheme.data, "https") == 0) {
        view->flags |= TSGI_VIEW_HTTPS;
    }

    view->content_length = ctx->body_size;
}

static void fill_server(mod_tsgi_ctx *ctx, tsgi_view *view)
{
    request_rec *r = ctx->request;

    view->server_name = mod_tsgi_bytes(ap_get_server_name_for_url(r));
    view->server_port = mod_tsgi_bytes(apr_itoa(r->pool, ap_get_server_port(r)));
    view->server_addr = mod_tsgi_bytes(r->connection->local_ip);
    view->server_software = mod_tsgi_bytes(ap_get_server_banner());
}

static const char *request_id(request_rec *r)
{
    const char *id = apr_table_get(r->subprocess_env, "UNIQUE_ID");

    if (id != NULL) {
        return id;
    }

    if (r->log_id == NULL) {
        ap_run_generate_log_id(r->connection, r, &r->log_id);
    }

    return r->log_id;
}

/* The client is who mod_remoteip says it is. */
static void fill_client(mod_tsgi_ctx *ctx, tsgi_view *view)
{
    request_rec *r = ctx->request;

    view->remote_addr = mod_tsgi_bytes(r->useragent_ip);

    if (r->useragent_addr->port != 0) {
        view->remote_port = mod_tsgi_bytes(apr_itoa(r->pool, r->useragent_addr->port));
    }

    view->remote_user = mod_tsgi_bytes(r->user);
    view->auth_type = mod_tsgi_bytes(r->ap_auth_type);
    view->document_root = mod_tsgi_bytes(ap_document_root(r));
    view->script_filename = mod_tsgi_bytes(ctx->script);
    view->request_id = mod_tsgi_bytes(request_id(r));
}

static void fill_headers(mod_tsgi_ctx *ctx, tsgi_view *view)
{
    request_rec *r = ctx->request;
    const apr_array_header_t *fields = apr_table_elts(r->headers_in);
    tsgi_header *header = apr_palloc(r->pool, (size_t)fields->nelts * sizeof(tsgi_header));

    view->headers = header;

    for (int i = 0; i < fields->nelts; i++) {
        const apr_table_entry_t *field = &APR_ARRAY_IDX(fields, i, apr_table_entry_t);

        header->name = mod_tsgi_bytes(field->key);
        header->value = mod_tsgi_bytes(field->val);
        header++;
    }

    view->header_count = (size_t)fields->nelts;
}

void mod_tsgi_fill_view(mod_tsgi_ctx *ctx, tsgi_view *view)
{
    memset(view, 0, sizeof(tsgi_view));

    view->struct_size = sizeof(tsgi_view);

    fill_request(ctx, view);
    fill_server(ctx, view);
    fill_client(ctx, view);
    fill_headers(ctx, view);
    mod_tsgi_fill_params(ctx, view);
}
