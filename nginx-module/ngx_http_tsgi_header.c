
/*
 * The head of a response.  Fields that nginx itself deals with go to their
 * slots in r->headers_out, as those of a proxied response do; X-Accel-Redirect
 * and its kin mean nothing here.
 *
 * Names and values have been checked by the runtime, natively.
 */


#include "ngx_http_tsgi_module.h"


typedef ngx_int_t (*ngx_http_tsgi_field_pt)(ngx_http_request_t *r,
    ngx_table_elt_t *h, ngx_uint_t offset);

typedef struct {
    ngx_str_t                name;
    ngx_http_tsgi_field_pt   handler;
    ngx_uint_t               offset;
} ngx_http_tsgi_field_t;


static ngx_int_t ngx_http_tsgi_add_field(ngx_http_request_t *r,
    const tsgi_header *header, u_char **p);
static ngx_int_t ngx_http_tsgi_push(ngx_http_request_t *r, ngx_table_elt_t *h,
    ngx_uint_t offset);
static ngx_int_t ngx_http_tsgi_push_many(ngx_http_request_t *r,
    ngx_table_elt_t *h, ngx_uint_t offset);
static ngx_int_t ngx_http_tsgi_content_type(ngx_http_request_t *r,
    ngx_table_elt_t *h, ngx_uint_t offset);
static ngx_int_t ngx_http_tsgi_last_modified(ngx_http_request_t *r,
    ngx_table_elt_t *h, ngx_uint_t offset);
static ngx_int_t ngx_http_tsgi_location(ngx_http_request_t *r,
    ngx_table_elt_t *h, ngx_uint_t offset);
static void ngx_http_tsgi_allow_ranges(ngx_http_request_t *r);


static ngx_http_tsgi_field_t  ngx_http_tsgi_fields[] = {

    { ngx_string("Content-Type"), ngx_http_tsgi_content_type, 0 },

    { ngx_string("Location"), ngx_http_tsgi_location, 0 },

    { ngx_string("Last-Modified"), ngx_http_tsgi_last_modified, 0 },

    { ngx_string("ETag"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, etag) },

    { ngx_string("Date"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, date) },

    { ngx_string("Server"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, server) },

    { ngx_string("Expires"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, expires) },

    { ngx_string("Refresh"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, refresh) },

    { ngx_string("Content-Range"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, content_range) },

    { ngx_string("Accept-Ranges"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, accept_ranges) },

    { ngx_string("Content-Encoding"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, content_encoding) },

    { ngx_string("Cache-Control"), ngx_http_tsgi_push_many,
      offsetof(ngx_http_headers_out_t, cache_control) },

    { ngx_string("Link"), ngx_http_tsgi_push_many,
      offsetof(ngx_http_headers_out_t, link) },

#if (nginx_version >= 1023000)
    { ngx_string("WWW-Authenticate"), ngx_http_tsgi_push_many,
      offsetof(ngx_http_headers_out_t, www_authenticate) },
#else
    { ngx_string("WWW-Authenticate"), ngx_http_tsgi_push,
      offsetof(ngx_http_headers_out_t, www_authenticate) },
#endif

    { ngx_null_string, NULL, 0 }
};


/* the texts are copied: `start` is valid for the call only */

