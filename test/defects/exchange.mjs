/** How an exchange ends, extensions, entry points, middleware. */

const lint = 'src/spec/lint-body.ts';
const exchange = 'src/server/exchange.ts';
const closing = 'src/server/closing.ts';
const validated = 'test/spec/lint-body.test.ts';
const conformance = 'test/conformance/mock.test.ts';
const linted = 'test/conformance/mock-lint.test.ts';

/** @type {import('./index.mjs').Defect[]} */
const ends = [
  {
    breaks: "Before commit the client gets the server's own page",
    file: exchange,
    find: `    report(this.binding, this, tag, describeError(error));
    this.#end('error', true, 500);`,
    replace: `    report(this.binding, this, tag, describeError(error));
    this.#end('error', true, 502);`,
    tests: conformance,
  },
  {
    breaks: 'After it the response is reset',
    file: exchange,
    find: `    report(this.binding, this, tag, describeError(error));
    this.#end('error', true, 500);`,
    replace: `    report(this.binding, this, tag, describeError(error));
    this.#end('error', true, this.response.state === 'committed' ? 0 : 500);`,
    tests: conformance,
  },
  {
    breaks: 'Either is logged with a stack',
    file: 'src/server/report.ts',
    find: `    return withoutOwnFrames(error instanceof Error ? text.replace(BRACKETED, '$1') : text);`,
    replace: `    return withoutOwnFrames(error instanceof Error ? String(error) : text.replace(BRACKETED, '$1'));`,
    tests: conformance,
  },
  {
    breaks: 'Nothing of the error reaches the client',
    file: exchange,
    find: `    this.#failure = error;
`,
    replace: `    this.#failure = error;
    if (this.response.state === 'started' && this.respond(describeError(error))) {
      return;
    }
`,
    tests: conformance,
  },
  {
    breaks: 'everything that belongs to the exchange expires',
    file: exchange,
    find: `    this.response.expire(error);`,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'everything that belongs to the exchange expires',
    file: exchange,
    find: `    this.input.expire(error);`,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'when the client has gone, `tsgi.signal` fires',
    file: exchange,
    find: `      this.#controller?.abort(abort);`,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'No connection, buffer or descriptor',
    file: exchange,
    find: `    this.binding.end(this.handle, status);
    this.#over(reason, early);`,
    replace: `    this.#over(reason, early);
    void (this.owner as unknown as { settled(): Promise<void> }).settled().then(() => {
      this.binding.end(this.handle, status);
    });`,
    tests: conformance,
  },
  {
    breaks: 'A failure in them is logged',
    file: closing,
    find: `  } catch (error) {
    failed(error);
    return undefined;`,
    replace: `  } catch {
    return undefined;`,
    tests: conformance,
  },
  {
    breaks: 'A failure in them is logged',
    file: closing,
    find: `  } catch (error) {
    failed(error);
    return undefined;`,
    replace: `  } catch (error) {
    failed(error);
    throw error;`,
    tests: conformance,
  },
  {
    breaks: 'host-return-once',
    file: lint,
    find: `if (this.#returned || this.#ended) {`,
    replace: `if (this.#returned) {`,
    tests: validated,
  },
  {
    breaks: 'host-return-once',
    file: 'src/server/pump.ts',
    find: `    if (this.#state === 'over') {
      return undefined;
    }
`,
    replace: ``,
    tests: linted,
  },
  {
    breaks: 'host-close-order',
    file: lint,
    find: `if (this.#iteration?.running === true) {`,
    replace: `if (this.#iteration?.running === true && this.exchange.code === 0) {`,
    tests: validated,
  },
  {
    breaks: 'host-close-order',
    file: closing,
    find: `    void attempt(exchange, owner, 'return() of the body', () => iteration.abandon());`,
    replace: ``,
    tests: conformance,
  },
  {
    breaks: 'host-close-once',
    file: lint,
    find: `    if (this.#closed) {
      throw`,
    replace: `    if (this.#closed && this.exchange.finished) {
      throw`,
    tests: validated,
  },
  {
    breaks: 'host-close-once',
    file: closing,
    find: `  const settled = attempt(`,
    replace: `  callClose(body);
  const settled = attempt(`,
    tests: conformance,
  },
  {
    breaks: 'host-close-once',
    file: closing,
    find: `  if (typeof body === 'object' && body !== null) {`,
    replace: `  if (typeof body === 'function') {`,
    tests: conformance,
  },
  {
    breaks: 'host-not-closed',
    file: 'src/spec/lint-exchange.ts',
    find: `if (this.body?.open === true) {`,
    replace: `if (this.body?.open === true && this.code === 0) {`,
    tests: validated,
  },
  {
    breaks: 'host-not-closed',
    file: closing,
    find: `  const finish = (): void => {
    callFinish(exchange, owner, closing);
  };`,
    replace: `  callFinish(exchange, owner, closing);
  const finish = (): void => undefined;`,
    tests: conformance,
  },
  {
    breaks: 'host-expired',
    file: 'src/spec/lint-response.ts',
    find: `    throw exchange.expired(name);
  }
  const checked`,
    replace: `    return answer;
  }
  const checked`,
    tests: 'test/spec/lint-host.test.ts',
  },
  {
    breaks: 'host-expired',
    file: 'src/server/response.ts',
    find: `      throw expired('startResponse');`,
    replace: `      return () => undefined;`,
    tests: conformance,
  },
  {
    breaks: 'host-expired',
    file: 'src/server/early-hints.ts',
    find: `  if (exchange.ended) {`,
    replace: `  if (exchange.ended && headers.length === 0) {`,
    tests: conformance,
  },
];

