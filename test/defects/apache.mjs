/** What the Apache module does for the specification, and the mistakes that matter most there. */

const alias = 'apache-module/mod_tsgi_alias.c';
const body = 'apache-module/mod_tsgi_body.c';
const config = 'apache-module/mod_tsgi_config.c';
const header = 'apache-module/mod_tsgi_header.c';
const log = 'apache-module/mod_tsgi_log.c';
const output = 'apache-module/mod_tsgi_output.c';
const params = 'apache-module/mod_tsgi_params.c';
const request = 'apache-module/mod_tsgi_request.c';
const response = 'apache-module/mod_tsgi_response.c';

/** @type {import('./index.mjs').Defect[]} */
const environ = [
  {
    breaks: 'A mount ends at a slash or at the end of the path',
    file: alias,
    find: `    return *rest == '\\0' || *rest == '/' ? rest - uri : -1;`,
    replace: `    return rest - uri;`,
    tests: 'test/apache/aliases.test.ts',
    only: 'ends at a slash',
  },
  {
    breaks: 'environ-request-uri',
    file: request,
    find: `    const char *target = first_request(r)->unparsed_uri;`,
    replace: `    const char *target = first_request(r)->uri;`,
    tests: 'test/apache/environ.test.ts',
    only: 'the original target',
  },
  {
    breaks: 'environ-scheme',
    file: request,
    find: `    view->scheme = mod_tsgi_bytes(ap_http_scheme(r));`,
    replace: `    view->scheme = mod_tsgi_bytes("http");`,
    tests: 'test/apache/connection.test.ts',
    only: 'shows as HTTPS',
  },
  {
    breaks: 'environ-header-twice',
    file: params,
    find: `"HTTP_CONTENT_LENGTH", "HTTP_PROXY",`,
    replace: `"HTTP_CONTENT_LENGTH",`,
    tests: 'test/apache/environ.test.ts',
    only: 'replace nothing that the server knows',
  },
  {
    breaks: 'environ-reserved',
    file: params,
    find: `{"tsgi.", "nginx.", "apache."}`,
    replace: `{"nginx."}`,
    tests: 'test/apache/environ.test.ts',
    only: 'replace nothing that the server knows',
  },
  {
    breaks: '\`Authorization\` is passed unless the administrator switches it off',
    file: request,
    find: `        view->flags |= TSGI_VIEW_HIDE_AUTH;`,
    replace: `        view->flags |= 0;`,
    tests: 'test/apache/environ.test.ts',
    only: 'show the credentials',
  },
  {
    breaks: 'Every arrival at an application is an exchange of its own',
    file: request,
    find: `        view->flags |= TSGI_VIEW_NO_BODY;`,
    replace: `        view->flags |= 0;`,
    tests: 'test/apache/neighbours.test.ts',
    only: 'leads to an application',
  },
  {
    breaks: 'Every arrival at an application is an exchange of its own',
    file: body,
    find: `r->main != NULL || (r->prev != NULL && r->status != HTTP_OK)`,
    replace: `r->main != NULL`,
    tests: 'test/apache/neighbours.test.ts',
    only: 'leads to an application',
  },
];

/** @type {import('./index.mjs').Defect[]} */
const input = [
  {
    breaks: 'A request body without a declared length',
    file: 'apache-module/mod_tsgi_whole.c',
    find: `    ctx->body_size = whole.size;
`,
    replace: ``,
    tests: 'test/apache/bodies.test.ts',
    only: 'arrives whole in chunks',
  },
  {
    breaks: 'When the client goes away, everything that reads rejects',
    file: 'apache-module/mod_tsgi_handler.c',
    find: `stopping ? TSGI_ABORT_STOP : TSGI_ABORT_CLIENT`,
    replace: `stopping ? TSGI_ABORT_CLIENT : TSGI_ABORT_STOP`,
    tests: 'test/apache/uploads.test.ts',
    only: 'leaves during its upload',
  },
  {
    breaks: 'A body above the limit of the server rejects',
    file: body,
    find: `            *status = ((ap_bucket_error *)b->data)->status;`,
    replace: `            *status = HTTP_BAD_REQUEST;`,
    tests: 'test/apache/bodies.test.ts',
    only: 'in streamed chunks fails the read',
  },
  {
    breaks: 'The server then discards it or closes the connection',
    file: output,
    find: `    if (last && rv == APR_SUCCESS) {
        flush`,
    replace: `    if (last && rv != APR_SUCCESS) {
        flush`,
    tests: 'test/apache/uploads.test.ts',
    only: 'reaches a client that waits',
  },
  {
    breaks: 'A client that waits for `100 Continue`',
    file: 'apache-module/mod_tsgi_stream.c',
    find: `    if (r->expecting_100 && ctx->state == MOD_TSGI_IDLE) {`,
    replace: `    if (r->expecting_100) {`,
    tests: 'test/apache/uploads.test.ts',
    only: 'once the response has begun',
  },
  {
    breaks: 'A client that waits for `100 Continue`',
    file: 'apache-module/mod_tsgi_stream.c',
    find: `    if (r->expecting_100 && ctx->state == MOD_TSGI_IDLE) {`,
    replace: `    if (r->expecting_100 && ctx->state != MOD_TSGI_IDLE) {`,
    tests: 'test/apache/uploads.test.ts',
    only: 'comes when the application first reads',
  },
  {
    breaks: 'Each line becomes one entry of the error log of the request',
    file: log,
    find: `    if (id.size > 0) {`,
    replace: `    if (id.size > MOD_TSGI_ID_SHOWN) {`,
    tests: 'test/apache/logging.test.ts',
    only: 'to the log of its server',
  },
];

