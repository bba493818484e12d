/*
 * The Apache host of TSGI: the structs its files share.
 *
 *     mod_tsgi.c             module record, hooks
 *     mod_tsgi_directive.c   the command table
 *     mod_tsgi_target.c      the directives that name a script, and their options
 *     mod_tsgi_alias.c       TSGIScriptAlias at work: the way from a URI to a script
 *     mod_tsgi_config.c      configurations made and merged
 *     mod_tsgi_group.c       application groups and their process.env
 *     mod_tsgi_life.c        how long their isolates live
 *     mod_tsgi_cycle.c       a configuration takes effect
 *     mod_tsgi_process.c     the runtime in a child process
 *     mod_tsgi_retire.c      how the process makes place for another
 *     mod_tsgi_recorder.c    the thread that reads what belongs to no request
 *     mod_tsgi_port.c        a port for each request in the handler
 *     mod_tsgi_handler.c     one request: content handler, turns, end
 *     mod_tsgi_wait.c        waiting for the application, and for the client
 *     mod_tsgi_script.c      which script serves it
 *     mod_tsgi_app.c         the application that the script is
 *     mod_tsgi_import.c      the same, when a child process starts
 *     mod_tsgi_request.c     the view of it
 *     mod_tsgi_params.c      what the administrator and httpd add
 *     mod_tsgi_body.c        its body on the way to the application
 *     mod_tsgi_whole.c       the same, read before the application is called
 *     mod_tsgi_stream.c      the same, read while it arrives
 *     mod_tsgi_timeout.c     for how long the response is waited for
 *     mod_tsgi_response.c    the response, from message to message
 *     mod_tsgi_output.c      its bytes on the way to the client
 *     mod_tsgi_header.c      the head of the response
 *     mod_tsgi_log.c         error log
 *
 * The road of one request.  A thread of the MPM enters the content handler, attends its port,
 * begins an exchange and goes round: wait, drain the port, take a turn with the body and one
 * with the response.  It leaves when the exchange has ended.  Nothing else in the process
 * touches its request meanwhile, so nothing here is locked but what says so.
 */

#ifndef MOD_TSGI_H
#define MOD_TSGI_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <httpd.h>

#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>

#include <apr_buckets.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include <tsgi/api.h>

#include "mod_tsgi_config.h"
#include "mod_tsgi_log.h"

#define MOD_TSGI_HANDLER "tsgi-script"

/*
 * A port of the runtime, and the thread that attends it.
 *
 * Made by    mod_tsgi_port_attend(), when none is idle: there are as many as there were ever
 *            requests in the handler at a time.
 * Owned by   the process; never closed, so that no late sender finds nobody.
 * Attended   by the thread that runs the handler, from attend to leave.  A handler inside of a
 *            handler has a port of its own.  In between the recorder drains the port when it is
 *            woken, under the lock: what applications say behind their last message does not
 *            wait for the next request.
 */
typedef struct mod_tsgi_port {
    tsgi_port *port;
    int wake_fd;          /* an eventfd, non-blocking */
    atomic_bool attended; /* written under the lock; read by wake(), on any thread */
    pthread_mutex_t lock;
    struct mod_tsgi_port *next; /* of all, constant */
    struct mod_tsgi_port *idle; /* of those without a request, under the lock of their list */
} mod_tsgi_port;

/*
 * The request body on its way to the application:
 *
 *             handler                  first WANT
 *     NONE --+---------> WHOLE     LATER --------> STREAM
 *            |             |                         |
 *            +---> LATER   +-------> ENDED <---------+
 *
 * NONE    there is none, or it is being read whole
 * WHOLE   all of it is here, in memory or in a temporary file; it goes as WANT allows
 * LATER   httpd has not been asked to read it; "100 Continue" has not been sent
 * STREAM  it is read as WANT allows
 * ENDED   BODY_END was sent, or BEGIN stood for it
 */
typedef enum {
    MOD_TSGI_BODY_NONE = 0,
    MOD_TSGI_BODY_WHOLE,
    MOD_TSGI_BODY_LATER,
    MOD_TSGI_BODY_STREAM,
    MOD_TSGI_BODY_ENDED
} mod_tsgi_body_state;

/*
 * The response:
 *
 *            START            turn
 *     IDLE --------> STARTED -------> SENDING
 *      |                |                |
 *      +----------------+----------------+---> OVER
 *
 * STARTED  the head is noted, nothing was sent
 * SENDING  something went down the output filters
 * OVER     the handler returns `result`; no message arrives any more
 */
typedef enum {
    MOD_TSGI_IDLE = 0,
    MOD_TSGI_STARTED,
    MOD_TSGI_SENDING,
    MOD_TSGI_OVER
} mod_tsgi_state;

/* The head of a response as START gave it; httpd is told when it is sent. */
typedef struct {
    int status;
    const char *status_line;
    apr_off_t content_length; /* -1: unknown */
    apr_table_t *fields;
    unsigned proxied : 1; /* has Date or Server, which httpd keeps of proxied responses alone */
} mod_tsgi_head;

