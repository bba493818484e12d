/*
 * libtsgi as a host sees it: one symbol, one table of functions.
 *
 *     const tsgi_api *api = ((tsgi_api_get_fn) dlsym(lib, TSGI_API_SYMBOL))(TSGI_ABI_VERSION);
 *
 * NULL means that the library does not speak this version.  The library is opened after the
 * last fork, by RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE, and never closed.
 *
 * Life of the things behind the table:
 *
 *     runtime    made by runtime_start, one a process; ended by runtime_stop
 *     port       made by port_open, one a host thread; closed by port_close or with the runtime
 *     group      made by group_open, a set of isolates with one process.env; lives as long
 *                as the runtime
 *     app        made by app_open, one callable of one script in a group; lives as long as
 *                the runtime
 *     exchange   made by exchange_begin; for the host it ends when `deliver` has returned
 *                from END or when exchange_abort has returned, whichever comes first
 *
 * "Host thread" below is the thread of the port concerned.  Nothing here blocks but
 * runtime_stop, which is bounded.  Structs begin with their size, so that either side can
 * be the older one.
 */

#ifndef TSGI_API_H
#define TSGI_API_H

#include <stdint.h>

#include "tsgi/bytes.h"
#include "tsgi/host.h"
#include "tsgi/message.h"
#include "tsgi/status.h"
#include "tsgi/view.h"

#define TSGI_ABI_VERSION 1
#define TSGI_API_SYMBOL "tsgi_api_get"

/* Megabytes that an isolate takes, about, before its applications take any: what a host tells the
 * administrator, who plans by it. */
#define TSGI_ISOLATE_MB 45

/* Seconds: the Retry-After of a request that was refused because JavaScript did not come to it.  By
 * then a stuck isolate has been replaced, as far as tsgi_stall_timeout is what it usually is. */
#define TSGI_RETRY_AFTER 10

typedef struct tsgi_runtime tsgi_runtime;
typedef struct tsgi_port tsgi_port;
typedef struct tsgi_group tsgi_group;
typedef struct tsgi_app tsgi_app;

enum {
    TSGI_HOST_MULTIPROCESS = 1u << 0, /* other processes serve the same applications */
    TSGI_HOST_EARLY_HINTS = 1u << 1,  /* the host can send 103 */
    TSGI_HOST_SENDFILE = 1u << 2,     /* the host takes FILE */
    TSGI_HOST_INLINE = 1u << 3        /* a host thread may run JavaScript inside port_flush */
};

typedef struct tsgi_runtime_options {
    uint32_t struct_size;
    uint32_t flags;                  /* TSGI_HOST_* */
    const char *host_name;           /* "nginx/1.22.1", for process.title and messages */
    const char *const *node_options; /* NULL-terminated, V8 and Node options; may be NULL */
    const tsgi_host *host;           /* for alarms, which have no port; outlives the runtime */
    void *port_data;                 /* given to them */
    uint32_t max_groups;             /* tsgi_max_applications; 0 is no limit */
    uint32_t nice; /* tsgi_nice: steps by which threads of JavaScript are nicer than the process */
} tsgi_runtime_options;

typedef struct tsgi_variable { /* NUL-terminated; borrowed for the call */
    const char *name;
    const char *value;
} tsgi_variable;

typedef struct tsgi_group_options {
    uint32_t struct_size;
    uint32_t threads;         /* isolates, at least 1 */
    const char *name;         /* unique in the process */
    const char *module_path;  /* ':'-separated folders searched for bare specifiers; or NULL */
    const tsgi_variable *env; /* the whole of the group's process.env */
    uint32_t env_count;
    uint32_t stall_timeout; /* tsgi_stall_timeout in milliseconds; 0: none */
    uint64_t memory_limit;  /* tsgi_memory_limit: bytes of one isolate; 0: none but V8's */
    uint32_t queue_size;    /* tsgi_queue_size: exchanges that wait for JavaScript; 0: any number */
    uint32_t startup_timeout; /* tsgi_startup_timeout in milliseconds; 0: none */

    /* When another isolate takes the place of one.  Times in milliseconds; 0: never. */
    uint32_t reload;           /* not 0: when a file that it was made of has changed */
    uint64_t graceful_timeout; /* how long the one before may take to end what it has begun */
    uint64_t max_requests;
    uint64_t max_requests_jitter; /* as many more at most, by chance */
    uint64_t max_age;
    uint64_t idle_timeout; /* without a request for so long there is none */
} tsgi_group_options;

enum {
    TSGI_APP_PRELOAD = 1u << 0 /* load when the isolate starts, not at the first request */
};

typedef struct tsgi_app_options {
    uint32_t struct_size;
    uint32_t flags;        /* TSGI_APP_* */
    const char *script;    /* absolute path of the file */
    const char *callable;  /* export to call; NULL: "application", else the default export */
    const char *interface; /* "auto" or "tsgi" */
    void *log_target;      /* the host's: where records outside any request go */
    uint32_t window;       /* tsgi_buffer_size: credit in bytes, per direction */
    uint64_t write_limit;  /* tsgi_write_limit: bytes write() may hold back */
    const char *warmup;    /* tsgi_warmup: target of a request made when it has started; or NULL */
    const char *mount;     /* for that request; NULL: the root */
} tsgi_app_options;

