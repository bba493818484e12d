#include "environ.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "header.h"

#define KEY_NAME(name, ...) #name,
#define FIELD_NAME(name, field) {field, sizeof(field) - 1},

const char *const tsgi_environ_keys[] = {TSGI_ENVIRON_KEYS(KEY_NAME)};
const char *const tsgi_header_keys[] = {TSGI_HEADER_KEYS(KEY_NAME)};

static const tsgi_bytes known_fields[] = {TSGI_HEADER_KEYS(FIELD_NAME)};

#define NOWHERE UINT32_MAX
#define BUCKETS 256u

/* A request header field on its way into the environ. */
typedef struct field {
    uint32_t key;    /* number of the known key, or NOWHERE: spelled out */
    uint32_t bucket; /* next field with the same hash */
    uint32_t again;  /* next field of the same name */
    uint32_t last;   /* of the first of a name: the last one so far */
    bool first;      /* begins an entry */
} field;

/* The block while it is filled. */
typedef struct packer {
    char *text;
    size_t size;
    uint32_t *words;
    uint32_t count; /* of words */
} packer;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint32_t seed;                  /* keeps a client from choosing names that all hash alike */
static uint8_t known_buckets[BUCKETS]; /* number of the first known field, plus one */
static uint8_t known_next[TSGI_HEADER_KEY_COUNT];

static uint32_t hash(const char *name, size_t size)
{
    uint32_t value = seed;

    /* FNV-1a, with the case of letters folded; other bytes may fold too, equality decides. */
    for (size_t i = 0; i < size; i++) {
        value = (value ^ (uint32_t)((uint8_t)name[i] | 0x20)) * 16777619u;
    }

    return (value ^ (value >> 16)) % BUCKETS;
}

static void prepare(void)
{
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed)) {
        seed = 2166136261u;
    }

    for (uint32_t i = 0; i < TSGI_HEADER_KEY_COUNT; i++) {
        uint32_t bucket = hash(known_fields[i].data, known_fields[i].size);

        known_next[i] = known_buckets[bucket];
        known_buckets[bucket] = (uint8_t)(i + 1);
    }
}

/* ---- writing ---- */

static void append(packer *packer, const char *data, size_t size)
{
    if (size > 0) {
        memcpy(packer->text + packer->size, data, size);
        packer->size += size;
    }
}

static void entry(packer *packer, uint32_t key)
{
    packer->words[packer->count++] = key;
    packer->words[packer->count++] = (uint32_t)packer->size;
    packer->words[0]++;
}

static void append_entry(packer *packer, uint32_t key, tsgi_bytes value)
{
    if (value.data != NULL) {
        append(packer, value.data, value.size);
        entry(packer, key);
    }
}

static void append_required(packer *packer, uint32_t key, tsgi_bytes value)
{
    append(packer, value.data, value.size);
    entry(packer, key);
}

/* ---- request header fields ---- */

static uint32_t known_key(const tsgi_bytes *name, uint32_t bucket)
{
    for (uint32_t i = known_buckets[bucket]; i != 0; i = known_next[i - 1]) {
        const tsgi_bytes *known = &known_fields[i - 1];

        if (tsgi_header_equal(known->data, known->size, name->data, name->size)) {
            return i - 1;
        }
    }

    return NOWHERE;
}

static bool is_name(const tsgi_bytes *name, const char *other)
{
    return tsgi_header_equal(name->data, name->size, other, strlen(other));
}

/* What the administrator does not show is not among the raw fields either. */
static bool is_hidden(const tsgi_bytes *name, uint32_t flags)
{
    return (flags & TSGI_VIEW_HIDE_AUTH) && is_name(name, "authorization");
}

static bool is_dropped(const tsgi_bytes *name, uint32_t flags)
{
    return !tsgi_header_is_token(name->data, name->size) ||
           memchr(name->data, '_', name->size) != NULL || is_name(name, "proxy") ||
           is_name(name, "content-type") || is_name(name, "content-length") ||
           is_hidden(name, flags);
}

