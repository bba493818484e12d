/**
 * The examples: where each is mounted, and the request that README.md shows for it. The demo serves this table, `--check`
 * makes its requests, and a test compares them with README.md.
 *
 * @typedef {object} Example
 * @property {string} title
 * @property {string} mount where it is mounted; `/` is the page of links, a static file
 * @property {string} script
 * @property {string} request a command, as README.md shows it
 * @property {RegExp[]} answer everything its output must match
 */

/** The address that README.md shows. */
export const shownOrigin = 'http://127.0.0.1:8080';

/** @type {Example[]} */
export const examples = [
  {
    title: 'a page of links, served by the web server itself',
    mount: '/',
    script: 'examples/index.html',
    request: 'curl http://127.0.0.1:8080/',
    answer: [/^<!doctype html>/i, /<a href="hello">/],
  },
  {
    title: 'hello',
    mount: '/hello',
    script: 'examples/hello/app.ts',
    request: 'curl http://127.0.0.1:8080/hello',
    answer: [/^Hello from TypeScript, inside the web server\.\n$/],
  },
  {
    title: 'what an application is told about a request',
    mount: '/environ',
    script: 'examples/environ/app.ts',
    request: "curl 'http://127.0.0.1:8080/environ/some/path?a=1'",
    answer: [/SCRIPT_NAME\W+\/environ\b/, /PATH_INFO\W+\/some\/path\b/, /QUERY_STRING\W+a=1\b/],
  },
  {
    title: 'server-sent events, one a second',
    mount: '/clock',
    script: 'examples/clock/app.ts',
    request: "curl -N 'http://127.0.0.1:8080/clock?count=3'",
    answer: [/^(?:id: [123]\ndata: \d{4}-\d\d-\d\dT[\d:.]+Z\n\n){3}$/],
  },
  {
    title: 'an upload, sent back as it arrives',
    mount: '/echo',
    script: 'examples/echo/app.ts',
    request: "curl --data-binary 'what goes up' http://127.0.0.1:8080/echo",
    answer: [/^what goes up$/],
  },
  {
    title: 'middleware, one around the other',
    mount: '/stack',
    script: 'examples/stack/app.ts',
    request: 'curl -i http://127.0.0.1:8080/stack',
    answer: [/^HTTP\/1\.1 200 OK\r$/m, /^Server-Timing: app;dur=/m, /^X-Content-Type-Options: nosniff\r$/m],
  },
];
