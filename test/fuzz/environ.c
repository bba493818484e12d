/*
 * Request fields, params and a mount, as a client and an administrator might write them.
 *
 *     byte      flags of the view
 *     byte      number of header fields, at most 100; then for each a byte for the length of the
 *               name, one for that of the value, and both
 *     byte      number of params, at most 8; the same
 *     byte      length of the mount, and the mount
 *     rest      the path
 *
 * The environ must be what a slower and simpler statement of the rules makes of the same request,
 * entry by entry; no two fields share a key, none has a key that a known field or a CGI variable has,
 * and the bytes of all entries are the bytes of the text.
 */

#include "core/environ.h"

#include <stdbool.h>
#include <strings.h>

#include "core/mount.h"
#include "input.h"

enum { MAX_FIELDS = 100, MAX_PARAMS = 8 };

/* One entry as JavaScript reads it. */
typedef struct entry {
    tsgi_bytes key;
    tsgi_bytes value;
} entry;

typedef struct request {
    tsgi_view view;
    tsgi_header fields[MAX_FIELDS];
    tsgi_header params[MAX_PARAMS];
    char *blocks[2 * (MAX_FIELDS + MAX_PARAMS) + 2];
    size_t block_count;
} request;

static tsgi_bytes text_of(const char *text)
{
    return (tsgi_bytes){text, strlen(text)};
}

static bool same(tsgi_bytes left, tsgi_bytes right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

/* ---- the request ---- */

static tsgi_bytes take(request *request, input *input, size_t size)
{
    tsgi_bytes bytes;

    bytes.data = request->blocks[request->block_count++] = input_bytes(input, size, &bytes.size);

    return bytes;
}

static size_t take_pairs(request *request, input *input, tsgi_header *pairs, size_t limit)
{
    size_t count = input_byte(input) % (limit + 1);

    for (size_t i = 0; i < count; i++) {
        size_t name = input_byte(input);
        size_t value = input_byte(input);

        pairs[i].name = take(request, input, name);
        pairs[i].value = take(request, input, value);
    }

    return count;
}

static void read_request(request *request, input *input)
{
    tsgi_view *view = &request->view;

    memset(request, 0, sizeof(*request));
    view->struct_size = sizeof(*view);
    view->flags = input_byte(input) & 31;
    view->content_length = view->flags * 7 - 1;
    view->headers = request->fields;
    view->header_count = take_pairs(request, input, request->fields, MAX_FIELDS);
    view->params = request->params;
    view->param_count = take_pairs(request, input, request->params, MAX_PARAMS);
    view->mount = take(request, input, input_byte(input));
    view->path = take(request, input, input->size);
    view->method = text_of("GET");
    view->request_uri = text_of("/a?b");
    view->protocol = text_of("HTTP/1.1");
    view->scheme = text_of("http");
    view->server_name = text_of("localhost");
    view->server_port = text_of("80");
}

/* ---- what must come of it ---- */

static bool is_field(tsgi_bytes name, const char *other)
{
    return name.size == strlen(other) && strncasecmp(name.data, other, name.size) == 0;
}

static bool same_field(tsgi_bytes left, tsgi_bytes right)
{
    return left.size == right.size && strncasecmp(left.data, right.data, left.size) == 0 &&
           memchr(left.data, '\0', left.size) == NULL;
}

/* Shown to the application under a key of its own. */
static bool is_shown(const request *request, size_t i)
{
    static const char tchars[] = "!#$%&'*+-.^`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"; /* all but '_' */
    tsgi_bytes name = request->fields[i].name;

    for (size_t j = 0; j < name.size; j++) {
        if (name.data[j] == '\0' || strchr(tchars, name.data[j]) == NULL) {
            return false;
        }
    }

    return name.size > 0 && !is_field(name, "proxy") && !is_field(name, "content-type") &&
           !is_field(name, "content-length") &&
           !(is_field(name, "authorization") && (request->view.flags & TSGI_VIEW_HIDE_AUTH));
}

static bool is_first(const request *request, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (is_shown(request, j) && same_field(request->fields[j].name, request->fields[i].name)) {
            return false;
        }
    }

    return true;
}

static void check_key(tsgi_bytes key, tsgi_bytes name)
{
    MUST(key.size == name.size + 5 && memcmp(key.data, "HTTP_", 5) == 0);

    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];

        MUST(key.data[5 + i] == (c == '-' ? '_' : c >= 'a' && c <= 'z' ? c - 32 : c));
    }
}

/* The value is that of all fields of this name, joined. */
static void check_value(const request *request, size_t first, tsgi_bytes value)
{
    tsgi_bytes name = request->fields[first].name;
    const char *separator = is_field(name, "cookie") ? "; " : ", ";
    size_t place = 0;

    for (size_t i = first; i < request->view.header_count; i++) {
        tsgi_bytes piece = request->fields[i].value;

        if (!same_field(request->fields[i].name, name)) {
            continue;
        }

        if (i != first) {
            MUST(place + 2 <= value.size && memcmp(value.data + place, separator, 2) == 0);
            place += 2;
        }

        MUST(place + piece.size <= value.size);
        MUST(same((tsgi_bytes){value.data + place, piece.size}, piece));
        place += piece.size;
    }

    MUST(place == value.size);
}

