/*
 * A request as its server sees it: the read-only view a host lays over its own struct.
 *
 * Made by     the host, on its stack, for one call of tsgi_api.exchange_begin.
 * Owned by    the host.  Every byte is borrowed for the length of that call; the exchange
 *             copies what it needs into its own block before the call returns.
 * Fields      stand in the order in which both hosts fill them.
 *
 * The view carries facts; what an application gets to see of them is decided in one
 * place, native/core/environ.h (names, joins, spoof rules; RFC 3875 and PEP 3333).
 */

#ifndef TSGI_VIEW_H
#define TSGI_VIEW_H

#include <stdint.h>

#include "tsgi/bytes.h"

enum {
    TSGI_VIEW_HEAD = 1u << 0,       /* no byte of a response body may be sent */
    TSGI_VIEW_HTTPS = 1u << 1,      /* adds HTTPS=on; url_scheme comes from `scheme` */
    TSGI_VIEW_NO_BODY = 1u << 2,    /* a sub-request or an internal error page: input is
                                       empty, CONTENT_LENGTH and CONTENT_TYPE are absent */
    TSGI_VIEW_HIDE_AUTH = 1u << 3,  /* tsgi_pass_authorization off */
    TSGI_VIEW_BODY_LATER = 1u << 4, /* the body is streamed: the first WANT opens the window */
    TSGI_VIEW_EMPTY_BODY = 1u << 5  /* there is no body: BEGIN stands for BODY_END too */
};

typedef struct tsgi_view {
    uint32_t struct_size; /* sizeof (tsgi_view) where the host was compiled */
    uint32_t flags;       /* TSGI_VIEW_* */

    tsgi_bytes method;      /* as the application shall see it */
    tsgi_bytes request_uri; /* the raw request target, before rewrites (RFC 9112, 3.2) */
    tsgi_bytes mount;       /* literal prefix, with or without its trailing '/'; "" is the root */
    tsgi_bytes path;        /* the effective path, percent-decoded, after rewrites */
    tsgi_bytes query;       /* without '?'; absent counts as empty */
    tsgi_bytes protocol;    /* "HTTP/1.1", "HTTP/2.0" */
    tsgi_bytes scheme;      /* "http" or "https" */
    tsgi_bytes server_name;
    tsgi_bytes server_port; /* decimal text */
    tsgi_bytes server_addr;
    tsgi_bytes server_software;
    tsgi_bytes remote_addr;
    tsgi_bytes remote_port;
    tsgi_bytes remote_user;
    tsgi_bytes auth_type;
    tsgi_bytes document_root;
    tsgi_bytes script_filename;
    tsgi_bytes request_id; /* for log records; never a part of environ by itself */

    int64_t content_length; /* of the request body; -1 is unknown (chunked) */

    const tsgi_header *headers; /* every request header field, in the order received */
    size_t header_count;
    const tsgi_header *params; /* what the administrator and the host add; last one wins */
    size_t param_count;
} tsgi_view;

#endif