/* Finds which fields are kept, which begin an entry and which are joined to an earlier one. */
static void sort_fields(const tsgi_view *view, field *fields)
{
    uint32_t buckets[BUCKETS];

    memset(buckets, 0xff, sizeof(buckets));

    for (uint32_t i = 0; i < view->header_count; i++) {
        const tsgi_bytes *name = &view->headers[i].name;
        field *this = &fields[i];

        this->first = false;
        this->again = NOWHERE;

        if (is_dropped(name, view->flags)) {
            continue;
        }

        uint32_t bucket = hash(name->data, name->size);
        uint32_t earlier = buckets[bucket];

        while (earlier != NOWHERE) {
            const tsgi_bytes *other = &view->headers[earlier].name;

            if (tsgi_header_equal(other->data, other->size, name->data, name->size)) {
                break;
            }

            earlier = fields[earlier].bucket;
        }

        if (earlier != NOWHERE) {
            fields[fields[earlier].last].again = i;
            fields[earlier].last = i;
            continue;
        }

        this->first = true;
        this->last = i;
        this->key = known_key(name, bucket);
        this->bucket = buckets[bucket];
        buckets[bucket] = i;
    }
}

static void append_spelled_name(packer *packer, const tsgi_bytes *name)
{
    append(packer, "HTTP_", 5);

    for (size_t i = 0; i < name->size; i++) {
        char c = name->data[i];

        if (c == '-') {
            c = '_';
        } else if (c >= 'a' && c <= 'z') {
            c = (char)(c & ~0x20);
        }

        packer->text[packer->size++] = c;
    }
}

static void append_fields(packer *packer, const tsgi_view *view, const field *fields)
{
    for (uint32_t i = 0; i < view->header_count; i++) {
        const field *this = &fields[i];
        uint32_t key = TSGI_HEADER_KEY + this->key;

        if (!this->first) {
            continue;
        }

        if (this->key == NOWHERE) {
            append_spelled_name(packer, &view->headers[i].name);
            key = TSGI_SPELLED_KEY + 5 + (uint32_t)view->headers[i].name.size;
        }

        const char *separator = this->key == TSGI_KEY_HTTP_COOKIE ? "; " : ", ";

        append(packer, view->headers[i].value.data, view->headers[i].value.size);

        for (uint32_t j = this->again; j != NOWHERE; j = fields[j].again) {
            append(packer, separator, 2);
            append(packer, view->headers[j].value.data, view->headers[j].value.size);
        }

        entry(packer, key);
    }
}

static bool pack_fields(packer *packer, const tsgi_view *view)
{
    field few[64];
    field *fields = few;

    if (view->header_count > sizeof(few) / sizeof(few[0])) {
        fields = malloc(view->header_count * sizeof(field));

        if (fields == NULL) {
            return false;
        }
    }

    sort_fields(view, fields);
    append_fields(packer, view, fields);

    if (fields != few) {
        free(fields);
    }

    return true;
}

/* ---- CGI keys ---- */

static void pack_content(packer *packer, const tsgi_view *view)
{
    char digits[24];

    if (view->flags & TSGI_VIEW_NO_BODY) {
        return;
    }

    for (size_t i = 0; i < view->header_count; i++) {
        if (is_name(&view->headers[i].name, "content-type")) {
            append_entry(packer, TSGI_KEY_CONTENT_TYPE, view->headers[i].value);
            break;
        }
    }

    if (view->content_length >= 0) {
        int size = snprintf(digits, sizeof(digits), "%lld", (long long)view->content_length);

        append_entry(packer, TSGI_KEY_CONTENT_LENGTH, (tsgi_bytes){digits, (size_t)size});
    }
}

static void pack_keys(packer *packer, const tsgi_view *view, tsgi_bytes script_name,
                      tsgi_bytes path_info)
{
    append_required(packer, TSGI_KEY_REQUEST_METHOD, view->method);
    append_required(packer, TSGI_KEY_SCRIPT_NAME, script_name);
    append_required(packer, TSGI_KEY_PATH_INFO, path_info);
    append_required(packer, TSGI_KEY_QUERY_STRING, view->query);
    append_required(packer, TSGI_KEY_REQUEST_URI, view->request_uri);
    append_required(packer, TSGI_KEY_SERVER_PROTOCOL, view->protocol);
    append_required(packer, TSGI_KEY_SERVER_NAME, view->server_name);
    append_required(packer, TSGI_KEY_SERVER_PORT, view->server_port);
    append_required(packer, TSGI_KEY_REQUEST_SCHEME, view->scheme);
    append_entry(packer, TSGI_KEY_SERVER_ADDR, view->server_addr);
    append_entry(packer, TSGI_KEY_SERVER_SOFTWARE, view->server_software);
    append_entry(packer, TSGI_KEY_REMOTE_ADDR, view->remote_addr);
    append_entry(packer, TSGI_KEY_REMOTE_PORT, view->remote_port);
    append_entry(packer, TSGI_KEY_REMOTE_USER, view->remote_user);
    append_entry(packer, TSGI_KEY_AUTH_TYPE, view->auth_type);
    append_entry(packer, TSGI_KEY_DOCUMENT_ROOT, view->document_root);
    append_entry(packer, TSGI_KEY_SCRIPT_FILENAME, view->script_filename);

    if (view->flags & TSGI_VIEW_HTTPS) {
        append_entry(packer, TSGI_KEY_HTTPS, (tsgi_bytes){"on", 2});
    }

    pack_content(packer, view);
}

