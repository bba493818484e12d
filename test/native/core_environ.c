/* The packed environ: what is in it, in which order, and that it fits its bound. */

#include "packed.h"

#define TEXT(text) ((tsgi_bytes){text, sizeof(text) - 1})
#define FIELD(name, value)      \
    {                           \
        TEXT(name), TEXT(value) \
    }

static tsgi_view plain_view(void)
{
    tsgi_view view = {
        .struct_size = sizeof(tsgi_view),
        .method = TEXT("GET"),
        .request_uri = TEXT("/app/a%20b?q"),
        .mount = TEXT("/app"),
        .path = TEXT("/app/a b"),
        .query = TEXT("q"),
        .protocol = TEXT("HTTP/1.1"),
        .scheme = TEXT("http"),
        .server_name = TEXT("localhost"),
        .server_port = TEXT("80"),
        .content_length = -1,
    };

    return view;
}

/* ---- tests ---- */

static void required_keys_come_first_and_always(void)
{
    tsgi_view view = plain_view();

    view.query = (tsgi_bytes){NULL, 0};

    packed packed = pack(&view);

    CHECK_INT(packed.environ.words[0], TSGI_ENVIRON_REQUIRED);

    for (uint32_t i = 0; i < TSGI_ENVIRON_REQUIRED; i++) {
        CHECK_INT(packed.environ.words[1 + 2 * i], i);
    }

    has(&packed, "REQUEST_METHOD", "GET");
    has(&packed, "SCRIPT_NAME", "/app");
    has(&packed, "PATH_INFO", "/a b");
    has(&packed, "QUERY_STRING", "");
    has(&packed, "REQUEST_URI", "/app/a%20b?q");
    has(&packed, "SERVER_PROTOCOL", "HTTP/1.1");
    has(&packed, "SERVER_NAME", "localhost");
    has(&packed, "SERVER_PORT", "80");
    has(&packed, "REQUEST_SCHEME", "http");
    has(&packed, "CONTENT_LENGTH", NULL);
    has(&packed, "HTTPS", NULL);
    has(&packed, "REMOTE_USER", NULL);
    free(packed.block);
}

static void optional_keys_when_they_are_there(void)
{
    tsgi_view view = plain_view();

    view.flags = TSGI_VIEW_HTTPS;
    view.server_addr = TEXT("127.0.0.1");
    view.server_software = TEXT("s/1");
    view.remote_addr = TEXT("10.0.0.1");
    view.remote_port = TEXT("1234");
    view.remote_user = TEXT("user");
    view.auth_type = TEXT("Basic");
    view.document_root = TEXT("/srv");
    view.script_filename = TEXT("/srv/app.js");
    view.content_length = 17;

    packed packed = pack(&view);

    has(&packed, "SERVER_ADDR", "127.0.0.1");
    has(&packed, "SERVER_SOFTWARE", "s/1");
    has(&packed, "REMOTE_ADDR", "10.0.0.1");
    has(&packed, "REMOTE_PORT", "1234");
    has(&packed, "REMOTE_USER", "user");
    has(&packed, "AUTH_TYPE", "Basic");
    has(&packed, "DOCUMENT_ROOT", "/srv");
    has(&packed, "SCRIPT_FILENAME", "/srv/app.js");
    has(&packed, "CONTENT_LENGTH", "17");
    has(&packed, "HTTPS", "on");
    free(packed.block);
}

static void fields_become_http_keys(void)
{
    static const tsgi_header headers[] = {
        FIELD("Host", "h"),        FIELD("x-mixed-Case", "1"), FIELD("COOKIE", "a=1"),
        FIELD("X-Mixed-cASE", ""), FIELD("Cookie", "b=2"),     FIELD("X-Mixed-Case", "3"),
        FIELD("X-Empty", ""),      FIELD("X.Dot!", "token"),
    };
    tsgi_view view = plain_view();

    view.headers = headers;
    view.header_count = sizeof(headers) / sizeof(headers[0]);

    packed packed = pack(&view);

    has(&packed, "HTTP_HOST", "h");
    has(&packed, "HTTP_X_MIXED_CASE", "1, , 3");
    has(&packed, "HTTP_COOKIE", "a=1; b=2");
    has(&packed, "HTTP_X_EMPTY", "");
    has(&packed, "HTTP_X.DOT!", "token");
    CHECK_INT(packed.environ.words[0], TSGI_ENVIRON_REQUIRED + 5);
    free(packed.block);
}

