/*
 * An ABORT at every boundary: whatever the order table allows host and runtime to send, in every
 * sequence of so many messages, is sent; then the host aborts, in every way it can.  Nothing here says
 * which sequences there are: tsgi_order_next does.
 */

#include <fcntl.h>

#include "fixture.h"

enum { LENGTH = 5, WINDOW = 1000 };

/* How the end comes. */
typedef enum ending {
    UNSEEN,     /* nobody has received anything yet */
    RECEIVED,   /* the runtime has received what it was sent, the host nothing */
    DELIVERED,  /* both have */
    IN_DELIVER, /* the host aborts while it is given the next message, if there is one */
    NONE,       /* no ABORT: the runtime ends it, unless it has */
    ENDINGS
} ending;

static int null_device;
static unsigned sequences;

static void send_head(tsgi_exchange *exchange, tsgi_kind kind)
{
    uint32_t cuts[] = {2};
    tsgi_head head = {kind == TSGI_START ? 200 : 103, "OK", 2, cuts, 0};

    CHECK_INT(kind == TSGI_START ? tsgi_exchange_start(exchange, &head, -1)
                                 : tsgi_exchange_inform(exchange, &head),
              TSGI_OK);
}

static void send(tsgi_exchange *exchange, tsgi_kind kind)
{
    switch (kind) {
    case TSGI_BODY:
        CHECK_INT(tsgi_exchange_body(exchange, "x", 1), TSGI_OK);
        break;
    case TSGI_BODY_END:
        CHECK_INT(tsgi_exchange_body_end(exchange, 0), TSGI_OK);
        break;
    case TSGI_CREDIT:
        tsgi_exchange_credit(exchange, WINDOW);
        break;
    case TSGI_INFORM:
    case TSGI_START:
        send_head(exchange, kind);
        break;
    case TSGI_DATA:
        CHECK_INT(fixture_data(exchange, 1), TSGI_OK);
        break;
    case TSGI_FILE:
        CHECK_INT(tsgi_exchange_file(exchange, null_device, 0, 1), TSGI_OK);
        break;
    case TSGI_END:
        CHECK_INT(tsgi_exchange_end(exchange, exchange->app_state == TSGI_IDLE ? 500 : 0), TSGI_OK);
        break;
    case TSGI_WANT:
        CHECK_INT(tsgi_exchange_want(exchange, 1), TSGI_OK);
        break;
    case TSGI_LOG:
        tsgi_log(exchange->runtime, exchange, NULL, TSGI_LEVEL_INFO, 0, "line", 4);
        break;
    default:
        CHECK(!"a message that begins or aborts");
    }
}

/* The runtime takes what there is, as the bridge does. */
static void receive_all(fixture *f)
{
    for (tsgi_message *message; (message = tsgi_port_next(f->group->ports[0])) != NULL;) {
        tsgi_exchange *exchange = message->exchange;
        tsgi_kind kind = (tsgi_kind)message->kind;

        tsgi_exchange_ref(exchange);
        tsgi_message_done(message);

        if (kind == TSGI_ABORT) {
            tsgi_exchange_cut(exchange);
        } else if (kind == TSGI_CREDIT && exchange->app_state != TSGI_OVER) {
            tsgi_exchange_take_credit(exchange);
        }

        tsgi_exchange_unref(exchange);
    }
}

static void end(fixture *f, fixture_request *request, tsgi_exchange *exchange, ending ending)
{
    if (ending == RECEIVED || ending == DELIVERED) {
        receive_all(f);
    }

    if (ending == DELIVERED) {
        fixture_drain(f);
    }

    if (ending == IN_DELIVER) {
        request->abort_in_deliver = exchange;
        fixture_drain(f);
        request->abort_in_deliver = NULL;
    }

    if (ending == NONE && exchange->app_state != TSGI_OVER) {
        CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
        fixture_drain(f);
    }

    /* END was delivered: the exchange is over for the host. */
    if (exchange->request != NULL && ending != NONE) {
        tsgi_exchange_abort(exchange, TSGI_ABORT_CLIENT);
    }
}

static void run(const tsgi_kind *kinds, int count, ending ending)
{
    fixture f;
    fixture_request request;

    fixture_open(&f, WINDOW, 1);
    f.hold = true;

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);

    tsgi_exchange_ref(exchange);

    for (int i = 0; i < count; i++) {
        send(exchange, kinds[i]);
    }

    end(&f, &request, exchange, ending);
    receive_all(&f);
    fixture_drain(&f);
    CHECK(request.ends <= 1);
    CHECK(exchange->request == NULL && exchange->app_state == TSGI_OVER);
    CHECK_INT(atomic_load(&f.runtime->live), 0);
    CHECK_INT(atomic_load(&f.group->ports[0]->live), 0);
    fixture_release(&request);
    CHECK_INT(atomic_load(&exchange->refs), 1); /* ours */
    tsgi_exchange_unref(exchange);
    fixture_close(&f);
    sequences++;
}

/* Every way to go on from these states. */
static void extend(tsgi_kind *kinds, int count, tsgi_state host, tsgi_state app)
{
    for (int ending = 0; ending < ENDINGS; ending++) {
        run(kinds, count, (enum ending)ending);
    }

    for (int kind = 0; kind < TSGI_KINDS && count < LENGTH; kind++) {
        tsgi_state next_host = tsgi_order_next(host, (tsgi_kind)kind);
        tsgi_state next_app = tsgi_order_next(app, (tsgi_kind)kind);

        if (kind == TSGI_ABORT || (next_host == TSGI_ILLEGAL && next_app == TSGI_ILLEGAL)) {
            continue;
        }

        kinds[count] = (tsgi_kind)kind;
        extend(kinds, count + 1, next_host == TSGI_ILLEGAL ? host : next_host,
               next_app == TSGI_ILLEGAL ? app : next_app);
    }
}

static void an_abort_at_every_boundary(void)
{
    tsgi_kind kinds[LENGTH];

    null_device = open("/dev/null", O_RDONLY | O_CLOEXEC);
    sequences = 0;
    extend(kinds, 0, tsgi_order_next(TSGI_NEW, TSGI_BEGIN), TSGI_IDLE);
    close(null_device);
    printf("  %u endings\n", sequences);
    CHECK(sequences > 1000);
}

/* Before BEGIN there is nothing to abort: an exchange that is not begun leaves nothing. */
static void refused_before_begin(void)
{
    fixture f;
    tsgi_view view = fixture_view();
    tsgi_exchange *exchange = NULL;

    fixture_open(&f, WINDOW, 1);
    atomic_store(&f.runtime->draining, true);
    CHECK_INT(tsgi_exchange_begin(f.port, f.app, &view, &f, &exchange), TSGI_UNAVAILABLE);
    CHECK(exchange == NULL);
    CHECK(tsgi_port_next(f.group->ports[0]) == NULL);
    fixture_close(&f);
}

int main(void)
{
    RUN(an_abort_at_every_boundary);
    CHECK_LEAKS(refused_before_begin);

    return check_result();
}
