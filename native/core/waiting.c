#include "waiting.h"

void tsgi_waiting_init(tsgi_waiting *waiting, uint32_t most)
{
    waiting->most = most;
    atomic_init(&waiting->count, 0);
}

/* Not added first and looked at then: of two that come for the last place one would be refused
 * because of the other, which is refused too. */
bool tsgi_waiting_enter(tsgi_waiting *waiting)
{
    unsigned count = atomic_load_explicit(&waiting->count, memory_order_relaxed);

    do {
        if (waiting->most > 0 && count >= waiting->most) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&waiting->count, &count, count + 1,
                                                    memory_order_relaxed, memory_order_relaxed));

    return true;
}

void tsgi_waiting_leave(tsgi_waiting *waiting)
{
    atomic_fetch_sub_explicit(&waiting->count, 1, memory_order_relaxed);
}

/* False: *claim was decided before; *before says how. */
static bool decide(tsgi_waiting *waiting, atomic_uint *claim, tsgi_claim wanted, unsigned *before)
{
    *before = TSGI_CLAIM_WAITING;

    if (!atomic_compare_exchange_strong_explicit(claim, before, wanted, memory_order_acq_rel,
                                                 memory_order_acquire)) {
        return false;
    }

    tsgi_waiting_leave(waiting);

    return true;
}

bool tsgi_waiting_take(tsgi_waiting *waiting, atomic_uint *claim)
{
    unsigned before;

    return decide(waiting, claim, TSGI_CLAIM_TAKEN, &before) || before == TSGI_CLAIM_TAKEN;
}

bool tsgi_waiting_withdraw(tsgi_waiting *waiting, atomic_uint *claim)
{
    unsigned before;

    return decide(waiting, claim, TSGI_CLAIM_WITHDRAWN, &before);
}
