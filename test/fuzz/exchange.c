/*
 * Two exchanges, and host and runtime doing to them whatever the bytes say, in whatever order: of each
 * two bytes one names a call, the other the exchange and an argument.  Both keep to what the ABI asks of
 * them and to nothing more: the host forgets an exchange with END or ABORT, the runtime with its own
 * END or a received ABORT.
 *
 * Whatever they do: each exchange ends for its host with one END or one ABORT; what is under way
 * stays within the window; and when both have gone nothing is live and nothing is left.
 */

#include <fcntl.h>

#include "fixture.h"
#include "input.h"

enum { EXCHANGES = 2, WINDOW = 1024, STEPS = 400 };

/* One exchange from both sides. */
typedef struct lane {
    tsgi_exchange *host;    /* NULL: over for the host */
    tsgi_exchange *runtime; /* NULL: not yet seen, or over for the runtime */
    bool begun;
    int endings; /* END delivered or ABORT sent */
    int heads;
    bool abort_in_deliver;
    uint64_t held, owed; /* cost of DATA and FILE the host has; of those it has done with */
    tsgi_message *messages;
} lane;

static fixture f;
static lane lanes[EXCHANGES];
static int null_device = -1;
static bool flush_due;

/* ---- the host ---- */

static void abort_exchange(lane *lane, tsgi_abort reason)
{
    tsgi_exchange *exchange = lane->host;

    lane->host = NULL;
    lane->endings++;
    tsgi_exchange_abort(exchange, reason);
}

static void on_deliver(void *data, void *request, tsgi_message *message)
{
    lane *lane = request;

    (void)data;
    MUST(lane->host != NULL && lane->endings == 0);

    switch ((tsgi_kind)message->kind) {
    case TSGI_START:
        MUST(lane->heads++ == 0);
        break;
    case TSGI_DATA:
    case TSGI_FILE:
        MUST(lane->heads == 1);
        lane->held += message->kind == TSGI_DATA ? message->u.data.cost : message->u.file.cost;
        MUST(lane->held <= WINDOW + TSGI_MESSAGE_COST);
        message->next = lane->messages;
        lane->messages = message;
        break;
    case TSGI_END:
        MUST(message->u.end.status != 0 || lane->heads == 1);
        lane->endings++;
        lane->host = NULL;
        return;
    case TSGI_INFORM:
        MUST(lane->heads == 0);
        break;
    case TSGI_WANT:
        break;
    default:
        MUST(!"a message that no host is sent");
    }

    if (lane->abort_in_deliver) {
        abort_exchange(lane, TSGI_ABORT_CLIENT);
    }
}

static void on_defer(void *data)
{
    (void)data;
    MUST(!flush_due);
    flush_due = true;
}

static void flush(void)
{
    if (flush_due) {
        flush_due = false;
        tsgi_port_flush(f.port);
    }
}

static const tsgi_host host = {.struct_size = sizeof(tsgi_host),
                               .wake = fixture_wake,
                               .deliver = on_deliver,
                               .log = fixture_log,
                               .alarm = fixture_alarm,
                               .defer = on_defer};

static void begin(lane *lane, uint32_t flags)
{
    tsgi_view view = fixture_view();

    if (lane->begun) {
        return;
    }

    view.flags = flags;
    MUST(tsgi_exchange_begin(f.port, f.app, &view, lane, &lane->host) == TSGI_OK);
    lane->begun = true;
}

static void give_back(lane *lane)
{
    while (lane->messages != NULL) {
        tsgi_message *message = lane->messages;
        uint64_t cost = message->kind == TSGI_DATA ? message->u.data.cost : message->u.file.cost;

        lane->messages = message->next;
        lane->owed += cost;
        lane->held -= cost;
        tsgi_message_done(message);
    }
}

static void host_step(lane *lane, unsigned call, unsigned argument)
{
    static const char bytes[WINDOW];

    if (call == 0) {
        begin(lane,
              (argument & 1 ? TSGI_VIEW_HEAD : 0) | (argument & 2 ? TSGI_VIEW_BODY_LATER : 0));
        return;
    }

    if (call == 1) {
        tsgi_exchange_drain(f.port, argument + 1);
        flush();
        return;
    }

    if (call == 2) {
        give_back(lane); /* even after the end */
    }

    if (lane->host == NULL) {
        return;
    }

    switch (call) {
    case 2:
        tsgi_exchange_credit(lane->host, lane->owed);
        lane->owed = 0;
        break;
    case 3: {
        uint64_t wanted = tsgi_exchange_wanted(lane->host);
        size_t size = argument * 64;
        tsgi_status status = tsgi_exchange_body(lane->host, bytes, size);

        MUST(status == TSGI_OK || status == TSGI_ORDER || (status == TSGI_AGAIN && size > wanted));
        break;
    }
    case 4:
        tsgi_exchange_body_file(lane->host, argument == 7 ? -1 : null_device, argument, argument);
        break;
    case 5:
        tsgi_exchange_body_end(lane->host, argument == 7 ? 413 : 0);
        break;
    case 6:
        abort_exchange(lane, argument & 1 ? TSGI_ABORT_CLIENT : TSGI_ABORT_TIMEOUT);
        break;
    default:
        lane->abort_in_deliver = argument == 7;
    }
}

/* ---- the runtime ---- */