static void what_could_collide_is_dropped(void)
{
    static const tsgi_header headers[] = {
        FIELD("X_Under", "bad"),      FIELD("X-Under", "good"),   FIELD("Proxy", "http://bad"),
        FIELD("Content-Type", "a/b"), FIELD("content-type", "c"), FIELD("Content-Length", "5"),
        FIELD("X Space", "bad"),      FIELD("", "bad"),           FIELD("X\xe9", "bad"),
        FIELD("X:Y", "bad"),          FIELD("_", "bad"),
    };
    tsgi_view view = plain_view();

    view.headers = headers;
    view.header_count = sizeof(headers) / sizeof(headers[0]);
    view.content_length = 5;

    packed packed = pack(&view);

    has(&packed, "HTTP_X_UNDER", "good");
    has(&packed, "HTTP_PROXY", NULL);
    has(&packed, "HTTP_CONTENT_TYPE", NULL);
    has(&packed, "HTTP_CONTENT_LENGTH", NULL);
    has(&packed, "CONTENT_TYPE", "a/b");
    has(&packed, "CONTENT_LENGTH", "5");
    CHECK_INT(packed.environ.words[0], TSGI_ENVIRON_REQUIRED + 3);
    free(packed.block);
}

static void flags_hide_body_and_authorization(void)
{
    static const tsgi_header headers[] = {FIELD("Authorization", "Bearer x"),
                                          FIELD("Content-Type", "a/b"), FIELD("X-A", "1")};
    tsgi_view view = plain_view();

    view.headers = headers;
    view.header_count = 3;
    view.content_length = 3;

    packed shown = pack(&view);

    has(&shown, "HTTP_AUTHORIZATION", "Bearer x");
    has(&shown, "CONTENT_TYPE", "a/b");
    free(shown.block);

    view.flags = TSGI_VIEW_HIDE_AUTH | TSGI_VIEW_NO_BODY;

    packed hidden = pack(&view);

    has(&hidden, "HTTP_AUTHORIZATION", NULL);
    has(&hidden, "CONTENT_TYPE", NULL);
    has(&hidden, "CONTENT_LENGTH", NULL);
    has(&hidden, "HTTP_X_A", "1");
    free(hidden.block);
}

static void a_coding_is_told_where_the_length_is_not(void)
{
    static const tsgi_header headers[] = {FIELD("Transfer-Encoding", "chunked"),
                                          FIELD("Content-Length", "9")};
    tsgi_view view = plain_view();

    view.headers = headers;
    view.header_count = 2;
    view.content_length = 3;

    packed known = pack(&view);

    has(&known, "CONTENT_LENGTH", "3");
    has(&known, "HTTP_TRANSFER_ENCODING", NULL);
    free(known.block);

    view.content_length = -1;

    packed unknown = pack(&view);

    has(&unknown, "CONTENT_LENGTH", NULL);
    has(&unknown, "HTTP_TRANSFER_ENCODING", "chunked");
    free(unknown.block);
}

static void raw_fields_are_kept_as_they_came(void)
{
    static const tsgi_header headers[] = {FIELD("X-a", "1"), FIELD("x_B", ""), FIELD("X-A", "22")};
    tsgi_view view = plain_view();

    view.headers = headers;
    view.header_count = 3;

    packed packed = pack(&view);

    CHECK_INT(packed.environ.header_count, 3);
    CHECK_TEXT(packed.environ.raw, 12, "X-a1x_BX-A22");
    CHECK_INT(packed.environ.cuts[0], 3);
    CHECK_INT(packed.environ.cuts[1], 1);
    CHECK_INT(packed.environ.cuts[3], 0);
    CHECK_INT(packed.environ.cuts[5], 2);
    free(packed.block);
}

static void hidden_fields_are_not_among_the_raw_ones(void)
{
    static const tsgi_header headers[] = {FIELD("A", "1"), FIELD("AUTHORIZATION", "secret"),
                                          FIELD("B", "2")};
    tsgi_view view = plain_view();

    view.headers = headers;
    view.header_count = 3;
    view.flags = TSGI_VIEW_HIDE_AUTH;

    packed packed = pack(&view);

    CHECK_INT(packed.environ.header_count, 2);
    CHECK_TEXT(packed.environ.raw, 4, "A1B2");
    CHECK_INT(packed.environ.cuts[2], 1);
    CHECK_INT(packed.environ.cuts[3], 1);
    has(&packed, "HTTP_A", "1");
    has(&packed, "HTTP_B", "2");
    free(packed.block);
}

