/*
 * The Apache host of TSGI: the structs its files share.
 *
 *     mod_tsgi.c             module record, hooks
 *     mod_tsgi_directive.c   the command table
 *     mod_tsgi_alias.c       TSGIScriptAlias, and the way from a URI to a script
 *     mod_tsgi_config.c      configurations made and merged
 *     mod_tsgi_group.c       application groups and their process.env
 *     mod_tsgi_cycle.c       a configuration takes effect
 *     mod_tsgi_process.c     the runtime in a child process
 *     mod_tsgi_recorder.c    the thread that reads what belongs to no request
 *     mod_tsgi_thread.c      a port for each thread that serves requests
 *     mod_tsgi_handler.c     one request: content handler, turns, end
 *     mod_tsgi_wait.c        waiting for the application, and for the client
 *     mod_tsgi_script.c      which script serves it
 *     mod_tsgi_app.c         the application that the script is
 *     mod_tsgi_request.c     the view of it
 *     mod_tsgi_params.c      what the administrator and httpd add
 *     mod_tsgi_body.c        its body on the way to the application
 *     mod_tsgi_stream.c      the same while it arrives
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

#include <stdatomic.h>

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

#include "mod_tsgi_log.h"

#define MOD_TSGI_HANDLER "tsgi-script"

/* What TSGIScriptAlias and TSGIImportScript say of a script; a text not given is NULL. */
typedef struct {
    const char *script; /* absolute; with $1 in TSGIScriptAliasMatch */
    const char *callable;
    const char *interface;
    const char *mount;
    const char *group;     /* as it was written, %{...} not yet expanded */
    const char *file_name; /* where, for messages */
    int line;
    int directory; /* the script is a folder of scripts */
} mod_tsgi_target;

typedef struct {
    const char *prefix; /* URI, without its trailing slash; NULL: `pattern` */
    ap_regex_t *pattern;
    mod_tsgi_target target;
} mod_tsgi_alias;

typedef struct {
    apr_array_header_t *aliases; /* mod_tsgi_alias, of the inner server first */
    apr_array_header_t *imports; /* mod_tsgi_target: TSGIImportScript */
    const char *host;            /* names the virtual host in groups; made in post_config */

    /* Of the main server alone. */
    apr_array_header_t *node_options; /* const char *, without the NULL */
    int max_applications;             /* MOD_TSGI_UNSET */
} mod_tsgi_server_conf;

#define MOD_TSGI_UNSET (-1)

/* Server, virtual host, directory, .htaccess: whatever is MOD_TSGI_UNSET or NULL is inherited.
 * The accessors below give what is in force. */
typedef struct {
    const char *callable;
    const char *interface;
    const char *group;
    const char *module_path; /* ':'-separated */
    apr_array_header_t *env; /* mod_tsgi_env, all of the levels, the innermost last */
    int threads;
    apr_off_t buffer_size;
    apr_off_t write_limit;
    int request_buffering;
    int pass_authorization;
    int error_override;
    int map_head_to_get;
    int sendfile;
} mod_tsgi_dir_conf;

typedef struct {
    const char *name;
    const char *value; /* of httpd's own environment where the directive had none */
} mod_tsgi_env;

/* What translate_name has found, in r->request_config until the handler asks for it. */
typedef struct {
    const mod_tsgi_alias *alias;
    const char *mount; /* what of the URI the alias stood for; NULL: all before path_info */
} mod_tsgi_match;

/*
 * A thread that serves requests.
 *
 * Made by    mod_tsgi_thread_attend(), when the thread first needs it.
 * Owned by   the thread: ended by the destructor of its key.
 * Attended   between attend and leave, when a request of its is in the handler.  Otherwise
 *            the recorder drains the port when it is woken, under the lock: the records that
 *            applications write behind their last message do not wait for the next request.
 */
