#include "tenure.h"

void tsgi_tenure_init(tsgi_tenure *tenure)
{
    atomic_init(&tenure->state, TSGI_TENURE_AWAY);
}

bool tsgi_tenure_enter(tsgi_tenure *tenure)
{
    unsigned state = TSGI_TENURE_AWAY;

    return atomic_compare_exchange_strong_explicit(&tenure->state, &state, TSGI_TENURE_PRESENT,
                                                   memory_order_acquire, memory_order_relaxed);
}

/* Nobody else writes while the thread is present. */
void tsgi_tenure_leave(tsgi_tenure *tenure)
{
    atomic_store_explicit(&tenure->state, TSGI_TENURE_AWAY, memory_order_release);
}

bool tsgi_tenure_revoke(tsgi_tenure *tenure)
{
    unsigned state = TSGI_TENURE_AWAY;

    return atomic_compare_exchange_strong_explicit(&tenure->state, &state, TSGI_TENURE_LOST,
                                                   memory_order_acquire, memory_order_relaxed);
}

bool tsgi_tenure_is_lost(const tsgi_tenure *tenure)
{
    return atomic_load_explicit(&tenure->state, memory_order_acquire) == TSGI_TENURE_LOST;
}
