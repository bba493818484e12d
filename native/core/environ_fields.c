#include "environ_fields.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "environ_keys.h"
#include "header.h"

#define FIELD_NAME(name, field) {field, sizeof(field) - 1},

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

/* ---- HTTP_* ---- */

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

/* Where the length is known the server has undone the coding.  Who was told of both, and passed both
 * on, would leave open where the message ends (RFC 9112, 6.3). */
static bool is_undone_coding(const tsgi_bytes *name, const tsgi_view *view)
{
    return view->content_length >= 0 && is_name(name, "transfer-encoding");
}

static bool is_dropped(const tsgi_bytes *name, const tsgi_view *view)
{
    return !tsgi_header_is_token(name->data, name->size) ||
           memchr(name->data, '_', name->size) != NULL || is_name(name, "proxy") ||
           is_name(name, "content-type") || is_name(name, "content-length") ||
           is_undone_coding(name, view) || is_hidden(name, view->flags);
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

        if (is_dropped(name, view)) {
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

bool tsgi_environ_pack_fields(packer *packer, const tsgi_view *view)
{
    field few[64];
    field *fields = few;

    if (view->header_count > sizeof(few) / sizeof(few[0])) {
        fields = malloc(view->header_count * sizeof(field));

        if (fields == NULL) {
            return false;
        }
    }

    pthread_once(&once, prepare);
    sort_fields(view, fields);
    append_fields(packer, view, fields);

    if (fields != few) {
        free(fields);
    }

    return true;
}

/* ---- fields with CGI keys of their own ---- */

void tsgi_environ_pack_content(packer *packer, const tsgi_view *view)
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

/* ---- raw fields ---- */

uint32_t tsgi_environ_pack_raw(const tsgi_view *view, char *raw, uint32_t *cuts, size_t *size)
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
