/*
 * The head of a response.  It is noted when START is delivered and told to httpd when it is
 * sent, so that nothing of it shows where httpd answers instead.
 *
 * Names and values have been checked by the runtime, natively.
 */

#include "mod_tsgi.h"

static const char *copy(request_rec *r, const tsgi_bytes *text)
{
    return apr_pstrmemdup(r->pool, text->data, text->size);
}

static apr_table_t *copy_fields(request_rec *r, const tsgi_start *start)
{
    apr_table_t *fields = apr_table_make(r->pool, (int)start->header_count);

    for (uint32_t i = 0; i < start->header_count; i++) {
        apr_table_addn(fields, copy(r, &start->headers[i].name), copy(r, &start->headers[i].value));
    }

    return fields;
}

/* "NNN Reason"; without a reason httpd knows one, or says none. */
static const char *make_status_line(request_rec *r, const tsgi_start *start)
{
    if (start->reason.size == 0) {
        const char *known = ap_get_status_line(start->status);

        if (atoi(known) == start->status) {
            return known;
        }
    }

    return apr_psprintf(r->pool, "%03d %s", start->status, copy(r, &start->reason));
}

/* The texts are copied: `start` is valid for the call only. */
void mod_tsgi_note_head(mod_tsgi_ctx *ctx, const tsgi_start *start)
{
    request_rec *r = ctx->request;
    mod_tsgi_head *head = &ctx->head;

    head->status = start->status;
    head->status_line = make_status_line(r, start);
    head->content_length = start->content_length;
    head->fields = copy_fields(r, start);
    head->proxied = apr_table_get(head->fields, "Date") != NULL ||
                    apr_table_get(head->fields, "Server") != NULL;
}

/* An error document whose application says 200 is there, but what it documents is still an
 * error, as with nginx's error_page.  Any other status is the application's word. */
static void apply_status(request_rec *r, const mod_tsgi_head *head)
{
    if (head->status == HTTP_OK && r->prev != NULL && ap_is_HTTP_ERROR(r->status)) {
        r->status_line = ap_get_status_line(r->status);
    } else {
        r->status = head->status;
        r->status_line = head->status_line;
    }
}

void mod_tsgi_apply_head(mod_tsgi_ctx *ctx)
{
    request_rec *r = ctx->request;
    const mod_tsgi_head *head = &ctx->head;
    const apr_array_header_t *fields = apr_table_elts(head->fields);

    apply_status(r, head);

    /* What mod_mime thinks of the script says nothing of its response. */
    r->content_type = NULL;
    r->content_encoding = NULL;
    r->content_languages = NULL;

    for (int i = 0; i < fields->nelts; i++) {
        const apr_table_entry_t *field = &APR_ARRAY_IDX(fields, i, apr_table_entry_t);

        if (ap_cstr_casecmp(field->key, "Content-Type") == 0) {
            ap_set_content_type(r, field->val);
        } else {
            apr_table_addn(r->headers_out, field->key, field->val);
        }
    }

    if (head->content_length >= 0) {
        ap_set_content_length(r, head->content_length);
    }
}

/* A response with status 1xx.  The final response has a head of its own. */
void mod_tsgi_inform(mod_tsgi_ctx *ctx, const tsgi_start *start)
{
    request_rec *r = ctx->request;
    int status = r->status;
    const char *status_line = r->status_line;
    apr_table_t *headers_out = r->headers_out;

    if (r->main != NULL) {
        return; /* it is not the client's response that is being made */
    }

    r->status = start->status;
    r->status_line = make_status_line(r, start);
    r->headers_out = copy_fields(r, start);
    ap_send_interim_response(r, 1);
    r->status = status;
    r->status_line = status_line;
    r->headers_out = headers_out;
}