typedef struct mod_tsgi_thread {
    tsgi_port *port;
    int wake_fd;
    int depth;           /* of handlers: a filter of ours may run a sub-request that is ours */
    atomic_int attended; /* written under the lock, read by wake() on any thread */
    apr_thread_mutex_t *lock;
    struct mod_tsgi_thread *next; /* the recorder's list, under the list's own lock */
    struct mod_tsgi_thread *previous;
} mod_tsgi_thread;

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

/*
 * One arrival of a request at an application.
 *
 * Made by      the content handler, in the pool of the request.
 * Found by     its address: the `request` of its exchange.
 * Ended by     mod_tsgi_finish() (the exchange too, where it still lives), and by the cleanup
 *              of the request's pool in case httpd unwinds without it.
 * Late caller  deliver() is not called after END or abort; a second finish does nothing.
 */
typedef struct {
    request_rec *request;
    mod_tsgi_thread *thread;
    const mod_tsgi_dir_conf *conf;
    const mod_tsgi_target *target; /* NULL: SetHandler or AddHandler */
    tsgi_exchange *exchange;       /* NULL before BEGIN, after END */

    tsgi_app *app;
    const char *script;
    const char *mount;

    mod_tsgi_state state;
    mod_tsgi_body_state body_state;
    int result; /* of the handler, when OVER */

    apr_bucket_brigade *body; /* read and not yet handed over */
    apr_time_t body_deadline; /* of the client's next byte; 0: nobody waits for it */
    int body_error;           /* 400, 408, 413 of BODY_END */

    /* Delivered and not yet given to the filters, oldest first. */
    tsgi_message *held;
    tsgi_message **held_last;
    apr_bucket_brigade *out;

    int end_status; /* of END */

    unsigned news : 1;   /* something was delivered since the last turn */
    unsigned bare : 1;   /* arrives without a body */
    unsigned wanted : 1; /* WANT was delivered */
    unsigned ended : 1;  /* END was delivered */
    unsigned gone : 1;   /* the client has left */
    unsigned short_of_memory : 1;
} mod_tsgi_ctx;

extern module AP_MODULE_DECLARE_DATA tsgi_module;

/* mod_tsgi_directive.c */

extern const command_rec mod_tsgi_commands[];

/* mod_tsgi_alias.c: commands, and the hook */

const char *mod_tsgi_set_alias(cmd_parms *cmd, void *conf, int argc, char *const argv[]);
const char *mod_tsgi_set_alias_match(cmd_parms *cmd, void *conf, int argc, char *const argv[]);
const char *mod_tsgi_set_import(cmd_parms *cmd, void *conf, int argc, char *const argv[]);
int mod_tsgi_translate(request_rec *r);

/* mod_tsgi_config.c */

void *mod_tsgi_create_server_conf(apr_pool_t *pool, server_rec *s);
void *mod_tsgi_merge_server_conf(apr_pool_t *pool, void *base, void *add);
void *mod_tsgi_create_dir_conf(apr_pool_t *pool, char *dir);
void *mod_tsgi_merge_dir_conf(apr_pool_t *pool, void *base, void *add);
mod_tsgi_server_conf *mod_tsgi_conf_of_server(const server_rec *s);
mod_tsgi_dir_conf *mod_tsgi_conf_of_request(const request_rec *r);

/* What is in force: the value, or the default where nobody set one. */
int mod_tsgi_threads(const mod_tsgi_dir_conf *conf);
uint32_t mod_tsgi_buffer_size(const mod_tsgi_dir_conf *conf);
uint64_t mod_tsgi_write_limit(const mod_tsgi_dir_conf *conf);
int mod_tsgi_is_on(int value, int preset);

/* mod_tsgi_group.c */

/* Gives each virtual host a name of its own. */
void mod_tsgi_name_hosts(apr_pool_t *pool, server_rec *main_server);

/* The group of a script.  `r` may be NULL (TSGIImportScript): then a name with %{RESOURCE} or
 * %{ENV:...} is NULL, since there is no request to ask. */
const char *mod_tsgi_name_group(apr_pool_t *pool, const server_rec *s, request_rec *r,
                                const char *wanted, const char *script, const char *mount);

