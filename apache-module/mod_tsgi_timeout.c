/*
 * For how long a response is waited for:
 *
 *     TSGIQueueTimeout    until JavaScript takes the request.  Whether it has is asked when that
 *                         time is over.
 *     TSGIRequestTimeout  until the application begins its response, the wait for JavaScript
 *                         included.  The time starts anew with each piece of the request that it
 *                         is given, and stands still while it is the client who keeps it waiting.
 */

#include "mod_tsgi.h"

#include <time.h>

apr_interval_time_t mod_tsgi_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return apr_time_from_sec(now.tv_sec) + now.tv_nsec / 1000;
}

static apr_interval_time_t deadline_in(apr_interval_time_t timeout)
{
    return timeout == 0 ? 0 : mod_tsgi_now() + timeout;
}

void mod_tsgi_timeout_begin(mod_tsgi_ctx *ctx)
{
    ctx->queue_deadline = deadline_in(mod_tsgi_queue_timeout(ctx->conf));
    mod_tsgi_timeout_start(ctx);
}

void mod_tsgi_timeout_start(mod_tsgi_ctx *ctx)
{
    ctx->answer_deadline = deadline_in(mod_tsgi_request_timeout(ctx->conf));
}

/* Until then; -1: it is no deadline now. */
static apr_interval_time_t left_of(apr_interval_time_t deadline, int is_running)
{
    if (deadline == 0 || !is_running) {
        return -1;
    }

    apr_interval_time_t left = deadline - mod_tsgi_now();

    return left > 0 ? left : 0;
}

static apr_interval_time_t queue_left(const mod_tsgi_ctx *ctx)
{
    return left_of(ctx->queue_deadline, ctx->state == MOD_TSGI_IDLE);
}

static apr_interval_time_t answer_left(const mod_tsgi_ctx *ctx)
{
    return left_of(ctx->answer_deadline, ctx->state == MOD_TSGI_IDLE && ctx->body_deadline == 0);
}

apr_interval_time_t mod_tsgi_timeout_left(const mod_tsgi_ctx *ctx)
{
    apr_interval_time_t queue = queue_left(ctx);
    apr_interval_time_t answer = answer_left(ctx);

    return queue < 0 || (answer >= 0 && answer < queue) ? answer : queue;
}

/* JavaScript has not come to it in time, and never will; or it has, and is asked no more. */
static void end_queue(mod_tsgi_ctx *ctx)
{
    ctx->queue_deadline = 0;

    if (mod_tsgi_api->exchange_withdraw(ctx->exchange) == TSGI_OK) {
        ctx->exchange = NULL;
        mod_tsgi_finish(ctx, mod_tsgi_put_off(ctx->request), TSGI_ABORT_TIMEOUT);
    }
}

void mod_tsgi_timeout_turn(mod_tsgi_ctx *ctx)
{
    if (ctx->ended) {
        return;
    }

    if (queue_left(ctx) == 0) {
        end_queue(ctx);
    }

    if (answer_left(ctx) != 0) {
        return;
    }

    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, ctx->request,
                  MOD_TSGI_E_TIMEOUT "the application did not begin its response within "
                                     "%" APR_TIME_T_FMT " ms",
                  apr_time_as_msec(mod_tsgi_request_timeout(ctx->conf)));

    /* As if the application had failed with that status. */
    mod_tsgi_finish(ctx, HTTP_GATEWAY_TIME_OUT, TSGI_ABORT_TIMEOUT);
}
