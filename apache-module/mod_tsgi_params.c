/*
 * What goes into environ beside the request itself: the variables that SetEnv, SetEnvIf,
 * mod_rewrite and other modules gave the request, and what mod_ssl knows of its connection.
 *
 * Among these variables may be those of a CGI script: mod_include makes them for its page and
 * an included request inherits them.  So a variable never replaces a fact of the view, as it
 * does not in mod_cgi; REMOTE_USER and the like may be set where there is no such fact.
 */

#include <stddef.h>

#include <mod_ssl.h>

#include "mod_tsgi.h"

/* Always there, or the body's affair; the last three are no names of environ. */
static const char *const reserved[] = {
    "REQUEST_METHOD",  "SCRIPT_NAME",       "PATH_INFO",           "QUERY_STRING",   "REQUEST_URI",
    "SERVER_PROTOCOL", "SERVER_NAME",       "SERVER_PORT",         "REQUEST_SCHEME", "CONTENT_TYPE",
    "CONTENT_LENGTH",  "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_PROXY",
};

/* Dotted lower-case names are the specification's and the hosts'. */
static const char *const reserved_prefixes[] = {"tsgi.", "nginx.", "apache."};

/* There unless the server does not know. */
static const struct {
    const char *name;
    size_t offset;
} facts[] = {
    {"SERVER_ADDR", offsetof(tsgi_view, server_addr)},
    {"SERVER_SOFTWARE", offsetof(tsgi_view, server_software)},
    {"REMOTE_ADDR", offsetof(tsgi_view, remote_addr)},
    {"REMOTE_PORT", offsetof(tsgi_view, remote_port)},
    {"REMOTE_USER", offsetof(tsgi_view, remote_user)},
    {"AUTH_TYPE", offsetof(tsgi_view, auth_type)},
    {"DOCUMENT_ROOT", offsetof(tsgi_view, document_root)},
    {"SCRIPT_FILENAME", offsetof(tsgi_view, script_filename)},
};

/* The same as in nginx, unless "SSLOptions +StdEnvVars" gave all of them to the request. */
static const char *const ssl_names[] = {
    "SSL_PROTOCOL",    "SSL_CIPHER",      "SSL_TLS_SNI",         "SSL_CLIENT_VERIFY",
    "SSL_CLIENT_S_DN", "SSL_CLIENT_I_DN", "SSL_CLIENT_M_SERIAL", "SSL_CLIENT_CERT",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int is_reserved(const tsgi_view *view, const char *name)
{
    for (size_t i = 0; i < COUNT(reserved_prefixes); i++) {
        if (strncmp(name, reserved_prefixes[i], strlen(reserved_prefixes[i])) == 0) {
            return 1;
        }
    }

    for (size_t i = 0; i < COUNT(reserved); i++) {
        if (strcmp(name, reserved[i]) == 0) {
            return 1;
        }
    }

    for (size_t i = 0; i < COUNT(facts); i++) {
        if (strcmp(name, facts[i].name) == 0) {
            const tsgi_bytes *fact =
                (const tsgi_bytes *)(const void *)((const char *)view + facts[i].offset);

            return fact->data != NULL;
        }
    }

    return name[0] == '\0';
}

static tsgi_header *add_ssl(request_rec *r, tsgi_header *header)
{
    APR_OPTIONAL_FN_TYPE(ssl_is_https) *is_https = APR_RETRIEVE_OPTIONAL_FN(ssl_is_https);
    APR_OPTIONAL_FN_TYPE(ssl_var_lookup) *lookup = APR_RETRIEVE_OPTIONAL_FN(ssl_var_lookup);

    if (is_https == NULL || lookup == NULL || !is_https(r->connection)) {
        return header;
    }

    for (size_t i = 0; i < COUNT(ssl_names); i++) {
        /* mod_ssl's prototype lacks a const. */
        const char *value =
            lookup(r->pool, r->server, r->connection, r, apr_pstrdup(r->pool, ssl_names[i]));

        if (value != NULL && value[0] != '\0') {
            header->name = mod_tsgi_bytes(ssl_names[i]);
            header->value = mod_tsgi_bytes(value);
            header++;
        }
    }

    return header;
}

/* The host's first: what the administrator says has the last word. */
void mod_tsgi_fill_params(mod_tsgi_ctx *ctx, tsgi_view *view)
{
    request_rec *r = ctx->request;
    const apr_array_header_t *variables = apr_table_elts(r->subprocess_env);
    size_t most = (size_t)variables->nelts + COUNT(ssl_names);
    tsgi_header *header = apr_palloc(r->pool, most * sizeof(tsgi_header));

    view->params = header;

    if (view->flags & TSGI_VIEW_HTTPS) {
        header = add_ssl(r, header);
    }

    for (int i = 0; i < variables->nelts; i++) {
        const apr_table_entry_t *variable = &APR_ARRAY_IDX(variables, i, apr_table_entry_t);

        if (!is_reserved(view, variable->key)) {
            header->name = mod_tsgi_bytes(variable->key);
            header->value = mod_tsgi_bytes(variable->val);
            header++;
        }
    }

    view->param_count = (size_t)(header - view->params);
}