/* The whole of a group's process.env: PATH, LANG and TZ of httpd's own, and TSGISetProcessEnv. */
apr_array_header_t *mod_tsgi_environment(apr_pool_t *pool, const mod_tsgi_dir_conf *conf);

/* mod_tsgi_cycle.c */

int mod_tsgi_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);

/* mod_tsgi_process.c */

extern const tsgi_api *mod_tsgi_api;
extern tsgi_runtime *mod_tsgi_runtime; /* NULL: requests are answered 503 */

void mod_tsgi_child_init(apr_pool_t *pchild, server_rec *s);

/* mod_tsgi_recorder.c */

/* Opens the first port of the runtime and starts the thread that drains it. */
apr_status_t mod_tsgi_recorder_start(apr_pool_t *pchild, server_rec *s);
void mod_tsgi_recorder_add(mod_tsgi_thread *thread);
void mod_tsgi_recorder_remove(mod_tsgi_thread *thread);

/* Any thread: a port that nobody attends has something. */
void mod_tsgi_recorder_wake(void);

/* Has the recorder stop the runtime, and waits until it has or `timeout` has passed.  Takes no
 * lock and allocates nothing: prefork calls it inside a signal handler. */
void mod_tsgi_recorder_stop(apr_interval_time_t timeout);

/* mod_tsgi_thread.c */

apr_status_t mod_tsgi_threads_init(apr_pool_t *pchild);
mod_tsgi_thread *mod_tsgi_thread_attend(server_rec *s); /* NULL has been logged */
void mod_tsgi_thread_leave(mod_tsgi_thread *thread);

/* The tsgi_host of the threads' ports. */
extern const tsgi_host mod_tsgi_thread_host;

/* mod_tsgi_handler.c */

int mod_tsgi_handler(request_rec *r);

/* Ends the exchange, where it still lives, and has the handler return `result`. */
void mod_tsgi_finish(mod_tsgi_ctx *ctx, int result, tsgi_abort reason);

/* mod_tsgi_wait.c */

/* Sleeps until the port was woken, the client left (ctx->gone) or, where a body is waited for,
 * something of it may be there.  APR_TIMEUP: the client's time for the body is over. */
apr_status_t mod_tsgi_wait(mod_tsgi_ctx *ctx);

/* mod_tsgi_script.c, mod_tsgi_app.c: OK or the status of a response */

int mod_tsgi_find_script(mod_tsgi_ctx *ctx);
int mod_tsgi_find_app(mod_tsgi_ctx *ctx);
apr_status_t mod_tsgi_apps_init(apr_pool_t *pchild);
void mod_tsgi_import_scripts(apr_pool_t *pool, server_rec *main_server);

/* mod_tsgi_request.c */

void mod_tsgi_fill_view(mod_tsgi_ctx *ctx, tsgi_view *view);

/* mod_tsgi_params.c */

void mod_tsgi_fill_params(mod_tsgi_ctx *ctx, tsgi_view *view);

/* mod_tsgi_body.c: OK, or the status of a response; in a turn the rest is in ctx */

int mod_tsgi_body_prepare(mod_tsgi_ctx *ctx);
void mod_tsgi_body_turn(mod_tsgi_ctx *ctx);
void mod_tsgi_body_end(mod_tsgi_ctx *ctx, int status);
void mod_tsgi_body_fail(mod_tsgi_ctx *ctx, apr_status_t rv);

/* Hands over what there is.  APR_EAGAIN: it is more than wanted. */
apr_status_t mod_tsgi_body_send(mod_tsgi_ctx *ctx);

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

/* mod_tsgi_header.c: false is lack of memory */

int mod_tsgi_fill_header(request_rec *r, const tsgi_start *start);
int mod_tsgi_inform(request_rec *r, const tsgi_start *start);

/* A field of a view. */
static inline tsgi_bytes mod_tsgi_bytes(const char *text)
{
    tsgi_bytes bytes = {text, text == NULL ? 0 : strlen(text)};

    return bytes;
}

#endif