/** @type {import('./index.mjs').Defect[]} */
const responses = [
  {
    breaks: 'Fields with the same name are sent in the order of the array',
    file: header,
    find: `            apr_table_addn(r->headers_out, field->key, field->val);`,
    replace: `            apr_table_setn(r->headers_out, field->key, field->val);`,
    tests: 'test/apache/responses.test.ts',
    only: 'fields of one name',
  },
  {
    breaks: 'A chunk is never delayed',
    file: output,
    find: `                            last ? apr_bucket_eos_create(alloc) : apr_bucket_flush_create(alloc));`,
    replace: `                            last ? apr_bucket_eos_create(alloc)
                                 : apr_bucket_immortal_create("", 0, alloc));`,
    tests: 'test/apache/responses.test.ts',
    only: 'leaves before the next is awaited',
  },
  {
    breaks: 'The server pulls until it knows the head',
    file: request,
    find: `        view->flags |= TSGI_VIEW_HEAD;`,
    replace: `        view->flags |= 0;`,
    tests: 'test/conformance/apache-event.test.ts',
    only: 'HEAD',
  },
  {
    breaks: 'When the declared length is reached the response is whole',
    file: response,
    find: `    return ctx->received == (uint64_t)ctx->head.content_length;`,
    replace: `    return ctx->received > 0;`,
    tests: 'test/apache/responses.test.ts',
    only: 'of a large response',
  },
  {
    breaks: 'Before commit the client gets the server',
    file: response,
    find: `    mod_tsgi_finish(ctx, status, TSGI_ABORT_CLIENT);`,
    replace: `    mod_tsgi_finish(ctx, OK, TSGI_ABORT_CLIENT);`,
    tests: 'test/apache/responses.test.ts',
    only: "the server's own page",
  },
  {
    breaks: 'After it the response is reset',
    file: output,
    find: `    APR_BRIGADE_INSERT_TAIL(ctx->out,
                            ap_bucket_error_create(HTTP_BAD_GATEWAY, NULL, r->pool, alloc));
`,
    replace: ``,
    tests: 'test/apache/resets.test.ts',
    only: 'of a chunked response',
  },
  {
    breaks: 'After it the response is reset',
    file: output,
    find: `    if (ends_with_connection(whole)) {`,
    replace: `    if (!ends_with_connection(whole)) {`,
    tests: 'test/apache/resets.test.ts',
    only: 'of a response that ends with the connection',
  },
  {
    breaks: 'when the client has gone, `tsgi.signal` fires',
    file: 'apache-module/mod_tsgi_wait.c',
    find: `    struct pollfd set = {.fd = -1, .events = POLLRDHUP};`,
    replace: `    struct pollfd set = {.fd = -1, .events = 0};`,
    tests: 'test/apache/waiting.test.ts',
    only: 'closes the connection before the response',
  },
  {
    breaks: '`close`, if the module exports it, is awaited',
    file: 'apache-module/mod_tsgi_recorder.c',
    find: `    mod_tsgi_api->runtime_stop(mod_tsgi_runtime, MOD_TSGI_CLOSE_TIMEOUT);`,
    replace: `    mod_tsgi_api->runtime_stop(mod_tsgi_runtime, 0);`,
    tests: 'test/apache/life.test.ts',
    only: 'event leaves without an application',
  },
];

