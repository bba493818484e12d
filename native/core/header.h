/*
 * Rules for header fields of a response (RFC 9110, 5.1 and 5.5; PEP 3333, "start_response").
 *
 * src/spec/headers.ts tells an application what it did wrong, in words; this is the same
 * judgement once more, on the bytes that would be sent, because a server never trusts a
 * script's arithmetic.
 */

#ifndef TSGI_CORE_HEADER_H
#define TSGI_CORE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tsgi/bytes.h"

/* RFC 9110, 5.6.2: at least one tchar and nothing else. */
bool tsgi_header_is_token(const char *text, size_t size);

/* No CR, LF or NUL. */
bool tsgi_header_is_value(const char *text, size_t size);

/* No control byte at all: a reason phrase. */
bool tsgi_header_is_reason(const char *text, size_t size);

/* Belongs to the connection or to CGI, not to the application: Connection, Keep-Alive,
 * Proxy-Authenticate, Proxy-Authorization, Proxy-Connection, TE, Trailer, Trailers,
 * Transfer-Encoding, Upgrade (PEP 3333, "Other HTTP Features") and Status.  The same list as in
 * src/spec/headers.ts; a test compares. */
bool tsgi_header_is_forbidden(const char *name, size_t size);

/* Content-Length: 1*DIGIT that fits an int64_t, else -1. */
int64_t tsgi_header_length(const char *value, size_t size);

/* Equal without regard to the case of ASCII letters. */
bool tsgi_header_equal(const char *left, size_t left_size, const char *right, size_t right_size);

#endif
