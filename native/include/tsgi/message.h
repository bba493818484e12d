/*
 * The closed list of messages between a host and the runtime.
 *
 *     host -> runtime     BEGIN  BODY  BODY_END  CREDIT  ABORT
 *     runtime -> host     INFORM  START  DATA  FILE  END  WANT  LOG
 *
 * Which may follow which is one table, native/core/order.c, checked on every send by the
 * sender.  An exchange ends in exactly one END or ABORT, on every path.
 *
 * Only the messages from the runtime are seen by a host, in `deliver`.  A message is
 * immutable once sent.  INFORM, START, END and WANT are valid during `deliver` only.  DATA
 * and FILE pass to the host, which gives each back by tsgi_api.message_release, on the
 * host thread, whenever it has done with the bytes, even after the exchange has ended.
 */

#ifndef TSGI_MESSAGE_H
#define TSGI_MESSAGE_H

#include <stdint.h>

#include "tsgi/bytes.h"

typedef struct tsgi_exchange tsgi_exchange;

typedef enum tsgi_kind {
    TSGI_BEGIN,    /* the request and its environ */
    TSGI_BODY,     /* bytes of the request body, in memory or in a spooled file */
    TSGI_BODY_END, /* no more body: its end, or the reason why the rest will not come */
    TSGI_CREDIT,   /* so many bytes of DATA have left the host */
    TSGI_ABORT,    /* the host ends the exchange: nothing it is sent arrives any more */

    TSGI_INFORM, /* an informational response (1xx) */
    TSGI_START,  /* status and header fields of the response */
    TSGI_DATA,   /* bytes of the response body */
    TSGI_FILE,   /* a piece of an open file as part of the response body */
    TSGI_END,    /* the response is complete, or failed with a status */
    TSGI_WANT,   /* the application reads: so many more bytes of BODY are welcome */
    TSGI_LOG,    /* a line for the error log */

    TSGI_KINDS
} tsgi_kind;

typedef enum tsgi_level { /* of a log record; the names and order of syslog(3) */
                          TSGI_LEVEL_ALERT = 1,
                          TSGI_LEVEL_CRIT = 2,
                          TSGI_LEVEL_ERROR = 3,
                          TSGI_LEVEL_WARN = 4,
                          TSGI_LEVEL_NOTICE = 5,
                          TSGI_LEVEL_INFO = 6,
                          TSGI_LEVEL_DEBUG = 7
} tsgi_level;

typedef struct tsgi_start {
    uint16_t status;            /* 200 to 999; 100 to 199 in INFORM */
    uint32_t header_count;      /* without Content-Length, which is `content_length` */
    int64_t content_length;     /* bytes; -1 is unknown */
    tsgi_bytes reason;          /* may be empty; a NUL follows the last byte */
    const tsgi_header *headers; /* in the application's order; a NUL follows each text */
} tsgi_start;

typedef struct tsgi_data {
    const char *data;
    uint32_t size; /* bytes, never 0 */
    uint32_t cost; /* what the host returns by tsgi_api.exchange_credit for this message */
} tsgi_data;

typedef struct tsgi_file {
    int fd;          /* owned by the message: closed by message_release */
    uint64_t offset; /* bytes */
    uint64_t size;   /* bytes, never 0 */
    uint32_t cost;   /* as in tsgi_data */
} tsgi_file;

typedef struct tsgi_end {
    uint16_t status; /* 0: the response is complete.  Otherwise it failed: the host answers
                        with its own page for this status if START was never delivered,
                        and makes the break visible to the client if it was. */
} tsgi_end;

typedef struct tsgi_want {
    uint64_t size; /* bytes that may be sent in addition to all that was allowed before */
} tsgi_want;

typedef struct tsgi_message {
    struct tsgi_message *next; /* the sender's until sent, then the receiver's: a host may
                                  link the DATA and FILE messages it holds with it */
    tsgi_exchange *exchange;
    uint16_t kind;  /* tsgi_kind */
    uint16_t flags; /* the core's own */
    union {
        tsgi_start start; /* START, INFORM */
        tsgi_data data;   /* DATA */
        tsgi_file file;   /* FILE */
        tsgi_end end;     /* END */
        tsgi_want want;   /* WANT */
    } u;
} tsgi_message;

/* A log record as the host is given it; valid during the call. */
typedef struct tsgi_record {
    uint32_t struct_size;
    uint16_t level;        /* tsgi_level */
    uint16_t tag;          /* nnnn of TSGInnnn, docs/errors.md; 0: the application's own output */
    void *request;         /* of the exchange it belongs to while that lives, else NULL */
    void *log_target;      /* of the app (tsgi_app_options.log_target), else NULL */
    tsgi_bytes request_id; /* absent outside a request */
    tsgi_bytes text;       /* one line, escaped, shorter than 2,048 bytes, no tag in it */
} tsgi_record;

#endif