/** @type {import('./index.mjs').Defect[]} */
const extensions = [
  {
    breaks: 'flush-before-start',
    file: 'src/spec/response.ts',
    find: `  if (state === 'idle') {
    return { rule: 'flush-before-start'`,
    replace: `  if (state === 'ended') {
    return { rule: 'flush-before-start'`,
    tests: conformance,
  },
  {
    breaks: 'hints-late',
    file: 'src/spec/response.ts',
    find: `  if (state === 'committed') {
    return { rule: 'hints-late'`,
    replace: `  if (state === 'ended') {
    return { rule: 'hints-late'`,
    tests: conformance,
  },
  {
    breaks: 'finish-callback',
    file: 'src/spec/arguments.ts',
    find: `if (typeof callback === 'function') {`,
    replace: `if (typeof callback !== 'object') {`,
    tests: 'test/spec/lint-response.test.ts',
  },
  {
    breaks: 'host-finish',
    file: 'src/spec/lint-response.ts',
    find: `if (called || !REASONS.has(reason)) {`,
    replace: `if (!REASONS.has(reason)) {`,
    tests: 'test/spec/lint-host.test.ts',
  },
  {
    breaks: 'host-finish',
    file: exchange,
    find: `['client_gone', `,
    replace: `['error', `,
    tests: conformance,
  },
  {
    breaks: 'host-finish',
    file: closing,
    find: `of closing.finish ?? []) {`,
    replace: `of closing.finish?.slice(0, 1) ?? []) {`,
    tests: conformance,
  },
  {
    breaks: 'The size of a regular file',
    file: 'src/server/file-body.ts',
    find: `!response.commit(range.length)`,
    replace: `!response.commit(-1)`,
    tests: conformance,
  },
  {
    breaks: 'file-source',
    file: 'src/spec/file-wrapper.ts',
    find: String.raw`source !== '' && !source.includes('\0')`,
    replace: `source !== ''`,
    tests: 'test/spec/file-wrapper.test.ts',
  },
  {
    breaks: 'file-options',
    file: 'src/spec/file-wrapper.ts',
    find: `['blockSize', 1]`,
    replace: `['blockSize', 0]`,
    tests: 'test/spec/file-wrapper.test.ts',
  },
  {
    breaks: 'file-stream-chunks',
    file: 'src/spec/file-wrapper.ts',
    find: `if (!(block instanceof Uint8Array)) {`,
    replace: `if (typeof block !== 'object') {`,
    tests: 'test/spec/file-wrapper.test.ts',
  },
  {
    breaks: 'file-iterated-twice',
    file: 'src/spec/file-wrapper.ts',
    find: `if (this.#taken) {`,
    replace: `if (this.#taken && this.#closed !== undefined) {`,
    tests: 'test/spec/file-wrapper.test.ts',
  },
];

/** @type {import('./index.mjs').Defect[]} */
const entryPoints = [
  {
    breaks: '`init`, if the module exports it',
    file: 'src/server/app.ts',
    find: `this.#state = 'loading';`,
    replace: `this.#state = 'ready';`,
    tests: 'test/server/app.test.ts',
  },
  {
    breaks: '`close`, if the module exports it',
    file: 'src/server/app.ts',
    find: `await current.run(this, () => this.#loaded?.close());`,
    replace: `void current.run(this, () => this.#loaded?.close());`,
    tests: 'test/server/app.test.ts',
  },
];

export { ends, extensions, entryPoints };
