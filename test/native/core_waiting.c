/* The queue of a group: how many wait, and who has an exchange, JavaScript or its host. */

#include "fixture.h"

#include "core/tags.h"

static unsigned waiting(const fixture *f)
{
    return atomic_load(&f->group->waiting.count);
}

static tsgi_status try_to_begin(fixture *f, fixture_request *request)
{
    tsgi_view view = fixture_view();
    tsgi_exchange *exchange;

    return tsgi_exchange_begin(f->port, f->app, &view, request, &exchange);
}

/* As the bridge does when JavaScript may be called. */
static bool take(fixture *f)
{
    tsgi_message *begin = fixture_receive(f, TSGI_BEGIN);
    bool taken = tsgi_exchange_take(begin->exchange);

    if (!taken) {
        tsgi_exchange_cut(begin->exchange);
    }

    tsgi_message_done(begin);

    return taken;
}

static void a_group_has_its_own_size(void)
{
    fixture f;
    tsgi_group *group;
    tsgi_group_options options = {
        .struct_size = sizeof(options), .threads = 1, .name = "other", .queue_size = 7};

    fixture_open(&f, 1000, 1);
    CHECK_INT(f.group->waiting.most, 0);
    CHECK_INT(tsgi_group_open(f.runtime, &options, &group), TSGI_OK);
    CHECK_INT(group->waiting.most, 7);
    fixture_close(&f);
}

static void no_more_wait_than_may(void)
{
    fixture f;
    fixture_request requests[4];

    fixture_open(&f, 1000, 1);
    f.group->waiting.most = 2;

    tsgi_exchange *first = fixture_begin(&f, &requests[0], 0);
    tsgi_exchange *second = fixture_begin(&f, &requests[1], 0);

    CHECK_INT(try_to_begin(&f, &requests[2]), TSGI_FULL);
    CHECK_INT(try_to_begin(&f, &requests[2]), TSGI_FULL);
    CHECK_INT(waiting(&f), 2);
    CHECK_INT(atomic_load(&f.runtime->live), 2);
    CHECK_INT(atomic_load(&f.group->ports[0]->live), 2);

    CHECK(take(&f));
    CHECK_INT(waiting(&f), 1);

    tsgi_exchange *third = fixture_begin(&f, &requests[2], 0);

    CHECK_INT(try_to_begin(&f, &requests[3]), TSGI_FULL);
    CHECK(take(&f));
    CHECK(take(&f));
    CHECK_INT(waiting(&f), 0);
    CHECK_INT(tsgi_exchange_end(first, 500), TSGI_OK);
    CHECK_INT(tsgi_exchange_end(second, 500), TSGI_OK);
    CHECK_INT(tsgi_exchange_end(third, 500), TSGI_OK);
    fixture_drain(&f);
    fixture_close(&f);
}

static void without_a_size_any_number_waits(void)
{
    enum { MANY = 3000 };

    fixture f;
    fixture_request request;
    static tsgi_exchange *exchanges[MANY];

    fixture_open(&f, 1000, 1);

    for (int i = 0; i < MANY; i++) {
        exchanges[i] = fixture_begin(&f, &request, 0);
    }

    CHECK_INT(waiting(&f), MANY);

    for (int i = 0; i < MANY; i++) {
        tsgi_exchange_abort(exchanges[i], TSGI_ABORT_CLIENT);
    }

    CHECK_INT(waiting(&f), 0);

    for (int i = 0; i < MANY; i++) {
        CHECK(!take(&f));
    }

    for (int i = 0; i < MANY; i++) {
        fixture_skip(&f, TSGI_ABORT);
    }

    fixture_close(&f);
}

static void what_is_withdrawn_is_not_taken(void)
{
    fixture f;
    fixture_request request;

    fixture_open(&f, 1000, 1);

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);

    CHECK(!tsgi_exchange_is_withdrawn(exchange));
    CHECK_INT(tsgi_exchange_withdraw(exchange), TSGI_OK);
    CHECK(tsgi_exchange_is_withdrawn(exchange));
    CHECK_INT(waiting(&f), 0);
    CHECK_INT(atomic_load(&f.runtime->live), 0); /* gone for the host */
    CHECK(!take(&f));
    CHECK_INT(atomic_load(&f.group->ports[0]->live), 0);
    fixture_skip(&f, TSGI_ABORT);
    CHECK_INT(waiting(&f), 0);
    fixture_drain(&f);
    CHECK_INT(request.delivered, 0);
    fixture_close(&f);
}

