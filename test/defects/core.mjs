/** What the native core does for the specification, which the JavaScript half is not trusted to have done. */

const fields = 'native/core/environ_fields.c';
const header = 'native/core/header.c';
const app = 'native/core/exchange_app.c';

/** @type {import('./index.mjs').Defect[]} */
export const core = [
  {
    breaks: 'A mount ends at a slash',
    file: 'native/core/mount.c',
    find: `path.data[size] != '/'`,
    replace: `path.data[size] == '\\0'`,
    tests: 'core_mount',
  },
  {
    breaks: 'environ-script-name',
    file: 'native/core/mount.c',
    find: `while (size > 0 && mount.data[size - 1] == '/') {`,
    replace: `while (size > 1 && mount.data[size - 1] == '/') {`,
    tests: 'core_mount',
  },
  {
    breaks: 'environ-absent',
    file: 'native/core/environ_packer.h',
    find: `if (value.data != NULL) {`,
    replace: `if (packer->text != NULL) {`,
    tests: 'core_environ',
  },
  {
    breaks: 'environ-header-name',
    file: fields,
    find: `c = (char)(c & ~0x20);`,
    replace: `c = (char)(c | 0x20);`,
    tests: 'core_environ',
  },
  {
    breaks: 'environ-header-twice',
    file: fields,
    find: `is_name(name, "proxy") ||`,
    replace: ``,
    tests: 'core_environ',
  },
  {
    breaks: 'environ-header-twice',
    file: fields,
    find: `is_name(name, "content-type") || is_name(name, "content-length") ||`,
    replace: `is_name(name, "content-type") ||`,
    tests: 'core_environ',
  },
  {
    breaks: 'Headers that are sent several times',
    file: fields,
    find: `? "; " : ", "`,
    replace: `? ", " : ", "`,
    tests: 'core_environ',
  },
  {
    breaks: 'Headers that are sent several times',
    file: fields,
    find: `            fields[earlier].last = i;
`,
    replace: ``,
    tests: 'core_environ',
  },
  {
    breaks: 'A header whose name contains `_`',
    file: fields,
    find: `memchr(name->data, '_', name->size) != NULL || `,
    replace: ``,
    tests: 'core_environ',
  },
  {
    breaks: '`Authorization` is passed unless',
    file: fields,
    find: `(flags & TSGI_VIEW_HIDE_AUTH) && `,
    replace: `(flags & TSGI_VIEW_HIDE_AUTH) == 0 && `,
    tests: 'core_environ',
  },
  {
    breaks: 'A request body without a declared length',
    file: fields,
    find: `if (view->content_length >= 0) {`,
    replace: `if (view->content_length >= -1) {`,
    tests: 'core_environ',
  },
  {
    breaks: 'status-form',
    file: header,
    find: `(uint8_t)text[i] < 0x20 || `,
    replace: ``,
    tests: 'core_header',
  },
  {
    breaks: 'status-form',
    file: app,
    find: `head->status < 200 || head->status > 999`,
    replace: `head->status > 999`,
    tests: 'core_exchange',
  },
  {
    breaks: 'header-name',
    file: header,
    find: `    return size > 0;`,
    replace: `    return true;`,
    tests: 'core_header',
  },
  {
    breaks: 'header-value',
    file: header,
    find: `text[i] == '\\r' || `,
    replace: ``,
    tests: 'core_header',
  },
  {
    breaks: 'header-server-owned',
    file: header,
    find: `        "upgrade",
`,
    replace: ``,
    tests: 'core_header',
  },
  {
    breaks: 'header-content-length',
    file: 'native/core/head.c',
    find: ` || start->content_length >= 0) {`,
    replace: `) {`,
    tests: 'core_exchange',
  },
  {
    breaks: 'length-excess',
    file: app,
    find: ` || data->u.data.size > undelivered(exchange)) {`,
    replace: `) {`,
    tests: 'core_exchange',
  },
  {
    breaks: 'length-short',
    file: app,
    find: `(status == 0 && !complete) ? 500 : status`,
    replace: `(status == 0 && !complete) ? 0 : status`,
    tests: 'core_exchange',
  },
  {
    breaks: 'With 204',
    file: app,
    find: `if (head->status == 204) {`,
    replace: `if (head->status == 205) {`,
    tests: 'core_exchange',
  },
  {
    breaks: 'host-expired',
    file: app,
    find: `exchange->app_state == TSGI_OVER ? TSGI_EXPIRED : TSGI_ORDER`,
    replace: `exchange->app_state == TSGI_OVER ? TSGI_ORDER : TSGI_ORDER`,
    tests: 'core_exchange',
  },
];
