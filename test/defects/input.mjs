/** What an application reads and what it logs. */

const lint = 'src/spec/lint-input.ts';
const input = 'src/server/request-input.ts';
const buffer = 'src/server/input-buffer.ts';
const validated = 'test/spec/lint-input.test.ts';
const conformance = 'test/conformance/mock.test.ts';
const only = 'tsgi.input';

/** @type {import('./index.mjs').Defect[]} */
const requestBody = [
  {
    breaks: 'input-size',
    file: 'src/spec/arguments.ts',
    find: ` && (size as number) >= 0`,
    replace: ``,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-size',
    file: input,
    find: `    TsgiError.check(checkInputSize(size));
`,
    replace: ``,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-promise',
    file: lint,
    find: `if (!isThenable(answer)) {`,
    replace: `if (answer === undefined) {`,
    tests: validated,
  },
  {
    breaks: 'input-promise',
    file: input,
    find: `  async readLine(size?: number): Promise<Uint8Array> {
    this.#enter('tsgi.input.readLine', size);
`,
    replace: `  readLine(size?: number): Promise<Uint8Array> {
    this.#enter('tsgi.input.readLine', size);
    return this.#line(size);
  }

  async #line(size?: number): Promise<Uint8Array> {
`,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-bytes',
    file: lint,
    find: ` || (size !== undefined && value.byteLength > size)`,
    replace: ``,
    tests: validated,
  },
  {
    breaks: 'input-bytes',
    file: buffer,
    find: `if (first.byteLength > size) {`,
    replace: `if (first.byteLength > size + 1) {`,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-line',
    file: lint,
    find: `if (feed >= 0 && feed !== line.byteLength - 1) {`,
    replace: `if (feed === 0 && feed !== line.byteLength - 1) {`,
    tests: validated,
  },
  {
    breaks: 'input-line',
    file: input,
    find: `Math.min(left, feed + 1)`,
    replace: `left`,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-lines',
    file: lint,
    find: `if (length === 0) {`,
    replace: `if (length < 0) {`,
    tests: validated,
  },
  {
    breaks: 'input-lines',
    file: input,
    find: `while (hint === undefined || size < hint) {`,
    replace: `while (hint === undefined || lines.length < hint) {`,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-chunks',
    file: lint,
    find: `if (bytes.byteLength === 0) {`,
    replace: `if (bytes.byteLength < 0) {`,
    tests: validated,
  },
  {
    breaks: 'input-chunks',
    file: input,
    find: `        yield chunk;`,
    replace: `        yield chunk;
        yield NOTHING;`,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-stream',
    file: lint,
    find: `typeof (stream as Partial<typeof stream> | undefined)?.getReader !== 'function'`,
    replace: `stream === undefined`,
    tests: validated,
  },
  {
    breaks: 'input-stream',
    file: input,
    find: `controller.close();`,
    replace: `controller.error(new Error('the end'));`,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-end-stable',
    file: lint,
    find: `if (this.#ended && size > 0) {`,
    replace: `if (this.#ended && size < 0) {`,
    tests: validated,
  },
  {
    breaks: 'input-end-stable',
    file: buffer,
    find: `        return false;`,
    replace: `        this.#ended = false;
        return false;`,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-length',
    file: lint,
    find: `this.#received !== this.#expected`,
    replace: `this.#received > this.#expected`,
    tests: validated,
  },
  {
    breaks: 'input-length',
    file: buffer,
    find: `        throw this.#expired();`,
    replace: `        return false;`,
    tests: conformance,
    only,
  },
  {
    breaks: 'input-second-consumer',
    file: lint,
    find: `    if (second) {`,
    replace: `    if (second && this.#ended) {`,
    tests: validated,
  },
  {
    breaks: 'input-second-consumer',
    file: input,
    find: `if (this.#busy) {`,
    replace: `if (this.#busy && size !== undefined) {`,
    tests: conformance,
    only,
  },
  {
    breaks: 'When the client goes away, everything that reads rejects',
    file: 'src/server/exchange.ts',
    find: `new TsgiError('TSGI_CLIENT_GONE', `,
    replace: `new TsgiError('TSGI_EXPIRED', `,
    tests: conformance,
    only,
  },
  {
    breaks: 'A body above the limit of the server rejects',
    file: buffer,
    find: `new TsgiError('TSGI_BODY_TOO_LARGE', `,
    replace: `new TsgiError('TSGI_BODY_MALFORMED', `,
    tests: conformance,
    only,
  },
  {
    breaks: 'A failure repeats',
    file: buffer,
    find: `          throw this.#failure;`,
    replace: `          const failure = this.#failure;
          this.#failure = undefined;
          throw failure;`,
    tests: conformance,
    only,
  },
];

/** @type {import('./index.mjs').Defect[]} */
const errorLog = [
  {
    breaks: 'errors-text',
    file: 'src/spec/arguments.ts',
    find: `if (typeof text === 'string') {`,
    replace: `if (typeof text !== 'object') {`,
    tests: 'test/server/error-stream.test.ts',
  },
  {
    breaks: 'errors-lines',
    file: 'src/spec/arguments.ts',
    find: `    typeof texts === 'object' &&
    texts !== null &&`,
    replace: `    (typeof texts === 'object' || typeof texts === 'string') &&
    texts !== null &&`,
    tests: 'test/server/error-stream.test.ts',
  },
  {
    breaks: 'Each line becomes one entry',
    file: 'src/server/error-stream.ts',
    find: `this.#log(this.#rest + text.slice(0, end));`,
    replace: `this.#log(text.slice(0, end));`,
    tests: conformance,
  },
  {
    breaks: '`tsgi.errors` outlives the exchange',
    file: 'src/server/error-stream.ts',
    find: `if (this.#owner.ended) {`,
    replace: `if (this.#owner.ended && end >= 0) {`,
    tests: 'test/server/error-stream.test.ts',
  },
];

export { requestBody as input, errorLog as errors };