ngx_int_t
ngx_http_tsgi_fill_header(ngx_http_request_t *r, const tsgi_start *start)
{
    size_t     len;
    u_char    *p;
    uint32_t   i;

    len = NGX_INT_T_LEN + 1 + start->reason.size + 1;

    for (i = 0; i < start->header_count; i++) {
        len += start->headers[i].name.size + 1
               + start->headers[i].value.size + 1;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.status = start->status;

    /* without a reason nginx knows one, or says none */

    if (start->reason.size) {
        r->headers_out.status_line.data = p;
        p = ngx_sprintf(p, "%03ui %*s", (ngx_uint_t) start->status,
                        start->reason.size, start->reason.data);
        r->headers_out.status_line.len = p - r->headers_out.status_line.data;
    }

    r->headers_out.content_length_n = start->content_length;

    for (i = 0; i < start->header_count; i++) {
        if (ngx_http_tsgi_add_field(r, &start->headers[i], &p) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    /* conditional requests are the application's own affair */

    r->disable_not_modified = 1;

    ngx_http_tsgi_allow_ranges(r);

    return NGX_OK;
}


static ngx_int_t
ngx_http_tsgi_add_field(ngx_http_request_t *r, const tsgi_header *header,
    u_char **p)
{
    ngx_table_elt_t         h;
    ngx_http_tsgi_field_t  *field;

    ngx_memzero(&h, sizeof(ngx_table_elt_t));

    h.hash = 1;

    h.key.len = header->name.size;
    h.key.data = *p;
    *p = ngx_cpymem(*p, header->name.data, header->name.size);
    *(*p)++ = '\0';

    h.value.len = header->value.size;
    h.value.data = *p;
    *p = ngx_cpymem(*p, header->value.data, header->value.size);
    *(*p)++ = '\0';

    for (field = ngx_http_tsgi_fields; field->name.len; field++) {
        if (field->name.len == h.key.len
            && ngx_strncasecmp(field->name.data, h.key.data, h.key.len) == 0)
        {
            return field->handler(r, &h, field->offset);
        }
    }

    return ngx_http_tsgi_push(r, &h, 0);
}


static ngx_int_t
ngx_http_tsgi_push(ngx_http_request_t *r, ngx_table_elt_t *h,
    ngx_uint_t offset)
{
    ngx_table_elt_t  *ho, **ph;

    ho = ngx_list_push(&r->headers_out.headers);
    if (ho == NULL) {
        return NGX_ERROR;
    }

    *ho = *h;

    if (offset) {
        ph = (ngx_table_elt_t **) ((char *) &r->headers_out + offset);
        *ph = ho;
    }

    return NGX_OK;
}


/* nginx 1.23 made lists of what had been arrays */

static ngx_int_t
ngx_http_tsgi_push_many(ngx_http_request_t *r, ngx_table_elt_t *h,
    ngx_uint_t offset)
{
    ngx_table_elt_t  *ho, **ph;

#if (nginx_version >= 1023000)

    ph = (ngx_table_elt_t **) ((char *) &r->headers_out + offset);

    while (*ph) { ph = &(*ph)->next; }

#else
    ngx_array_t      *pa;

    pa = (ngx_array_t *) ((char *) &r->headers_out + offset);

    if (pa->elts == NULL
        && ngx_array_init(pa, r->pool, 2, sizeof(ngx_table_elt_t *)) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ph = ngx_array_push(pa);
    if (ph == NULL) {
        return NGX_ERROR;
    }

#endif

    ho = ngx_list_push(&r->headers_out.headers);
    if (ho == NULL) {
        return NGX_ERROR;
    }

    *ho = *h;
    *ph = ho;

    return NGX_OK;
}


/* filters want to know the type without its parameters, and the charset */

static ngx_int_t
ngx_http_tsgi_content_type(ngx_http_request_t *r, ngx_table_elt_t *h,
    ngx_uint_t offset)
{
    u_char  *p, *last;

    r->headers_out.content_type = h->value;
    r->headers_out.content_type_len = h->value.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_str_null(&r->headers_out.charset);

    for (p = h->value.data; *p; p++) {

        if (*p != ';') {
            continue;
        }

        last = p;

        while (*++p == ' ') { /* void */ }

        if (*p == '\0') {
            return NGX_OK;
        }

        if (ngx_strncasecmp(p, (u_char *) "charset=", 8) != 0) {
            continue;
        }

        p += 8;

        r->headers_out.content_type_len = last - h->value.data;

        if (*p == '"') {
            p++;
        }

        last = h->value.data + h->value.len;

        if (*(last - 1) == '"') {
            last--;
        }

        if (last > p) {
            r->headers_out.charset.len = last - p;
            r->headers_out.charset.data = p;
        }

        return NGX_OK;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tsgi_last_modified(ngx_http_request_t *r, ngx_table_elt_t *h,
    ngx_uint_t offset)
{
    if (ngx_http_tsgi_push(r, h,
                           offsetof(ngx_http_headers_out_t, last_modified))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->headers_out.last_modified_time = ngx_parse_http_time(h->value.data,
                                                            h->value.len);

    return NGX_OK;
}


/*
 * Not in its slot a path stays as the application wrote it: nginx would make
 * an absolute URL of it.
 */

static ngx_int_t
ngx_http_tsgi_location(ngx_http_request_t *r, ngx_table_elt_t *h,
    ngx_uint_t offset)
{
    if (h->value.len == 0 || h->value.data[0] == '/') {
        return ngx_http_tsgi_push(r, h, 0);
    }

    return ngx_http_tsgi_push(r, h,
                              offsetof(ngx_http_headers_out_t, location));
}


/*
 * Ranges are nginx's to cut, unless the application has a word on them.  The
 * filter would add "Accept-Ranges" to each response it may cut, so it is let
 * only at those of which a range was asked: the head stays the application's.
 */

static void
ngx_http_tsgi_allow_ranges(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    h = r->headers_out.accept_ranges;

    if (h && h->value.len == 4
        && ngx_strncasecmp(h->value.data, (u_char *) "none", 4) == 0)
    {
        return;
    }

    if (r->headers_in.range
        && r->headers_out.status == NGX_HTTP_OK
        && r->headers_out.content_length_n != -1)
    {
        r->allow_ranges = 1;
        r->single_range = 1;

        if (h) {
            h->hash = 0;        /* the filter has one of its own */
            r->headers_out.accept_ranges = NULL;
        }
    }
}


/* a response with status 1xx, where the core can send one */

ngx_int_t
ngx_http_tsgi_inform(ngx_http_request_t *r, const tsgi_start *start)
{
#if (nginx_version >= 1029000)

    ngx_int_t  rc;

    if (start->status != 103 || r != r->main) {
        return NGX_OK;      /* the core sends early hints, no other */
    }

    if (ngx_http_tsgi_fill_header(r, start) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_http_send_early_hints(r);

    /* the final response has a head of its own */

    ngx_http_clean_header(r);

    return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;

#else

    return NGX_OK;

#endif
}
