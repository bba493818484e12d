#include "order.h"

/* A state that follows is stored plus one, so that an entry left out means illegal. */
#define GOES_TO(state) ((state) + 1)

static const uint8_t order[TSGI_STATES][TSGI_KINDS] = {
    [TSGI_NEW] = {[TSGI_BEGIN] = GOES_TO(TSGI_OPEN)},

    [TSGI_OPEN] = {[TSGI_BODY] = GOES_TO(TSGI_OPEN),
                   [TSGI_BODY_END] = GOES_TO(TSGI_FED),
                   [TSGI_CREDIT] = GOES_TO(TSGI_OPEN),
                   [TSGI_ABORT] = GOES_TO(TSGI_CUT)},

    [TSGI_FED] = {[TSGI_CREDIT] = GOES_TO(TSGI_FED), [TSGI_ABORT] = GOES_TO(TSGI_CUT)},

    [TSGI_IDLE] = {[TSGI_INFORM] = GOES_TO(TSGI_IDLE),
                   [TSGI_START] = GOES_TO(TSGI_STARTED),
                   [TSGI_END] = GOES_TO(TSGI_OVER),
                   [TSGI_WANT] = GOES_TO(TSGI_IDLE),
                   [TSGI_LOG] = GOES_TO(TSGI_IDLE)},

    [TSGI_STARTED] = {[TSGI_DATA] = GOES_TO(TSGI_STARTED),
                      [TSGI_FILE] = GOES_TO(TSGI_STARTED),
                      [TSGI_END] = GOES_TO(TSGI_OVER),
                      [TSGI_WANT] = GOES_TO(TSGI_STARTED),
                      [TSGI_LOG] = GOES_TO(TSGI_STARTED)},

    [TSGI_OVER] = {[TSGI_LOG] = GOES_TO(TSGI_OVER)},
};

tsgi_state tsgi_order_next(tsgi_state state, tsgi_kind kind)
{
    uint8_t next = order[state][kind];

    return next == 0 ? TSGI_ILLEGAL : (tsgi_state)(next - 1);
}

const char *tsgi_kind_name(tsgi_kind kind)
{
    static const char *const names[TSGI_KINDS] = {
        [TSGI_BEGIN] = "BEGIN",   [TSGI_BODY] = "BODY",   [TSGI_BODY_END] = "BODY_END",
        [TSGI_CREDIT] = "CREDIT", [TSGI_ABORT] = "ABORT", [TSGI_INFORM] = "INFORM",
        [TSGI_START] = "START",   [TSGI_DATA] = "DATA",   [TSGI_FILE] = "FILE",
        [TSGI_END] = "END",       [TSGI_WANT] = "WANT",   [TSGI_LOG] = "LOG",
    };

    return names[kind];
}

const char *tsgi_state_name(tsgi_state state)
{
    static const char *const names[TSGI_STATES] = {
        [TSGI_NEW] = "new",   [TSGI_OPEN] = "open",       [TSGI_FED] = "fed",   [TSGI_CUT] = "cut",
        [TSGI_IDLE] = "idle", [TSGI_STARTED] = "started", [TSGI_OVER] = "over",
    };

    return names[state];
}