/*
 * One arrival of a request at an application.
 *
 * Made by      the content handler, in the pool of the request.
 * Found by     its address: the `request` of its exchange.
 * Ended by     mod_tsgi_finish() (the exchange too, where it still lives), before the handler
 *              returns.  Only prefork, told to stop at once, leaves without it: it exits in a
 *              signal handler, where nothing of this is touched any more.
 * Late caller  deliver() is not called after END or abort; a second finish does nothing.
 */
typedef struct {
    request_rec *request;
    mod_tsgi_port *port; /* attended by this thread while the handler runs */
    const mod_tsgi_dir_conf *conf;
    const mod_tsgi_target *target; /* NULL: SetHandler or AddHandler */
    tsgi_exchange *exchange;       /* NULL before BEGIN, after END */

    tsgi_app *app;
    const char *script;
    const char *mount;
    const char *path; /* decoded: the mount, and what the application sees behind it */

    mod_tsgi_state state;
    mod_tsgi_body_state body_state;
    int result; /* of the handler, when OVER */

    apr_bucket_brigade *body; /* read and not yet handed over */
    apr_off_t body_size;      /* bytes; -1: unknown, or no body */
    int more;                 /* there may be messages, of which no wake tells */
    int lookout; /* milliseconds until the port is looked at, woken or not; 0: START is here */
    apr_interval_time_t body_deadline;   /* of the client's next byte; 0: nobody waits for it */
    apr_interval_time_t queue_deadline;  /* of its wait for JavaScript; 0: none, or it is over */
    apr_interval_time_t answer_deadline; /* of the head of the response; 0: none */
    int body_error;                      /* 400, 408, 413 of BODY_END */

    mod_tsgi_head head;

    /* Delivered and not yet given to the filters, oldest first. */
    tsgi_message *held;
    tsgi_message **held_last;
    apr_bucket_brigade *out;
    uint64_t received; /* bytes of the response body, held or given */

    int end_status; /* of END */

    unsigned bare : 1;   /* arrives without a body */
    unsigned wanted : 1; /* WANT was delivered */
    unsigned ended : 1;  /* END was delivered */
    unsigned gone : 1;   /* the client has left */
} mod_tsgi_ctx;

APLOG_USE_MODULE(tsgi); /* "[tsgi:error]", and "LogLevel tsgi:debug" */

/* mod_tsgi_process.c */

extern const tsgi_api *mod_tsgi_api;
extern tsgi_runtime *mod_tsgi_runtime; /* NULL: requests are answered 503 */

void mod_tsgi_child_init(apr_pool_t *pchild, server_rec *s);
void mod_tsgi_child_stopping(apr_pool_t *pchild, int graceful);

/* The child is to stop without waiting for its requests, and every port has been woken to learn
 * that.  Any thread. */
int mod_tsgi_is_stopping(void);

/* A thread of its own.  Closes applications and ends the process, unless its main thread is about to. */
void mod_tsgi_leave(void);

/* mod_tsgi_recorder.c */

/* Main thread, with the child's signals blocked, for the thread to have them so.  Opens the first
 * port of the runtime and starts the thread that drains it. */
apr_status_t mod_tsgi_recorder_start(server_rec *s);

/* Any thread: a port that nobody attends has something. */
void mod_tsgi_recorder_wake(void);

/* Has the recorder stop the runtime, and joins it; not APR_SUCCESS: `timeout` has passed.  Takes no
 * lock that the main thread may hold, and allocates nothing: prefork calls it inside a signal
 * handler. */
apr_status_t mod_tsgi_recorder_stop(apr_interval_time_t timeout);

/* mod_tsgi_port.c */

#define MOD_TSGI_DRAIN 64   /* messages between two turns of a request */
#define MOD_TSGI_LOOKOUT 10 /* milliseconds: tsgi_host.lookout */
#define MOD_TSGI_LOOKOUT_MOST 10000

/* The calling thread becomes the port's.  NULL has been logged. */
mod_tsgi_port *mod_tsgi_port_attend(server_rec *s);

/* Every exchange of the port has ended. */
void mod_tsgi_port_leave(mod_tsgi_port *port);

/* The recorder.  Drains the ports that nobody attends, each a bounded time.  False: they are
 * empty. */
int mod_tsgi_ports_drain(void);

/* Wakes whoever attends a port.  Any thread, any signal handler. */
void mod_tsgi_ports_wake(void);

/* mod_tsgi_retire.c */

/* Any thread, with the server_rec.  Of tsgi_host. */
void mod_tsgi_retire(void *data);

/* mod_tsgi_handler.c */

int mod_tsgi_handler(request_rec *r);

/* Nobody can serve the request now: the status of a response that says when to ask again. */
int mod_tsgi_put_off(request_rec *r);

/* Ends the exchange, where it still lives, and has the handler return `result`. */
void mod_tsgi_finish(mod_tsgi_ctx *ctx, int result, tsgi_abort reason);

/* The same: the client has left, or the child stops and has closed its connection. */
void mod_tsgi_forsake(mod_tsgi_ctx *ctx);

