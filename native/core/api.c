#include "api.h"

#include "exchange.h"
#include "message.h"
#include "runtime.h"

static void runtime_drain(tsgi_runtime *runtime)
{
    atomic_store(&runtime->draining, true);
}

static uint32_t runtime_live(tsgi_runtime *runtime)
{
    return atomic_load(&runtime->live);
}

tsgi_api tsgi_api_make(void)
{
    return (tsgi_api){
        .struct_size = sizeof(tsgi_api),
        .abi_version = TSGI_ABI_VERSION,
        .runtime_drain = runtime_drain,
        .runtime_live = runtime_live,
        .port_open = tsgi_runtime_port_open,
        .port_drain = tsgi_exchange_drain,
        .port_flush = tsgi_port_flush,
        .port_close = tsgi_runtime_port_close,
        .group_open = tsgi_group_open,
        .app_open = tsgi_app_open,
        .exchange_begin = tsgi_exchange_begin,
        .exchange_wanted = tsgi_exchange_wanted,
        .exchange_body = tsgi_exchange_body,
        .exchange_body_file = tsgi_exchange_body_file,
        .exchange_body_end = tsgi_exchange_body_end,
        .exchange_credit = tsgi_exchange_credit,
        .exchange_abort = tsgi_exchange_abort,
        .message_release = tsgi_message_done,
        .exchange_withdraw = tsgi_exchange_withdraw,
    };
}