/** @type {import('./index.mjs').Defect[]} */
const layer = [
  {
    layer: 'apache-module',
    breaks: 'use after the end of the exchange',
    file: response,
    find: `        ctx->exchange = NULL;
        ctx->ended = 1;
`,
    replace: `        ctx->ended = 1;
`,
    tests: 'test/apache/resets.test.ts',
    only: 'of a chunked response',
    report: /AddressSanitizer: heap-use-after-free/,
  },
  {
    layer: 'apache-module',
    breaks: 'use after the end: bytes that are given back before they have left',
    file: output,
    find: `    rv = pass(ctx);

    uint64_t cost = release_held(ctx);
`,
    replace: `    uint64_t cost = release_held(ctx);

    rv = pass(ctx);
`,
    tests: 'test/apache/backpressure.test.ts',
    only: 'lets everything through',
    report: /AddressSanitizer: heap-use-after-free/,
  },
  {
    layer: 'apache-module',
    breaks: 'lost credit',
    file: output,
    find: `        mod_tsgi_api->exchange_credit(ctx->exchange, cost);`,
    replace: `        mod_tsgi_api->exchange_credit(ctx->exchange, cost / 2);`,
    tests: 'test/apache/backpressure.test.ts',
    only: 'lets everything through',
  },
  {
    layer: 'apache-module',
    breaks: 'lost wake: handlers that are not told that their child stops',
    file: 'apache-module/mod_tsgi_process.c',
    find: `        mod_tsgi_ports_wake();
`,
    replace: ``,
    tests: 'test/apache/life.test.ts',
    only: 'event breaks off on SIGTERM',
  },
  {
    layer: 'apache-module',
    breaks: 'leak of messages whose bytes have left, and of the files in them',
    file: output,
    find: `        mod_tsgi_api->message_release(message);
`,
    replace: ``,
    tests: 'test/apache/files.test.ts',
    only: 'is sent whole',
  },
  {
    layer: 'apache-module',
    breaks: 'another part of a file than the one that is asked for',
    file: output,
    find: `(apr_off_t)file->offset,`,
    replace: `(apr_off_t)0,`,
    tests: 'test/apache/files.test.ts',
    only: 'is sent in part',
  },
  {
    layer: 'apache-module',
    breaks: 'a value of the main server that does not reach its virtual hosts',
    file: config,
    find: `    INHERIT(pass_authorization, MOD_TSGI_UNSET);`,
    replace: `    conf->pass_authorization = inner->pass_authorization;`,
    tests: 'test/apache/merges.test.ts',
    only: 'of the main server holds',
  },
  {
    layer: 'apache-module',
    breaks: 'a process.env of the innermost level alone',
    file: config,
    find: `    return apr_array_append(pool, outer, inner);`,
    replace: `    return apr_array_copy(pool, inner);`,
    tests: 'test/apache/merges.test.ts',
    only: 'adds up',
  },
  {
    layer: 'apache-module',
    breaks: 'pages of httpd where nobody asked for them',
    file: response,
    find: `mod_tsgi_is_on(ctx->conf->error_override, 0)`,
    replace: `mod_tsgi_is_on(ctx->conf->error_override, 1)`,
    tests: 'test/apache/neighbours.test.ts',
    only: 'leaves the errors of an application alone',
  },
  {
    layer: 'apache-module',
    breaks: 'an overridden 401 without its challenge',
    file: response,
    find: `    if (ctx->head.status == HTTP_UNAUTHORIZED) {`,
    replace: `    if (ctx->head.status == HTTP_FORBIDDEN) {`,
    tests: 'test/apache/neighbours.test.ts',
    only: 'keeps the challenge of a 401',
  },
  {
    layer: 'apache-module',
    breaks: 'a HEAD that is shown as GET unasked',
    file: request,
    find: `         mod_tsgi_is_on(ctx->conf->map_head_to_get, 0)) ||`,
    replace: `         mod_tsgi_is_on(ctx->conf->map_head_to_get, 1)) ||`,
    tests: 'test/apache/environ.test.ts',
    only: 'shows a HEAD as GET',
  },
  {
    layer: 'apache-module',
    breaks: 'records without their tags',
    file: log,
    find: `    if (record->tag != 0) {`,
    replace: `    if (record->tag == 0) {`,
    tests: 'test/apache/responses.test.ts',
    only: "the server's own page",
  },
  {
    layer: 'apache-module',
    breaks: 'a directory of scripts that is left by a link',
    file: alias,
    find: `                      path, match->script);
        return HTTP_FORBIDDEN;`,
    replace: `                      path, match->script);
        return OK;`,
    tests: 'test/apache/scripts.test.ts',
    only: 'cannot be left by a symbolic link',
  },
  {
    layer: 'apache-module',
    breaks: 'a path that climbs out of what the pattern of an alias names',
    file: alias,
    find: `    if (strstr(script, "/../") != NULL || (`,
    replace: `    if (script[0] != '/' && (`,
    tests: 'test/apache/scripts.test.ts',
    only: 'makes no path that climbs',
  },
];

export const apache = [...environ, ...input, ...responses, ...layer];
