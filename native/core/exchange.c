#include "exchange.h"

#include <stdlib.h>

void tsgi_exchange_ref(tsgi_exchange *exchange)
{
    atomic_fetch_add_explicit(&exchange->refs, 1, memory_order_relaxed);
}

void tsgi_exchange_unref(tsgi_exchange *exchange)
{
    if (atomic_fetch_sub_explicit(&exchange->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }

    tsgi_port_unref(exchange->host_port);
    tsgi_port_unref(exchange->app_port);
    free(exchange);
}
