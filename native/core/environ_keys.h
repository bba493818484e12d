/*
 * The names an environ can have, each written once.
 *
 * TSGI_ENVIRON_KEYS: the CGI keys, in the order of their numbers.  The first nine are always
 * present.  src/server/environ.ts has the same nine as a literal; a test compares.
 *
 * TSGI_HEADER_KEYS: request header fields common enough to travel as a number.  Which these are
 * changes no behaviour: any other field is spelled out.
 */

#ifndef TSGI_CORE_ENVIRON_KEYS_H
#define TSGI_CORE_ENVIRON_KEYS_H

/* clang-format off: tables */
#define TSGI_ENVIRON_KEYS(KEY) \
    KEY(REQUEST_METHOD)        \
    KEY(SCRIPT_NAME)           \
    KEY(PATH_INFO)             \
    KEY(QUERY_STRING)          \
    KEY(REQUEST_URI)           \
    KEY(SERVER_PROTOCOL)       \
    KEY(SERVER_NAME)           \
    KEY(SERVER_PORT)           \
    KEY(REQUEST_SCHEME)        \
    KEY(SERVER_ADDR)           \
    KEY(SERVER_SOFTWARE)       \
    KEY(REMOTE_ADDR)           \
    KEY(REMOTE_PORT)           \
    KEY(REMOTE_USER)           \
    KEY(AUTH_TYPE)             \
    KEY(DOCUMENT_ROOT)         \
    KEY(SCRIPT_FILENAME)       \
    KEY(HTTPS)                 \
    KEY(CONTENT_TYPE)          \
    KEY(CONTENT_LENGTH)

#define TSGI_ENVIRON_REQUIRED 9

/* Key, then the field name in lower case. */
#define TSGI_HEADER_KEYS(KEY)                                        \
    KEY(HTTP_HOST, "host")                                           \
    KEY(HTTP_USER_AGENT, "user-agent")                               \
    KEY(HTTP_ACCEPT, "accept")                                       \
    KEY(HTTP_ACCEPT_ENCODING, "accept-encoding")                     \
    KEY(HTTP_ACCEPT_LANGUAGE, "accept-language")                     \
    KEY(HTTP_CONNECTION, "connection")                               \
    KEY(HTTP_COOKIE, "cookie")                                       \
    KEY(HTTP_AUTHORIZATION, "authorization")                         \
    KEY(HTTP_CACHE_CONTROL, "cache-control")                         \
    KEY(HTTP_PRAGMA, "pragma")                                       \
    KEY(HTTP_REFERER, "referer")                                     \
    KEY(HTTP_ORIGIN, "origin")                                       \
    KEY(HTTP_RANGE, "range")                                         \
    KEY(HTTP_IF_RANGE, "if-range")                                   \
    KEY(HTTP_IF_MATCH, "if-match")                                   \
    KEY(HTTP_IF_NONE_MATCH, "if-none-match")                         \
    KEY(HTTP_IF_MODIFIED_SINCE, "if-modified-since")                 \
    KEY(HTTP_IF_UNMODIFIED_SINCE, "if-unmodified-since")             \
    KEY(HTTP_TRANSFER_ENCODING, "transfer-encoding")                 \
    KEY(HTTP_TE, "te")                                               \
    KEY(HTTP_EXPECT, "expect")                                       \
    KEY(HTTP_VIA, "via")                                             \
    KEY(HTTP_DNT, "dnt")                                             \
    KEY(HTTP_UPGRADE, "upgrade")                                     \
    KEY(HTTP_UPGRADE_INSECURE_REQUESTS, "upgrade-insecure-requests") \
    KEY(HTTP_FORWARDED, "forwarded")                                 \
    KEY(HTTP_X_FORWARDED_FOR, "x-forwarded-for")                     \
    KEY(HTTP_X_FORWARDED_HOST, "x-forwarded-host")                   \
    KEY(HTTP_X_FORWARDED_PROTO, "x-forwarded-proto")                 \
    KEY(HTTP_X_REAL_IP, "x-real-ip")                                 \
    KEY(HTTP_X_REQUEST_ID, "x-request-id")                           \
    KEY(HTTP_X_REQUESTED_WITH, "x-requested-with")                   \
    KEY(HTTP_TRACEPARENT, "traceparent")                             \
    KEY(HTTP_SEC_FETCH_DEST, "sec-fetch-dest")                       \
    KEY(HTTP_SEC_FETCH_MODE, "sec-fetch-mode")                       \
    KEY(HTTP_SEC_FETCH_SITE, "sec-fetch-site")                       \
    KEY(HTTP_SEC_FETCH_USER, "sec-fetch-user")                       \
    KEY(HTTP_SEC_CH_UA, "sec-ch-ua")                                 \
    KEY(HTTP_SEC_CH_UA_MOBILE, "sec-ch-ua-mobile")                   \
    KEY(HTTP_SEC_CH_UA_PLATFORM, "sec-ch-ua-platform")               \
    KEY(HTTP_PRIORITY, "priority")                                   \
    KEY(HTTP_LAST_EVENT_ID, "last-event-id")

/* clang-format on */

#define TSGI_KEY_NUMBER(name, ...) TSGI_KEY_##name,

enum { TSGI_ENVIRON_KEYS(TSGI_KEY_NUMBER) TSGI_ENVIRON_KEY_COUNT };
enum { TSGI_HEADER_KEYS(TSGI_KEY_NUMBER) TSGI_HEADER_KEY_COUNT };

/* Where the numbers of header keys, and of spelled-out keys, begin on the wire. */
#define TSGI_HEADER_KEY 0x10000u
#define TSGI_SPELLED_KEY 0x20000u

/* The names, in the order of the numbers. */
extern const char *const tsgi_environ_keys[TSGI_ENVIRON_KEY_COUNT];
extern const char *const tsgi_header_keys[TSGI_HEADER_KEY_COUNT];

#endif
