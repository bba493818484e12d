/** startResponse and write. */

const status = 'src/spec/status.ts';
const headers = 'src/spec/headers.ts';
const checks = 'src/spec/response.ts';
const lint = 'src/spec/lint-response.ts';
const server = 'src/server/response.ts';
const conformance = 'test/conformance/mock.test.ts';

/** @type {import('./index.mjs').Defect[]} */
export const response = [
  {
    breaks: 'status-string',
    file: status,
    find: `typeof status === 'string' && STATUS_LINE.test(status)`,
    replace: `STATUS_LINE.test(status as string)`,
    tests: 'test/spec/status.test.ts',
  },
  {
    breaks: 'status-interim',
    file: status,
    find: `/^1[0-9][0-9]( |$)/`,
    replace: `/^100( |$)/`,
    tests: 'test/spec/status.test.ts',
  },
  {
    breaks: 'status-form',
    file: status,
    find: String.raw`[\x20-\x7e\x80-\xff]+$/`,
    replace: String.raw`[\x00-\x7e\x80-\xff]+$/`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'status-form',
    file: status,
    find: `/^[2-9][0-9][0-9] `,
    replace: `/^[2-9][0-9][0-9] ?`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'headers-array',
    file: headers,
    find: `if (!Array.isArray(headers)) {`,
    replace: `if (typeof headers !== 'object' || headers === null) {`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'headers-pair',
    file: headers,
    find: `header.length !== 2`,
    replace: `header.length < 2`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'header-content-length',
    file: headers,
    find: `if (lengths > 1 || !`,
    replace: `if (!`,
    tests: 'test/spec/headers.test.ts',
  },
  {
    breaks: 'header-content-length',
    file: headers,
    find: `{1,15}$/`,
    replace: `{1,19}$/`,
    tests: 'test/spec/headers.test.ts',
  },
  {
    breaks: 'header-content-length',
    file: headers,
    find: `        continue;
      }`,
    replace: `      }`,
    tests: 'test/spec/headers.test.ts',
  },
  {
    breaks: 'header-value',
    file: headers,
    find: String.raw`/^[^\0\r\n\u0100-\uffff]*$/`,
    replace: String.raw`/^[^\0\n\u0100-\uffff]*$/`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'header-name',
    file: headers,
    find: `const TOKEN = /^[`,
    replace: `const TOKEN = /^[:`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'header-server-owned',
    file: headers,
    find: `|trailers?|`,
    replace: `|trailers|`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'start-twice',
    file: checks,
    find: `state !== 'idle' && !hasError(error)`,
    replace: `state === 'committed' && !hasError(error)`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'start-twice',
    file: server,
    find: `    this.#declared = (code === 204 ? undefined : declaredLength(headers)) ?? -1;`,
    replace: `    this.#declared = (code === 204 ? undefined : declaredLength(headers)) ?? this.#declared;`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'body-before-start',
    file: checks,
    find: `  if (state === 'idle') {
    return {
      rule: 'body-before-start',`,
    replace: `  if (state === 'ended') {
    return {
      rule: 'body-before-start',`,
    tests: conformance,
  },
  {
    breaks: 'host-write',
    file: lint,
    find: `if (typeof write !== 'function') {`,
    replace: `if (write === undefined) {`,
    tests: 'test/spec/lint-host.test.ts',
  },
  {
    breaks: 'host-write',
    file: server,
    find: `    return this.#write;`,
    replace: `    return undefined as unknown as Write;`,
    tests: conformance,
  },
  {
    breaks: 'host-rethrow',
    file: lint,
    find: `    if (committed) {`,
    replace: `    if (committed && error === undefined) {`,
    tests: 'test/spec/lint-host.test.ts',
  },
  {
    breaks: 'host-rethrow',
    file: server,
    find: `    if (this.state === 'committed') {
      this.exchange.fail(error);
      throw error;`,
    replace: `    if (this.state === 'committed') {
      this.exchange.fail(error);
      return this.#write as Write;`,
    tests: conformance,
  },
  {
    breaks: 'host-rethrow',
    file: server,
    find: `    if (this.state === 'committed') {
      this.exchange.fail(error);
      throw error;`,
    replace: `    if (this.state === 'committed') {
      throw error;`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'The server takes a copy at the call',
    file: server,
    find: `    this.#head = head;`,
    replace: `    const late = (): Head => packHead(status.slice(4), headers, code === 204);
    this.#head = {
      get text() {
        return late().text;
      },
      get cuts() {
        return late().cuts;
      },
    };`,
    tests: conformance,
    only: 'startResponse',
  },
  {
    breaks: 'Fields with the same name are sent in the order',
    file: 'src/server/head.ts',
    find: `of headers) {`,
    replace: `of [...headers].reverse()) {`,
    tests: conformance,
    only: 'startResponse',
  },

  // ---- write ----
  {
    breaks: 'write-late',
    file: checks,
    find: `  if (pulled) {`,
    replace: `  if (pulled === undefined) {`,
    tests: conformance,
  },
  {
    breaks: 'write-late',
    file: 'src/server/body.ts',
    find: `  exchange.pulled = true;`,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'chunk-type',
    file: checks,
    find: `chunk instanceof Uint8Array) {`,
    replace: `ArrayBuffer.isView(chunk)) {`,
    tests: conformance,
  },
  {
    breaks: 'host-write-promise',
    file: lint,
    find: `answer !== undefined && !isThenable(answer)`,
    replace: `answer === null && !isThenable(answer)`,
    tests: 'test/spec/lint-host.test.ts',
  },
  {
    breaks: 'host-write-promise',
    file: server,
    find: `    promise.catch(ignore);
    return promise;
  }

  /** Turns`,
    replace: `    return promise;
  }

  /** Turns`,
    tests: conformance,
    only: 'write',
  },
  {
    breaks: 'host-write-promise',
    file: server,
    find: `backlog !== undefined && backlog.bytes > 0 ? cut : this.#send(cut)`,
    replace: `this.#send(cut)`,
    tests: 'test/server/response.test.ts',
  },
  {
    breaks: 'The promise resolves when the chunk is inside',
    file: server,
    find: `return this.#hold((this.#backlog ??= new Backlog()), rest);`,
    replace: `void this.#hold((this.#backlog ??= new Backlog()), rest);
    return DONE;`,
    tests: conformance,
    only: 'write',
  },
  {
    breaks: 'The promise resolves when the chunk is inside',
    file: server,
    find: `if (backlog.bytes + bytes.byteLength > writeLimit) {`,
    replace: `if (backlog.bytes + bytes.byteLength > 100 * writeLimit) {`,
    tests: conformance,
    only: 'write',
  },
];