static void what_is_taken_is_not_withdrawn(void)
{
    fixture f;
    fixture_request request;

    fixture_open(&f, 1000, 1);

    tsgi_exchange *exchange = fixture_begin(&f, &request, 0);

    CHECK(take(&f));
    CHECK_INT(tsgi_exchange_withdraw(exchange), TSGI_ORDER);
    CHECK(tsgi_exchange_take(exchange)); /* as before */
    CHECK_INT(waiting(&f), 0);
    CHECK_INT(fixture_start(exchange, 200, -1), TSGI_OK);
    CHECK_INT(tsgi_exchange_end(exchange, 0), TSGI_OK);
    CHECK_INT(waiting(&f), 0);
    fixture_drain(&f);
    CHECK_INT(request.ends, 1);
    CHECK_INT(f.records, 0);
    fixture_close(&f);
}

/* What is refused because there is no environment, and what is cut while its application loads. */
static void an_end_without_javascript_gives_the_place_back(void)
{
    fixture f;
    fixture_request requests[2];

    fixture_open(&f, 1000, 1);

    tsgi_exchange *refused = fixture_begin(&f, &requests[0], 0);
    tsgi_exchange *left = fixture_begin(&f, &requests[1], 0);

    fixture_skip(&f, TSGI_BEGIN);
    fixture_skip(&f, TSGI_BEGIN);
    CHECK_INT(tsgi_exchange_end(refused, 503), TSGI_OK);
    CHECK_INT(waiting(&f), 1);
    CHECK_INT(tsgi_exchange_withdraw(refused), TSGI_ORDER);
    tsgi_exchange_abort(left, TSGI_ABORT_CLIENT);
    CHECK_INT(waiting(&f), 0);
    fixture_cut(&f, left);
    CHECK_INT(waiting(&f), 0);
    fixture_drain(&f);
    CHECK_INT(requests[0].end, 503);
    fixture_close(&f);
}

/* ---- the log ---- */

static void let_a_second_pass(fixture *f, tsgi_refusal kind)
{
    atomic_store(&f->group->refusals[kind].silent_until, 0);
}

static void refusals_are_told_once_a_second(void)
{
    static const char first[] = "503 to 1: as many as may wait for group \"group\" do so already\n";
    static const char others[] =
        "503 to 3: as many as may wait for group \"group\" do so already\n";
    fixture f;
    fixture_request requests[2];

    fixture_open(&f, 1000, 1);
    f.group->waiting.most = 1;

    tsgi_exchange *exchange = fixture_begin(&f, &requests[0], 0);

    for (int i = 0; i < 3; i++) {
        CHECK_INT(try_to_begin(&f, &requests[1]), TSGI_FULL);
        fixture_drain(&f);
    }

    CHECK_TEXT(f.log, f.log_size, first);
    CHECK_INT(f.last.tag, TSGI_TAG_QUEUE_FULL);
    CHECK_INT(f.last.level, TSGI_LEVEL_ERROR);
    f.log_size = 0;

    let_a_second_pass(&f, TSGI_REFUSAL_FULL);
    CHECK_INT(try_to_begin(&f, &requests[1]), TSGI_FULL);
    fixture_drain(&f);
    CHECK_TEXT(f.log, f.log_size, others);
    CHECK(take(&f));
    CHECK_INT(tsgi_exchange_end(exchange, 500), TSGI_OK);
    fixture_drain(&f);
    fixture_close(&f);
}

static void the_last_refusals_are_told_later(void)
{
    static const char first[] = "503 to 1: they have waited too long for group \"group\"\n";
    static const char others[] = "503 to 2: they have waited too long for group \"group\"\n";
    fixture f;
    fixture_request request;

    fixture_open(&f, 1000, 1);

    for (int i = 0; i < 3; i++) {
        CHECK_INT(tsgi_exchange_withdraw(fixture_begin(&f, &request, 0)), TSGI_OK);
        CHECK(!take(&f));
        fixture_skip(&f, TSGI_ABORT);
    }

    tsgi_refusals_tell(f.app);
    fixture_drain(&f);
    CHECK_TEXT(f.log, f.log_size, first);
    CHECK_INT(f.last.tag, TSGI_TAG_QUEUE_LATE);
    f.log_size = 0;

    let_a_second_pass(&f, TSGI_REFUSAL_LATE);
    tsgi_refusals_tell(f.app);
    tsgi_refusals_tell(f.app);
    fixture_drain(&f);
    CHECK_TEXT(f.log, f.log_size, others);
    fixture_close(&f);
}

int main(void)
{
    RUN(a_group_has_its_own_size);
    RUN(no_more_wait_than_may);
    RUN(without_a_size_any_number_waits);
    RUN(what_is_withdrawn_is_not_taken);
    RUN(what_is_taken_is_not_withdrawn);
    RUN(an_end_without_javascript_gives_the_place_back);
    RUN(refusals_are_told_once_a_second);
    RUN(the_last_refusals_are_told_later);
    CHECK_LEAKS(what_is_withdrawn_is_not_taken);

    return check_result();
}