/* mod_tsgi_timeout.c */

/* By the clock that deadlines are kept by, which nobody sets: apr_time_now() jumps with the time of
 * day. */
apr_interval_time_t mod_tsgi_now(void);

/* The exchange has begun: it waits for the application. */
void mod_tsgi_timeout_begin(mod_tsgi_ctx *ctx);

/* The same, or the application was given more of its request. */
void mod_tsgi_timeout_start(mod_tsgi_ctx *ctx);

/* Of the time in the queue or of the application's, whichever ends first; -1: neither ends. */
apr_interval_time_t mod_tsgi_timeout_left(const mod_tsgi_ctx *ctx);

/* Ends the exchange when its time is over. */
void mod_tsgi_timeout_turn(mod_tsgi_ctx *ctx);

/* mod_tsgi_wait.c */

/* Sleeps until the port was woken, the client left or the child is to stop (ctx->gone), the
 * application's time is over or, where a body is waited for, something of it may be there.
 * APR_TIMEUP: the client's time for the body is over. */
apr_status_t mod_tsgi_wait(mod_tsgi_ctx *ctx);

/* The request in which the child's main thread sleeps, as prefork's does; NULL: it does not. */
extern _Atomic(mod_tsgi_ctx *) mod_tsgi_asleep;

/* Main thread of a child. */
void mod_tsgi_wait_init(void);

/* Any thread, any signal handler: makes an eventfd readable, and no longer readable. */
void mod_tsgi_eventfd_post(int fd);
void mod_tsgi_eventfd_take(int fd);

/* mod_tsgi_script.c, mod_tsgi_app.c: OK or the status of a response */

int mod_tsgi_find_script(mod_tsgi_ctx *ctx);
int mod_tsgi_find_app(mod_tsgi_ctx *ctx);
apr_status_t mod_tsgi_apps_init(apr_pool_t *pchild);

/* Opens the application of a target where there is no request, to be loaded at once. */
void mod_tsgi_preload_app(apr_pool_t *pool, server_rec *s, const mod_tsgi_target *target,
                          const char *mount);

/* mod_tsgi_import.c */

void mod_tsgi_import_scripts(apr_pool_t *pool, server_rec *main_server);

/* mod_tsgi_request.c */

void mod_tsgi_fill_view(mod_tsgi_ctx *ctx, tsgi_view *view);

/* mod_tsgi_params.c */

void mod_tsgi_fill_params(mod_tsgi_ctx *ctx, tsgi_view *view);

/* mod_tsgi_body.c: OK, or the status of a response; in a turn the rest is in ctx */

int mod_tsgi_body_prepare(mod_tsgi_ctx *ctx);
void mod_tsgi_body_turn(mod_tsgi_ctx *ctx);

/* The rest of the body does not come; APR_TIMEUP: the client was too slow. */
void mod_tsgi_body_fail(mod_tsgi_ctx *ctx, apr_status_t rv);

/* Reads what comes next, at most `size` bytes, into ctx->body, which is empty. */
apr_status_t mod_tsgi_body_read(mod_tsgi_ctx *ctx, apr_read_type_e block, apr_off_t size);

/* Hands over what there is, its end too.  APR_EAGAIN: it is more than wanted; any other
 * failure has been dealt with. */
apr_status_t mod_tsgi_body_send(mod_tsgi_ctx *ctx);

/* The status of a response for a body that could not be read; AP_FILTER_ERROR: it has been
 * given. */
int mod_tsgi_body_status(const mod_tsgi_ctx *ctx, apr_status_t rv);

/* mod_tsgi_whole.c: OK, or the status of a response */

int mod_tsgi_body_read_whole(mod_tsgi_ctx *ctx);

/* mod_tsgi_stream.c */

void mod_tsgi_stream_turn(mod_tsgi_ctx *ctx);

/* mod_tsgi_response.c */

void mod_tsgi_deliver(void *data, void *request, tsgi_message *message);
void mod_tsgi_response_turn(mod_tsgi_ctx *ctx);

/* mod_tsgi_output.c */

void mod_tsgi_hold(mod_tsgi_ctx *ctx, tsgi_message *message);

/* Gives the filters all that is held, flushed, or with the end of the response behind it. */
apr_status_t mod_tsgi_output(mod_tsgi_ctx *ctx, int last);

/* Makes the response visibly broken. */
void mod_tsgi_break(mod_tsgi_ctx *ctx);
void mod_tsgi_release(mod_tsgi_ctx *ctx);

/* mod_tsgi_header.c */

void mod_tsgi_note_head(mod_tsgi_ctx *ctx, const tsgi_start *start);
void mod_tsgi_apply_head(mod_tsgi_ctx *ctx);
void mod_tsgi_inform(mod_tsgi_ctx *ctx, const tsgi_start *start);

/* A field of a view. */
static inline tsgi_bytes mod_tsgi_bytes(const char *text)
{
    tsgi_bytes bytes = {text, text == NULL ? 0 : strlen(text)};

    return bytes;
}

#endif
