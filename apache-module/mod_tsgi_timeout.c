/*
 * "TSGIRequestTimeout": how long the application may take to begin its response.  The time starts
 * anew with each piece of the request that it is given, and stands still while it is the client
 * who keeps it waiting.
 */

#include "mod_tsgi.h"

#include <time.h>

apr_interval_time_t mod_tsgi_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    return apr_time_from_sec(now.tv_sec) + now.tv_nsec / 1000;
}

void mod_tsgi_timeout_start(mod_tsgi_ctx *ctx)
{
    apr_interval_time_t timeout = mod_tsgi_request_timeout(ctx->conf);

    ctx->answer_deadline = timeout == 0 ? 0 : mod_tsgi_now() + timeout;
}

static int is_running(const mod_tsgi_ctx *ctx)
{
    return ctx->answer_deadline != 0 && ctx->state == MOD_TSGI_IDLE && ctx->body_deadline == 0;
}

apr_interval_time_t mod_tsgi_timeout_left(const mod_tsgi_ctx *ctx)
{
    if (!is_running(ctx)) {
        return -1;
    }

    apr_interval_time_t left = ctx->answer_deadline - mod_tsgi_now();

    return left > 0 ? left : 0;
}

/* As if the application had failed with that status. */
void mod_tsgi_timeout_turn(mod_tsgi_ctx *ctx)
{
    if (ctx->ended || mod_tsgi_timeout_left(ctx) != 0) {
        return;
    }

    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, ctx->request,
                  MOD_TSGI_E_TIMEOUT "the application did not begin its response within "
                                     "%" APR_TIME_T_FMT " ms",
                  apr_time_as_msec(mod_tsgi_request_timeout(ctx->conf)));

    mod_tsgi_finish(ctx, HTTP_GATEWAY_TIME_OUT, TSGI_ABORT_TIMEOUT);
}