/* ---- what came of it ---- */

/* Cuts the text as src/server/environ.ts does, and checks that it is used up. */
static uint32_t read_entries(const tsgi_environ *environ, entry *entries, uint32_t limit)
{
    uint32_t count = environ->words[0];
    uint32_t place = 0;

    MUST(environ->word_count == 1 + 2 * count && count <= limit);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = environ->words[1 + 2 * i];
        uint32_t end = environ->words[2 + 2 * i];

        MUST(end >= place && end <= environ->text_size);

        if (key >= TSGI_SPELLED_KEY) {
            MUST(key - TSGI_SPELLED_KEY <= end - place);
            entries[i].key = (tsgi_bytes){environ->text + place, key - TSGI_SPELLED_KEY};
            place += key - TSGI_SPELLED_KEY;
        } else if (key >= TSGI_HEADER_KEY) {
            MUST(key - TSGI_HEADER_KEY < TSGI_HEADER_KEY_COUNT);
            entries[i].key = text_of(tsgi_header_keys[key - TSGI_HEADER_KEY]);
        } else {
            MUST(key < TSGI_ENVIRON_KEY_COUNT);
            entries[i].key = text_of(tsgi_environ_keys[key]);
        }

        entries[i].value = (tsgi_bytes){environ->text + place, end - place};
        place = end;
    }

    MUST(place == environ->text_size);

    return count;
}

static void check_environ(const request *request, const tsgi_environ *environ)
{
    entry entries[TSGI_ENVIRON_KEY_COUNT + MAX_FIELDS + MAX_PARAMS];
    uint32_t count = read_entries(environ, entries, sizeof(entries) / sizeof(entries[0]));
    uint32_t own =
        count - (uint32_t)request->view.param_count; /* without params, which come last */
    uint32_t next = own;

    for (size_t i = 0; i < request->view.param_count; i++, next++) {
        MUST(same(entries[next].key, request->params[i].name));
        MUST(same(entries[next].value, request->params[i].value));
    }

    for (uint32_t i = 0; i < own; i++) {
        for (uint32_t j = 0; j < i; j++) {
            MUST(!same(entries[i].key, entries[j].key));
        }
    }

    for (size_t i = request->view.header_count;
         i-- > 0;) { /* fields come before params, in order */
        if (is_shown(request, i) && is_first(request, i)) {
            MUST(own-- > 0);
            check_key(entries[own].key, request->fields[i].name);
            check_value(request, i, entries[own].value);
        }
    }

    for (uint32_t i = 0; i < own; i++) {
        MUST(entries[i].key.size < 5 || memcmp(entries[i].key.data, "HTTP_", 5) != 0);
    }
}

static void check_raw(const request *request, const tsgi_environ *environ)
{
    const char *raw = environ->raw;
    uint32_t next = 0;

    for (size_t i = 0; i < request->view.header_count; i++) {
        tsgi_bytes name = request->fields[i].name, value = request->fields[i].value;

        if ((request->view.flags & TSGI_VIEW_HIDE_AUTH) && is_field(name, "authorization")) {
            continue;
        }

        MUST(next < environ->header_count);
        MUST(environ->cuts[2 * next] == name.size && environ->cuts[2 * next + 1] == value.size);
        MUST(same((tsgi_bytes){raw, name.size}, name));
        MUST(same((tsgi_bytes){raw + name.size, value.size}, value));
        raw += name.size + value.size;
        next++;
    }

    MUST(next == environ->header_count);
}

static bool split(const request *request, tsgi_bytes *script_name, tsgi_bytes *path_info)
{
    tsgi_bytes mount = request->view.mount, path = request->view.path;

    while (mount.size > 0 && mount.data[mount.size - 1] == '/') {
        mount.size--;
    }

    bool inside = path.size >= mount.size && same((tsgi_bytes){path.data, mount.size}, mount) &&
                  (mount.size == 0 || path.size == mount.size || path.data[mount.size] == '/');

    MUST(tsgi_mount_split(request->view.mount, path, script_name, path_info) == inside);

    if (inside) {
        MUST(same(*script_name, mount));
        MUST(script_name->size + path_info->size == path.size);
        MUST(same(*path_info, (tsgi_bytes){path.data + mount.size, path.size - mount.size}));
    }

    return inside;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static request request;
    input input = {data, size};
    tsgi_bytes script_name, path_info;

    read_request(&request, &input);

    if (split(&request, &script_name, &path_info)) {
        size_t bound = tsgi_environ_bound(&request.view);
        char *block = malloc(bound);
        tsgi_environ environ;

        MUST(block != NULL);

        size_t used = tsgi_environ_pack(&request.view, script_name, path_info, block, &environ);

        MUST(used > 0 && used <= bound);
        check_environ(&request, &environ);
        check_raw(&request, &environ);
        free(block);
    }

    for (size_t i = 0; i < request.block_count; i++) {
        free(request.blocks[i]);
    }

    return 0;
}
