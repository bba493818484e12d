/*
 * Waiting for the application, and meanwhile for the client: one that leaves or closes its half of
 * the connection is gone, as it is under nginx.
 */

#include "mod_tsgi.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <apr_poll.h>
#include <apr_portable.h>

/* Nothing can be polled that tells of a stream of HTTP/2 being reset: mod_http2 sets a flag. */
#define MOD_TSGI_STREAM_PERIOD apr_time_from_msec(500)

_Atomic(mod_tsgi_ctx *) mod_tsgi_asleep;

static pthread_t main_thread;

void mod_tsgi_wait_init(void)
{
    main_thread = pthread_self();
}

/* Limits of other modules on a slow body, those of mod_reqtimeout, show when it is read. */
#define MOD_TSGI_BODY_PERIOD apr_time_from_sec(1)

void mod_tsgi_eventfd_post(int fd)
{
    const uint64_t one = 1;

    while (write(fd, &one, sizeof(one)) == -1 && errno == EINTR) {
        continue;
    }
}

void mod_tsgi_eventfd_take(int fd)
{
    uint64_t count;

    while (read(fd, &count, sizeof(count)) == -1 && errno == EINTR) {
        continue;
    }
}

/* ---- what tells of the client ---- */

/* A stream has a pipe in which there is something when more of the body has come. */
static struct pollfd watch_stream(const mod_tsgi_ctx *ctx)
{
    struct pollfd set = {.fd = -1, .events = POLLIN};

#if AP_MODULE_MAGIC_AT_LEAST(20120211, 129)
    apr_pollfd_t client;

    if (ctx->body_deadline != 0 &&
        ap_get_pollfd_from_conn(ctx->request->connection, &client, NULL) == APR_SUCCESS &&
        client.desc_type == APR_POLL_FILE) {
        apr_os_file_get(&set.fd, client.desc.f);
    }
#else
    (void)ctx;
#endif

    return set;
}

/* Asked each time: an MPM that stops at once has closed the socket, and set it to -1. */
static struct pollfd watch_socket(const mod_tsgi_ctx *ctx)
{
    struct pollfd set = {.fd = -1, .events = POLLRDHUP};
    apr_socket_t *socket = ap_get_conn_socket(ctx->request->connection);

    if (socket != NULL) {
        apr_os_sock_get(&set.fd, socket);
    }

    if (ctx->body_deadline != 0) {
        set.events |= POLLIN;
    }

    return set;
}

/* ---- for how long ---- */

/* Milliseconds, rounded up; -1: for ever. */
static int bound(const mod_tsgi_ctx *ctx)
{
    apr_interval_time_t left = -1;

    /* Its port may have been made after the others were woken. */
    if (mod_tsgi_is_stopping()) {
        return 0;
    }

    if (ctx->body_deadline != 0) {
        left = ctx->body_deadline - mod_tsgi_now();

        if (left < 0) {
            left = 0;
        } else if (left > MOD_TSGI_BODY_PERIOD) {
            left = MOD_TSGI_BODY_PERIOD;
        }
    }

    apr_interval_time_t answer = mod_tsgi_timeout_left(ctx);

    if (answer >= 0 && (left < 0 || left > answer)) {
        left = answer;
    }

    if (ctx->request->connection->master != NULL && (left < 0 || left > MOD_TSGI_STREAM_PERIOD)) {
        left = MOD_TSGI_STREAM_PERIOD;
    }

    return left < 0 ? -1 : (int)apr_time_as_msec(left + 999);
}

static int is_late(const mod_tsgi_ctx *ctx)
{
    return ctx->body_deadline != 0 && mod_tsgi_now() >= ctx->body_deadline;
}

/* No longer than until the port is looked at without a wake: tsgi_host.lookout. */
static int sleep_bound(const mod_tsgi_ctx *ctx)
{
    int most = bound(ctx);

    return ctx->lookout > 0 && (most < 0 || most > ctx->lookout) ? ctx->lookout : most;
}

/* poll(), of which a signal handler can tell that it has interrupted nothing else. */
static int poll_asleep(mod_tsgi_ctx *ctx, struct pollfd *set, nfds_t count)
{
    const int is_main = pthread_equal(pthread_self(), main_thread);
    int found;

    if (is_main) {
        atomic_store(&mod_tsgi_asleep, ctx);
    }

    found = poll(set, count, sleep_bound(ctx));

    if (is_main) {
        atomic_store(&mod_tsgi_asleep, NULL); /* leaves errno alone */
    }

    return found;
}

apr_status_t mod_tsgi_wait(mod_tsgi_ctx *ctx)
{
    enum { WOKEN, CLIENT, COUNT };

    const int is_stream = ctx->request->connection->master != NULL;
    struct pollfd set[COUNT];
    int found;

    set[WOKEN] = (struct pollfd){.fd = ctx->port->wake_fd, .events = POLLIN};
    set[CLIENT] = is_stream ? watch_stream(ctx) : watch_socket(ctx);

    found = poll_asleep(ctx, set, COUNT);

    if (found == -1) {
        return errno == EINTR ? APR_SUCCESS : errno;
    }

    if (set[WOKEN].revents != 0) {
        mod_tsgi_eventfd_take(ctx->port->wake_fd);
    }

    if (found == 0 && ctx->lookout > 0 && ctx->lookout < MOD_TSGI_LOOKOUT_MOST) {
        ctx->lookout *= 2;
    }

    if (mod_tsgi_is_stopping() || ctx->request->connection->aborted ||
        (!is_stream && (set[CLIENT].revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0)) {
        ctx->gone = 1;
    }

    return found == 0 && is_late(ctx) ? APR_TIMEUP : APR_SUCCESS;
}