/* What an answer says about this half: after an end it must not be used. */
static void note(lane *lane, tsgi_status status, bool ends)
{
    MUST(status != TSGI_EXPIRED);

    if (ends && status == TSGI_OK) {
        lane->runtime = NULL;
    }
}

static void receive(void)
{
    tsgi_message *message = tsgi_port_next(f.group->ports[0]);

    if (message == NULL) {
        return;
    }

    tsgi_exchange *exchange = message->exchange;
    lane *lane = NULL;

    for (int i = 0; i < EXCHANGES; i++) {
        if (lanes[i].runtime == exchange) {
            lane = &lanes[i];
        }
    }

    switch ((tsgi_kind)message->kind) {
    case TSGI_BEGIN:
        MUST(lane == NULL);

        /* Which of the two it is only the host knows; any that is free will do. */
        for (int i = 0; i < EXCHANGES && lane == NULL; i++) {
            if (lanes[i].runtime == NULL && lanes[i].begun && exchange->reader == NULL) {
                lane = &lanes[i];
            }
        }

        MUST(lane != NULL);
        lane->runtime = exchange;
        exchange->reader = lane;
        break;
    case TSGI_CREDIT:
        if (lane != NULL) {
            tsgi_exchange_take_credit(exchange);
        }

        break;
    case TSGI_ABORT:
        tsgi_exchange_cut(exchange);

        if (lane != NULL) {
            lane->runtime = NULL;
        }

        break;
    case TSGI_BODY:
    case TSGI_BODY_END:
        break;
    default:
        MUST(!"a message that no runtime is sent");
    }

    tsgi_message_done(message);
}

static void send_data(lane *lane, unsigned argument)
{
    tsgi_exchange *exchange = lane->runtime;
    uint64_t room = tsgi_exchange_room(exchange);
    uint32_t size = 1 + argument * 40;

    if (size <= room ||
        argument == 7) { /* or more than there is room for, as only bad code would */
        size = size <= room ? size : room > 0 ? (uint32_t)room : 1;

        if (room > 0) {
            note(lane,
                 tsgi_exchange_data(exchange, tsgi_message_new_data(exchange, TSGI_DATA, size)),
                 false);
        }
    }
}

static void runtime_step(lane *lane, unsigned call, unsigned argument)
{
    uint32_t cuts[] = {2};
    tsgi_head head = {(uint16_t)(argument == 7   ? 204
                                 : argument == 6 ? 304
                                                 : 200),
                      "OK", 2, cuts, 0};
    int64_t length = argument < 4 ? -1 : argument * 100;
    tsgi_exchange *exchange = lane->runtime;

    if (call == 0) {
        receive();
        return;
    }

    if (exchange == NULL) {
        return;
    }

    switch (call) {
    case 1:
        note(lane, tsgi_exchange_start(exchange, &head, length), false);
        break;
    case 2:
        send_data(lane, argument);
        break;
    case 3:
        note(lane, tsgi_exchange_file(exchange, null_device, argument, argument * 1000), false);
        break;
    case 4:
        note(lane, tsgi_exchange_end(exchange, argument < 6 ? 0 : 500), true);
        break;
    case 5: {
        tsgi_message *data =
            argument == 0 ? NULL : tsgi_message_new_data(exchange, TSGI_DATA, argument * 20);

        note(lane, tsgi_exchange_respond(exchange, &head, length, data), true);
        break;
    }
    case 6:
        note(lane, tsgi_exchange_want(exchange, argument * 100), false);
        break;
    default:
        if (argument == 0) {
            head.status = 103;
            note(lane, tsgi_exchange_inform(exchange, &head), false);
        } else {
            tsgi_log(f.runtime, exchange, NULL, TSGI_LEVEL_INFO, 0, "line", 4);
        }
    }
}

/* ---- the whole ---- */

static void leave(void)
{
    for (int i = 0; i < EXCHANGES; i++) {
        if (lanes[i].host != NULL) {
            lanes[i].abort_in_deliver = false;
            abort_exchange(&lanes[i], TSGI_ABORT_STOP);
        }
    }

    flush();

    for (tsgi_message *message; (message = tsgi_port_next(f.group->ports[0])) != NULL;) {
        if (message->kind == TSGI_ABORT) {
            tsgi_exchange_cut(message->exchange);
        }

        tsgi_message_done(message);
    }

    fixture_drain(&f);

    for (int i = 0; i < EXCHANGES; i++) {
        MUST(lanes[i].endings == lanes[i].begun);
        give_back(&lanes[i]);
    }

    MUST(atomic_load(&f.group->ports[0]->live) == 0);
    MUST(atomic_load(&f.group->ports[0]->refs) == 1);
    MUST(atomic_load(&f.port->refs) == 2); /* the host's, and the runtime's for records */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (null_device == -1) {
        null_device = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }

    memset(lanes, 0, sizeof(lanes));
    fixture_open(&f, WINDOW, 1);
    tsgi_runtime_port_close(f.port);
    f.port = tsgi_runtime_port_open(f.runtime, &host, &f);

    for (size_t i = 0; i + 1 < size && i < 2 * STEPS; i += 2) {
        lane *lane = &lanes[data[i + 1] & 1];
        unsigned argument = (data[i + 1] >> 1) & 7;

        if (data[i] & 8) {
            runtime_step(lane, data[i] & 7, argument);
        } else {
            host_step(lane, data[i] & 7, argument);
        }
    }

    leave();
    fixture_close(&f);
    MUST(atomic_load(&check_failures) == 0);

    return 0;
}
