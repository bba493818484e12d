/** What the nginx module does for the specification, and the mistakes that matter most there. */

const response = 'nginx-module/ngx_http_tsgi_response.c';
const output = 'nginx-module/ngx_http_tsgi_output.c';

/** @type {import('./index.mjs').Defect[]} */
export const nginx = [
  {
    breaks: 'Every arrival at an application is an exchange of its own',
    file: 'nginx-module/ngx_http_tsgi_request.c',
    find: `        view->flags |= TSGI_VIEW_NO_BODY;
`,
    replace: `        view->flags |= 0;
`,
    tests: 'test/nginx/neighbours.test.ts',
    only: 'a page for an error',
  },
  {
    breaks: 'The server then discards it or closes the connection',
    file: 'nginx-module/ngx_http_tsgi_body.c',
    find: `    if (ngx_http_discard_request_body(r) != NGX_OK) {
        r->keepalive = 0;
    }
`,
    replace: ``,
    tests: 'test/nginx/bodies.test.ts',
    only: 'a body of (a request|requests)',
  },
  {
    layer: 'nginx-module',
    breaks: 'a connection that goes on where nobody knows where its next request begins',
    file: 'nginx-module/ngx_http_tsgi_body.c',
    find: `    r->keepalive = 0;
    r->lingering_close = 1;

    r->read_event_handler`,
    replace: `    r->read_event_handler`,
    tests: 'test/nginx/bodies.test.ts',
    only: 'behind a body above the limit',
  },
  {
    breaks: 'A client that waits for `100 Continue`',
    file: 'nginx-module/ngx_http_tsgi_stream.c',
    find: `        r->expect_tested = 1;
`,
    replace: `        r->expect_tested = 0;
`,
    tests: 'test/nginx/uploads.test.ts',
    only: 'does not come',
  },
  {
    layer: 'nginx-module',
    breaks: 'use after the end of the exchange',
    file: response,
    find: `        ctx->exchange = NULL;
        ctx->ended = 1;
`,
    replace: `        ctx->ended = 1;
`,
    tests: 'test/nginx/resets.test.ts',
    only: 'of a chunked response',
    report: /AddressSanitizer: heap-use-after-free/,
  },
  {
    layer: 'nginx-module',
    breaks: 'use after the end: bytes that are given back before they have left',
    file: output,
    find: `    ngx_http_tsgi_consume(ctx, 0);
`,
    replace: `    ngx_http_tsgi_consume(ctx, 1);
`,
    tests: 'test/nginx/backpressure.test.ts',
    only: 'waits in the application',
    report: /AddressSanitizer: heap-use-after-free/,
  },
  {
    layer: 'nginx-module',
    breaks: 'double END: a request that is finalized twice',
    file: response,
    find: `        ngx_http_tsgi_finalize(ctx, rc);

    } else if (ctx->ended) {`,
    replace: `        ngx_http_tsgi_finalize(ctx, rc);
        ngx_http_tsgi_finalize(ctx, rc);

    } else if (ctx->ended) {`,
    tests: 'test/nginx/bodies.test.ts',
    only: 'that nobody reads',
    report: /AddressSanitizer: heap-use-after-free/,
  },
  {
    layer: 'nginx-module',
    breaks: 'lost wake: messages beyond those of one turn',
    file: 'nginx-module/ngx_http_tsgi_wake.c',
    find: `    if (n == NGX_HTTP_TSGI_DRAIN && !ev->posted) {`,
    replace: `    if (n > NGX_HTTP_TSGI_DRAIN && !ev->posted) {`,
    tests: 'test/nginx/backpressure.test.ts',
    only: 'in thousands of chunks',
  },
  {
    layer: 'nginx-module',
    breaks: 'leak of messages whose bytes have left, and of the files in them',
    file: 'nginx-module/ngx_http_tsgi_output.c',
    find: `                                           : message->u.file.cost;

        ngx_http_tsgi_api->message_release(message);
`,
    replace: `                                           : message->u.file.cost;
`,
    tests: 'test/nginx/files.test.ts',
  },
];
