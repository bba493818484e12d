
/*
 * The nginx host of TSGI: the structs its files share.
 *
 *     _module.c     directives, module record
 *     _pass.c       tsgi_pass and its options
 *     _directive.c  the other directives
 *     _config.c     configurations made and merged
 *     _group.c      application groups and their process.env
 *     _life.c       how long their isolates live
 *     _cycle.c      a configuration takes effect
 *     _process.c    libtsgi and its runtime in a worker process
 *     _wake.c       how that wakes nginx
 *     _retire.c     how the process makes place for another
 *     _handler.c    one request: content handler, turn, end
 *     _client.c     whether its client is still there
 *     _script.c     which script serves it
 *     _app.c        the application that the script is
 *     _request.c    the view of it
 *     _params.c     what the administrator and nginx add
 *     _user.c       its user
 *     _id.c         its name in the log
 *     _body.c       its body on the way to the application
 *     _stream.c     the same while it arrives
 *     _response.c   the response, from message to message
 *     _output.c     its bytes on the way to the client
 *     _header.c     the head of the response
 *     _log.c        error log
 */


#ifndef _NGX_HTTP_TSGI_MODULE_H_INCLUDED_
#define _NGX_HTTP_TSGI_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <host/value.h>
#include <tsgi/api.h>

#include "ngx_http_tsgi_config.h"
#include "ngx_http_tsgi_log.h"


/*
 * The request body on its way to the application:
 *
 *             handler                 first WANT
 *     NONE --+---------> WHOLE     LATER --------> STREAM
 *            |             |                         |
 *            +---> LATER   +-------> ENDED <---------+
 *
 * NONE    nginx reads the body, or there is none
 * WHOLE   nginx has all of it, in memory or in a file; it goes as WANT allows
 * LATER   nginx has not been asked to read it
 * STREAM  it is read as WANT allows
 * ENDED   BODY_END was sent
 */

typedef enum {
    NGX_HTTP_TSGI_BODY_NONE = 0,
    NGX_HTTP_TSGI_BODY_WHOLE,
    NGX_HTTP_TSGI_BODY_LATER,
    NGX_HTTP_TSGI_BODY_STREAM,
    NGX_HTTP_TSGI_BODY_ENDED
} ngx_http_tsgi_body_e;


/*
 * The response:
 *
 *            START            turn
 *     IDLE --------> STARTED -------> SENDING
 *      |                |                |
 *      +----------------+----------------+---> OVER
 *                  finalized
 *
 * STARTED  r->headers_out is filled, nothing was sent
 * SENDING  ngx_http_send_header() has been called
 * OVER     the request is nginx's again; no message arrives, no pointer in
 *          the context but `held` means anything
 */

typedef enum {
    NGX_HTTP_TSGI_IDLE = 0,
    NGX_HTTP_TSGI_STARTED,
    NGX_HTTP_TSGI_SENDING,
    NGX_HTTP_TSGI_OVER
} ngx_http_tsgi_state_e;


/*
 * One arrival of a request at an application.
 *
 * Made by      the content handler, in the pool of the request.
 * Found by     its own address: the `request` of its exchange, the data of its
 *              cleanups.  r->ctx is zeroed by internal redirects; only the
 *              handlers of events on the request ask it, and those are set
 *              while the context is the request's latest.
 * Ended by     ngx_http_tsgi_cut(), which severs exchange, timer and queues;
 *              called by whoever finalizes the request, and by the cleanup of
 *              the request when nginx does.
 * Late caller  deliver() is not called after END or abort; a second cut does
 *              nothing.
 */

typedef struct {
    ngx_http_request_t         *request;
    tsgi_exchange              *exchange;   /* NULL before BEGIN, after END */
    ngx_http_tsgi_loc_conf_t   *conf;

    tsgi_app                   *app;
    ngx_str_t                   script;
    ngx_str_t                   mount;

    ngx_http_tsgi_state_e       state;
    ngx_http_tsgi_body_e        body_state;

    ngx_chain_t                *body;       /* not yet handed over */
    u_char                     *body_pos;   /* in the first of them */
    ngx_uint_t                  body_error; /* 400, 408, 413 of BODY_END */

    /*
     * Messages whose bytes nginx may still read, oldest first.  Each has one
     * buf, in the same order in `busy` and then `out`.
     */
    tsgi_message               *held;
    tsgi_message              **held_last;
    ngx_chain_t                *out;        /* not yet given to the filters */
    ngx_chain_t               **out_last;
    ngx_chain_t                *busy;       /* given, not yet consumed */
    ngx_chain_t                *free;

    ngx_uint_t                  end_status; /* of END */

    ngx_event_t                 timer;      /* keeps a worker that exits */
    ngx_msec_t                  queue_end;  /* when it has waited for too long */
    ngx_msec_t                  answer_end; /* and for its response */
    ngx_queue_t                 live;
    ngx_queue_t                 turn;

    unsigned                    bare:1;     /* arrives without a body */
    unsigned                    queued:1;   /* as far as is known */
    unsigned                    in_live:1;
    unsigned                    in_turn:1;
    unsigned                    wanted:1;   /* WANT was delivered */
    unsigned                    ended:1;    /* END was delivered */
    unsigned                    flushed:1;  /* the head has been */
    unsigned                    short_of_memory:1;
} ngx_http_tsgi_ctx_t;


/* _process.c */

extern const tsgi_api  *ngx_http_tsgi_api;
extern tsgi_runtime    *ngx_http_tsgi_runtime;
extern tsgi_port       *ngx_http_tsgi_port;