static void pack_params(packer *packer, const tsgi_view *view)
{
    for (size_t i = 0; i < view->param_count; i++) {
        const tsgi_header *param = &view->params[i];

        append(packer, param->name.data, param->name.size);
        append(packer, param->value.data, param->value.size);
        entry(packer, TSGI_SPELLED_KEY + (uint32_t)param->name.size);
    }
}

/* ---- raw fields ---- */

/* Returns how many fields are shown. */
static uint32_t pack_raw(const tsgi_view *view, char *raw, uint32_t *cuts, size_t *size)
{
    uint32_t count = 0;

    *size = 0;

    for (size_t i = 0; i < view->header_count; i++) {
        const tsgi_header *header = &view->headers[i];

        if (is_hidden(&header->name, view->flags)) {
            continue;
        }

        memcpy(raw + *size, header->name.data, header->name.size);
        *size += header->name.size;

        if (header->value.size > 0) {
            memcpy(raw + *size, header->value.data, header->value.size);
            *size += header->value.size;
        }

        cuts[2 * count] = (uint32_t)header->name.size;
        cuts[2 * count + 1] = (uint32_t)header->value.size;
        count++;
    }

    return count;
}

/* ---- the whole ---- */

static size_t word_bound(const tsgi_view *view)
{
    return 1 + 2 * (TSGI_ENVIRON_KEY_COUNT + view->header_count + view->param_count);
}

static size_t text_bound(const tsgi_view *view)
{
    size_t size = view->method.size + view->request_uri.size + view->mount.size + view->path.size +
                  view->query.size + view->protocol.size + view->scheme.size +
                  view->server_name.size + view->server_port.size + view->server_addr.size +
                  view->server_software.size + view->remote_addr.size + view->remote_port.size +
                  view->remote_user.size + view->auth_type.size + view->document_root.size +
                  view->script_filename.size + sizeof("on") + sizeof("9223372036854775807");

    for (size_t i = 0; i < view->param_count; i++) {
        size += view->params[i].name.size + view->params[i].value.size;
    }

    return size;
}

static size_t raw_bound(const tsgi_view *view)
{
    size_t size = 0;

    for (size_t i = 0; i < view->header_count; i++) {
        size += view->headers[i].name.size + view->headers[i].value.size;
    }

    return size;
}

size_t tsgi_environ_bound(const tsgi_view *view)
{
    /* A field costs its bytes twice, "HTTP_" or a separator, and two words twice. */
    return (word_bound(view) + 2 * view->header_count) * sizeof(uint32_t) + text_bound(view) +
           2 * raw_bound(view) + view->header_count * sizeof("HTTP_");
}

size_t tsgi_environ_pack(const tsgi_view *view, tsgi_bytes script_name, tsgi_bytes path_info,
                         char *block, tsgi_environ *result)
{
    uint32_t *words = (uint32_t *)(void *)block;
    uint32_t *cuts = words + word_bound(view);
    char *raw = (char *)(cuts + 2 * view->header_count);
    size_t raw_size;
    uint32_t raw_count = pack_raw(view, raw, cuts, &raw_size);
    packer packer = {.text = raw + raw_size, .words = words, .count = 1};

    pthread_once(&once, prepare);

    words[0] = 0;
    pack_keys(&packer, view, script_name, path_info);

    if (!pack_fields(&packer, view)) {
        return 0;
    }

    pack_params(&packer, view);

    result->text = packer.text;
    result->text_size = packer.size;
    result->words = words;
    result->word_count = packer.count;
    result->raw = raw;
    result->cuts = cuts;
    result->header_count = raw_count;

    return (size_t)(packer.text + packer.size - block);
}