typedef enum tsgi_abort {
    TSGI_ABORT_CLIENT = 1, /* the client went away, or can no longer be answered */
    TSGI_ABORT_TIMEOUT = 2,
    TSGI_ABORT_STOP = 3 /* the host is stopping */
} tsgi_abort;

typedef struct tsgi_api {
    uint32_t struct_size;
    uint32_t abi_version;

    /* Main thread of the process, after the last fork, before any other thread that runs
     * JavaScript exists.  On failure *message (static or owned by the library) is one
     * sentence for the log, and the host answers 503 from then on. */
    tsgi_status (*runtime_start)(const tsgi_runtime_options *options, tsgi_runtime **runtime,
                                 const char **message);

    /* Host thread.  No exchange is begun any more; live ones go on. */
    void (*runtime_drain)(tsgi_runtime *runtime);

    /* Any one thread, once.  Calls close() of the applications, ends their threads and waits at
     * most `timeout_ms` for them, and one second more where some had to be interrupted.  What
     * they logged meanwhile waits on the ports, which are drained and closed as ever.  A thread
     * that has not ended by then has the process leave without its exit handlers. */
    void (*runtime_stop)(tsgi_runtime *runtime, uint32_t timeout_ms);

    /* Any thread: exchanges that have not been ended by END or ABORT. */
    uint32_t (*runtime_live)(tsgi_runtime *runtime);

    /* Any thread, which becomes the port's host thread; it may pass that role on to another, by
     * whatever orders what the two do.  The table is copied; port_data must outlive the port.  The
     * first port of a runtime is also given the records that belong to no exchange, or to one
     * that has ended for the host.  NULL: out of memory. */
    tsgi_port *(*port_open)(tsgi_runtime *runtime, const tsgi_host *host, void *port_data);

    /* Host thread.  Delivers at most `max` messages.  Returns how many it delivered; when
     * that is `max` more may be waiting and the host calls again on its next turn, without
     * a wake. */
    uint32_t (*port_drain)(tsgi_port *port, uint32_t max);

    /* Host thread.  Wakes the isolates that were sent to since the last call; only for a host with
     * `defer`, and harmless when there are none.  With TSGI_HOST_INLINE it runs, here, the turn of
     * an isolate whose own thread sleeps.  Not 0: the host drains the port before it sleeps, as
     * what was sent to it has made no wake. */
    uint32_t (*port_flush)(tsgi_port *port);

    /* Host thread.  All exchanges of the port have ended. */
    void (*port_close)(tsgi_port *port);

    /* Host thread.  Finds the group of that name or makes it; options of an existing one
     * are not compared.  Isolates start when an app with TSGI_APP_PRELOAD is opened, else
     * at the first exchange.  TSGI_UNAVAILABLE: max_groups is reached. */
    tsgi_status (*group_open)(tsgi_runtime *runtime, const tsgi_group_options *options,
                              tsgi_group **group);

    /* Host thread.  Finds the app with that script, callable and interface or makes it. */
    tsgi_status (*app_open)(tsgi_group *group, const tsgi_app_options *options, tsgi_app **app);

    /* Host thread.  Copies the view and sends BEGIN.  TSGI_NOT_MOUNTED, TSGI_UNAVAILABLE,
     * TSGI_NO_MEMORY and TSGI_FULL leave no exchange behind; of the last the runtime tells the log.
     * `request` comes back in `deliver`. */
    tsgi_status (*exchange_begin)(tsgi_port *port, tsgi_app *app, const tsgi_view *view,
                                  void *request, tsgi_exchange **exchange);

    /* Host thread.  Bytes of BODY the runtime takes at this moment: the window at first (0
     * with TSGI_VIEW_BODY_LATER), less what was sent, plus what each WANT allowed. */
    uint64_t (*exchange_wanted)(const tsgi_exchange *exchange);

    /* Host thread.  Sends BODY; the bytes are copied.  TSGI_AGAIN: more than wanted. */
    tsgi_status (*exchange_body)(tsgi_exchange *exchange, const char *data, size_t size);

    /* Host thread.  Sends BODY as a piece of an open file, not counted against the window.
     * The descriptor is duplicated: the host's stays the host's. */
    tsgi_status (*exchange_body_file)(tsgi_exchange *exchange, int fd, uint64_t offset,
                                      uint64_t size);

    /* Host thread.  Sends BODY_END.  Status 0 is the end of the body; 413 a body over the
     * limit, 400 a malformed one, 408 one that stopped arriving: reads reject with it. */
    tsgi_status (*exchange_body_end)(tsgi_exchange *exchange, uint16_t status);

    /* Host thread.  Sends CREDIT: DATA and FILE messages of that cost have left. */
    void (*exchange_credit)(tsgi_exchange *exchange, uint64_t cost);

    /* Host thread.  Sends ABORT and cuts: the exchange is gone for the host.  One that JavaScript
     * has not taken yet never begins there. */
    void (*exchange_abort)(tsgi_exchange *exchange, tsgi_abort reason);

    /* Host thread.  Frees a DATA or FILE message. */
    void (*message_release)(tsgi_message *message);

    /* Host thread.  The exchange has waited for JavaScript for as long as it may: aborts it if it
     * still waits, and tells the log.  TSGI_ORDER: JavaScript has taken it, nothing was done. */
    tsgi_status (*exchange_withdraw)(tsgi_exchange *exchange);
} tsgi_api;

typedef const tsgi_api *(*tsgi_api_get_fn)(uint32_t abi_version);

#endif
