/* The order table, against a second statement of it: every state with every message. */

#include "check.h"
#include "core/order.h"

typedef struct legal_step {
    tsgi_state from;
    tsgi_kind kind;
    tsgi_state to;
} legal_step;

/* clang-format off: a table */
static const legal_step legal[] = {
    {TSGI_NEW, TSGI_BEGIN, TSGI_OPEN},       {TSGI_OPEN, TSGI_BODY, TSGI_OPEN},
    {TSGI_OPEN, TSGI_BODY_END, TSGI_FED},    {TSGI_OPEN, TSGI_CREDIT, TSGI_OPEN},
    {TSGI_OPEN, TSGI_ABORT, TSGI_CUT},       {TSGI_FED, TSGI_CREDIT, TSGI_FED},
    {TSGI_FED, TSGI_ABORT, TSGI_CUT},        {TSGI_IDLE, TSGI_INFORM, TSGI_IDLE},
    {TSGI_IDLE, TSGI_START, TSGI_STARTED},   {TSGI_IDLE, TSGI_WANT, TSGI_IDLE},
    {TSGI_IDLE, TSGI_END, TSGI_OVER},        {TSGI_IDLE, TSGI_LOG, TSGI_IDLE},
    {TSGI_STARTED, TSGI_DATA, TSGI_STARTED}, {TSGI_STARTED, TSGI_FILE, TSGI_STARTED},
    {TSGI_STARTED, TSGI_WANT, TSGI_STARTED}, {TSGI_STARTED, TSGI_END, TSGI_OVER},
    {TSGI_STARTED, TSGI_LOG, TSGI_STARTED},  {TSGI_OVER, TSGI_LOG, TSGI_OVER},
};
/* clang-format on */

static tsgi_state expected(tsgi_state from, tsgi_kind kind)
{
    for (size_t i = 0; i < sizeof(legal) / sizeof(legal[0]); i++) {
        if (legal[i].from == from && legal[i].kind == kind) {
            return legal[i].to;
        }
    }

    return TSGI_ILLEGAL;
}

static void every_state_with_every_message(void)
{
    for (int from = 0; from < TSGI_STATES; from++) {
        for (int kind = 0; kind < TSGI_KINDS; kind++) {
            tsgi_state next = tsgi_order_next((tsgi_state)from, (tsgi_kind)kind);

            if (next != expected((tsgi_state)from, (tsgi_kind)kind)) {
                fprintf(stderr, "in state %s, %s:\n", tsgi_state_name((tsgi_state)from),
                        tsgi_kind_name((tsgi_kind)kind));
            }

            CHECK_INT(next, expected((tsgi_state)from, (tsgi_kind)kind));
        }
    }
}

static void nothing_but_log_follows_an_end(void)
{
    for (int kind = 0; kind < TSGI_KINDS; kind++) {
        CHECK_INT(tsgi_order_next(TSGI_CUT, (tsgi_kind)kind), TSGI_ILLEGAL);

        if (kind != TSGI_LOG) {
            CHECK_INT(tsgi_order_next(TSGI_OVER, (tsgi_kind)kind), TSGI_ILLEGAL);
        }
    }
}

int main(void)
{
    RUN(every_state_with_every_message);
    RUN(nothing_but_log_follows_an_end);

    return check_result();
}