ngx_int_t ngx_http_tsgi_init_process(ngx_cycle_t *cycle);
void ngx_http_tsgi_exit_process(ngx_cycle_t *cycle);
ngx_int_t ngx_http_tsgi_ready(void);
void ngx_http_tsgi_add_live(ngx_http_tsgi_ctx_t *ctx);

/* _timer.c */

/* the exchange has begun: it waits for the application */
void ngx_http_tsgi_timer_begin(ngx_http_tsgi_ctx_t *ctx);

/* the same, or the application was given more of its request */
void ngx_http_tsgi_timer_start(ngx_http_tsgi_ctx_t *ctx);

/* _wake.c */

extern ngx_queue_t      ngx_http_tsgi_turns;   /* contexts with news */

ngx_int_t ngx_http_tsgi_open_wake(ngx_cycle_t *cycle);
void ngx_http_tsgi_close_wake(void);
void ngx_http_tsgi_wake(void *data);
void ngx_http_tsgi_defer(void *data);

/* _handler.c */

ngx_int_t ngx_http_tsgi_handler(ngx_http_request_t *r);

/* nobody can serve it now: the status that nginx answers, with Retry-After */
ngx_int_t ngx_http_tsgi_put_off(ngx_http_request_t *r);

void ngx_http_tsgi_turn(ngx_http_tsgi_ctx_t *ctx);
void ngx_http_tsgi_cut(ngx_http_tsgi_ctx_t *ctx, tsgi_abort reason);
void ngx_http_tsgi_finalize(ngx_http_tsgi_ctx_t *ctx, ngx_int_t rc);

/* _client.c */

void ngx_http_tsgi_watch_client(ngx_http_request_t *r);
void ngx_http_tsgi_client_handler(ngx_http_request_t *r);

/* _script.c */

ngx_int_t ngx_http_tsgi_find_script(ngx_http_tsgi_ctx_t *ctx);

/* _app.c */

ngx_int_t ngx_http_tsgi_find_app(ngx_http_tsgi_ctx_t *ctx);
tsgi_app *ngx_http_tsgi_open_app(ngx_http_tsgi_loc_conf_t *conf,
    ngx_str_t *script, ngx_log_t *log);

/* _request.c */

#define ngx_http_tsgi_set(field, text)                                        \
    (field).data = text; (field).size = sizeof(text) - 1

#define ngx_http_tsgi_copy(field, str)                                        \
    (field).data = (char *) (str)->data; (field).size = (str)->len

ngx_int_t ngx_http_tsgi_fill_view(ngx_http_tsgi_ctx_t *ctx, tsgi_view *view);

/* _params.c */

extern ngx_str_t  ngx_http_tsgi_ssl_variables[NGX_HTTP_TSGI_SSL_VARIABLES];

ngx_int_t ngx_http_tsgi_fill_params(ngx_http_tsgi_ctx_t *ctx,
    tsgi_view *view);
void ngx_http_tsgi_variable(ngx_http_request_t *r, ngx_int_t index,
    tsgi_bytes *value);

/* _user.c */

ngx_uint_t ngx_http_tsgi_is_verified(ngx_http_request_t *r);

/* _id.c */

void ngx_http_tsgi_request_id(ngx_http_request_t *r, ngx_int_t index,
    tsgi_bytes *id);

/* _body.c: NGX_DONE says that the request was finalized */

ngx_uint_t ngx_http_tsgi_is_bare(ngx_http_request_t *r);
ngx_int_t ngx_http_tsgi_body_begin(ngx_http_tsgi_ctx_t *ctx);
ngx_int_t ngx_http_tsgi_body_turn(ngx_http_tsgi_ctx_t *ctx);
ngx_int_t ngx_http_tsgi_body_send(ngx_http_tsgi_ctx_t *ctx);
ngx_int_t ngx_http_tsgi_body_end(ngx_http_tsgi_ctx_t *ctx, ngx_uint_t status);
ngx_int_t ngx_http_tsgi_body_fail(ngx_http_tsgi_ctx_t *ctx, ngx_int_t rc);
void ngx_http_tsgi_body_discard(ngx_http_tsgi_ctx_t *ctx);

/* _stream.c: so does it here */

ngx_int_t ngx_http_tsgi_stream_start(ngx_http_tsgi_ctx_t *ctx);
ngx_int_t ngx_http_tsgi_stream_read(ngx_http_tsgi_ctx_t *ctx);

/* _response.c */

void ngx_http_tsgi_deliver(void *data, void *request, tsgi_message *message);
void ngx_http_tsgi_response_turn(ngx_http_tsgi_ctx_t *ctx);

/* _output.c */

void ngx_http_tsgi_hold(ngx_http_tsgi_ctx_t *ctx, tsgi_message *message);
ngx_int_t ngx_http_tsgi_output(ngx_http_tsgi_ctx_t *ctx, ngx_uint_t last);
void ngx_http_tsgi_wait_for_client(ngx_http_tsgi_ctx_t *ctx);
void ngx_http_tsgi_write_handler(ngx_http_request_t *r);
void ngx_http_tsgi_release(ngx_http_tsgi_ctx_t *ctx);

/* _header.c */

ngx_int_t ngx_http_tsgi_fill_header(ngx_http_request_t *r,
    const tsgi_start *start);
ngx_int_t ngx_http_tsgi_inform(ngx_http_request_t *r, const tsgi_start *start);


extern ngx_module_t  ngx_http_tsgi_module;


#endif /* _NGX_HTTP_TSGI_MODULE_H_INCLUDED_ */
