#include "environ.h"

#include "environ_fields.h"

#define KEY_NAME(name, ...) #name,

const char *const tsgi_environ_keys[] = {TSGI_ENVIRON_KEYS(KEY_NAME)};
const char *const tsgi_header_keys[] = {TSGI_HEADER_KEYS(KEY_NAME)};

/* ---- CGI keys ---- */

static void append_required(packer *packer, uint32_t key, tsgi_bytes value)
{
    append(packer, value.data, value.size);
    entry(packer, key);
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

    tsgi_environ_pack_content(packer, view);
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
    uint32_t raw_count = tsgi_environ_pack_raw(view, raw, cuts, &raw_size);
    packer packer = {.text = raw + raw_size, .words = words, .count = 1};

    words[0] = 0;
    pack_keys(&packer, view, script_name, path_info);

    if (!tsgi_environ_pack_fields(&packer, view)) {
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
