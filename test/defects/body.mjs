/** The body, its length, and responses that have none. */

const checks = 'src/spec/response.ts';
const lint = 'src/spec/lint-body.ts';
const pump = 'src/server/pump.ts';
const server = 'src/server/response.ts';
const sender = 'src/server/body.ts';
const validated = 'test/spec/lint-body.test.ts';
const conformance = 'test/conformance/mock.test.ts';
const linted = 'test/conformance/mock-lint.test.ts';

/** @type {import('./index.mjs').Defect[]} */
export const body = [
  {
    breaks: 'body-bare',
    file: checks,
    find: ` || ArrayBuffer.isView(body)`,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'body-iterable',
    file: checks,
    find: `    typeof body !== 'object' ||
`,
    replace: ``,
    tests: 'test/spec/lint-response.test.ts',
  },
  {
    breaks: 'body-iterable',
    file: checks,
    find: `(typeof candidate[Symbol.asyncIterator] !== 'function' && typeof candidate[Symbol.iterator] !== 'function')`,
    replace: `typeof body === 'boolean'`,
    tests: conformance,
  },
  {
    breaks: 'body-close',
    file: checks,
    find: ` && typeof close !== 'function') {`,
    replace: ` && typeof close === 'symbol') {`,
    tests: conformance,
  },
  {
    breaks: 'body-iterator',
    file: checks,
    find: `typeof (iterator as Partial<Iterator<unknown>>).next === 'function'`,
    replace: `'next' in iterator`,
    tests: 'test/spec/lint-response.test.ts',
  },
  {
    breaks: 'body-result',
    file: checks,
    find: `result !== null && !isThenable(result)) {`,
    replace: `result !== null) {`,
    tests: 'test/spec/lint-response.test.ts',
  },
  {
    breaks: 'The server pulls the body when everything handed to `write` is accepted',
    file: 'src/server/exchange.ts',
    find: `if (this.response.accepted) {`,
    replace: `if (this.response.accepted || body !== undefined) {`,
    tests: conformance,
  },
  {
    breaks: 'The server pulls the body when everything handed to `write` is accepted',
    file: pump,
    find: `if (response.push(chunk)) {`,
    replace: `if (response.push(chunk) || !exchange.ended) {`,
    tests: conformance,
    only: 'only as fast as its client reads',
  },
  {
    breaks: 'A chunk is never delayed',
    file: pump,
    find: `    return (chunk as Chunk).length === 0 || this.#send(chunk as Chunk);`,
    replace: `    const self = this as { before?: Chunk };
    const before = self.before ?? '';
    self.before = chunk as Chunk;
    return before.length === 0 || this.#send(before);`,
    tests: conformance,
    only: 'what is yielded goes out before the next is awaited',
  },
  {
    breaks: 'A chunk is never delayed',
    file: pump,
    find: `(chunk as Chunk).length === 0 || `,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'host-iterated-twice',
    file: lint,
    find: `this.#iteration !== undefined || this.#closed`,
    replace: `this.#closed`,
    tests: validated,
  },
  {
    breaks: 'host-iterated-twice',
    file: sender,
    find: `    pump = Pump.of(exchange, body);`,
    replace: `    pump = Pump.of(exchange, body);
    pump = Pump.of(exchange, body);`,
    tests: linted,
  },
  {
    breaks: 'host-next-outstanding',
    file: lint,
    find: `if (this.#pending) {`,
    replace: `if (this.#pending && this.#ended) {`,
    tests: validated,
  },
  {
    breaks: 'host-next-outstanding',
    file: pump,
    find: `        Promise.resolve(this.iterator.next()).then(`,
    replace: `        void Promise.resolve(this.iterator.next()).catch(() => undefined);
        Promise.resolve(this.iterator.next()).then(`,
    tests: conformance,
    only: 'at most one next',
  },
  {
    breaks: 'host-next-after-end',
    file: lint,
    find: `    if (!this.running) {`,
    replace: `    if (!this.running && this.#returned) {`,
    tests: validated,
  },
  {
    breaks: 'host-next-after-end',
    file: pump,
    find: `      if (value.done === true) {
        this.#state = 'over';`,
    replace: `      if (value.done === true) {
        this.#state = 'over';
        void Promise.resolve(this.iterator.next()).catch(() => undefined);`,
    tests: linted,
  },

  // ---- Content-Length ----
  {
    breaks: 'length-excess',
    file: 'src/spec/lint-exchange.ts',
    find: `if (this.sent > this.declared) {`,
    replace: `if (this.sent > this.declared + 1) {`,
    tests: 'test/spec/lint-response.test.ts',
  },
  {
    breaks: 'length-excess',
    file: server,
    find: `    const cut = bytes.subarray(0, this.remaining);`,
    replace: `    const cut = bytes;`,
    tests: conformance,
  },
  {
    breaks: 'length-short',
    file: checks,
    find: `if (produced < declared) {`,
    replace: `if (produced + 1 < declared) {`,
    tests: 'test/spec/lint-response.test.ts',
  },
  {
    breaks: 'length-short',
    file: server,
    find: `if (missing <= 0 || this.bodyless) {`,
    replace: `if (missing !== 0) {`,
    tests: conformance,
  },
  {
    breaks: 'Where the application declares no length',
    file: sender,
    find: `!exchange.ended && response.commit(size)`,
    replace: `!exchange.ended && response.commit(-1)`,
    tests: conformance,
  },
  {
    breaks: 'When the declared length is reached the response is whole',
    file: pump,
    find: `    if (exchange.response.remaining !== 0) {`,
    replace: `    if (exchange.response.remaining !== -2) {`,
    tests: conformance,
  },
  {
    breaks: 'When the declared length is reached the response is whole',
    file: pump,
    find: `      exchange.suffice(false);
      this.#lookBeyond();`,
    replace: `      exchange.suffice(true);`,
    tests: conformance,
  },

  // ---- no content ----
  {
    breaks: 'The server pulls until it knows the head',
    file: server,
    find: `    if (this.bodyless) {
      return DONE;
    }`,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'The server pulls until it knows the head',
    file: pump,
    find: `      if (response.state === 'committed' || response.commit(-1)) {
        exchange.suffice(true);
      }
      return false;`,
    replace: `      if (response.state === 'committed' || response.commit(-1)) {
        this.#state = 'over';
        exchange.suffice(true);
      }
      return false;`,
    tests: conformance,
  },
  {
    breaks: 'With HEAD and 304',
    file: sender,
    find: `exchange.head && size > 0 && `,
    replace: `exchange.head && `,
    tests: conformance,
  },
  {
    breaks: 'With 204',
    file: server,
    find: `packHead(status.slice(4), headers, code === 204)`,
    replace: `packHead(status.slice(4), headers, code === 205)`,
    tests: conformance,
  },
  {
    breaks: 'host-bodyless-pull',
    file: lint,
    find: `if (this.#enough) {`,
    replace: `if (this.#enough && this.#ended) {`,
    tests: validated,
  },
  {
    breaks: 'host-bodyless-pull',
    file: pump,
    find: `    if (response.bodyless && response.state !== 'idle') {`,
    replace: `    if (response.bodyless && response.state !== 'idle') {
      void Promise.resolve(this.iterator.next()).catch(() => undefined);`,
    tests: linted,
  },
];