static void params_come_last_in_their_order(void)
{
    static const tsgi_header params[] = {FIELD("STAGE", "a"), FIELD("EMPTY", ""),
                                         FIELD("STAGE", "b")};
    tsgi_view view = plain_view();
    int count;

    view.params = params;
    view.param_count = 3;

    packed packed = pack(&view);

    CHECK_TEXT(value_of(&packed, "STAGE", &count), 1, "b");
    CHECK_INT(count, 2);
    has(&packed, "EMPTY", "");
    free(packed.block);
}

static void every_known_field_travels_by_its_number(void)
{
#define KNOWN(key, name) {{name, sizeof(name) - 1}, {#key, sizeof(#key) - 1}},
    static const tsgi_header headers[] = {TSGI_HEADER_KEYS(KNOWN)};
    tsgi_view view = plain_view();

    view.headers = headers;
    view.header_count = sizeof(headers) / sizeof(headers[0]);

    packed packed = pack(&view);

    for (size_t i = 0; i < view.header_count; i++) {
        CHECK(packed.environ.words[1 + 2 * (TSGI_ENVIRON_REQUIRED + i)] < TSGI_SPELLED_KEY);
        has(&packed, headers[i].value.data, headers[i].value.data);
    }

    free(packed.block);
}

/* More fields than fit on the stack, most of them repeated. */
static void many_fields(void)
{
    enum { NAMES = 50, TIMES = 20 };

    static char names[NAMES][16];
    tsgi_header *headers = calloc(NAMES * TIMES, sizeof(tsgi_header));
    tsgi_view view = plain_view();

    for (int i = 0; i < NAMES * TIMES; i++) {
        snprintf(names[i % NAMES], sizeof(names[0]), "X-Name-%d", i % NAMES);
        headers[i].name = (tsgi_bytes){names[i % NAMES], strlen(names[i % NAMES])};
        headers[i].value = (tsgi_bytes){"0123456789abcdefghij" + i / NAMES, 1};
    }

    view.headers = headers;
    view.header_count = NAMES * TIMES;

    packed packed = pack(&view);

    CHECK_INT(packed.environ.words[0], TSGI_ENVIRON_REQUIRED + NAMES);
    has(&packed, "HTTP_X_NAME_7", "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, c, d, e, f, g, h, i, j");
    free(packed.block);
    free(headers);
}

/* Whatever a client sends fits the bound and can be cut again. */
static void anything_fits_its_bound(void)
{
    static const char letters[] = "aAbB-_ \r\n\0:x\xff";
    uint32_t random = 20261121;

    for (int round = 0; round < 2000; round++) {
        static char bytes[4096];
        tsgi_header headers[100];
        tsgi_view view = plain_view();
        int count;
        size_t used = 0;

        view.header_count = check_random(&random) % 100;
        view.headers = headers;

        for (size_t i = 0; i < view.header_count; i++) {
            for (int part = 0; part < 2; part++) {
                size_t size = check_random(&random) % (part == 0 ? 4 : 16);
                tsgi_bytes text = {bytes + used, size};

                for (size_t j = 0; j < size; j++) {
                    bytes[used++] = letters[check_random(&random) % (sizeof(letters) - 1)];
                }

                *(part == 0 ? &headers[i].name : &headers[i].value) = text;
            }
        }

        packed packed = pack(&view);

        value_of(&packed, "NONE", &count);
        free(packed.block);
    }
}

int main(void)
{
    RUN(required_keys_come_first_and_always);
    RUN(optional_keys_when_they_are_there);
    RUN(fields_become_http_keys);
    RUN(what_could_collide_is_dropped);
    RUN(flags_hide_body_and_authorization);
    RUN(a_coding_is_told_where_the_length_is_not);
    RUN(raw_fields_are_kept_as_they_came);
    RUN(hidden_fields_are_not_among_the_raw_ones);
    RUN(params_come_last_in_their_order);
    RUN(every_known_field_travels_by_its_number);
    RUN(many_fields);
    RUN(anything_fits_its_bound);

    return check_result();
}
