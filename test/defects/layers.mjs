/**
 * In each layer the mistakes that matter most there: a use after the end, a second end, a wake that gets lost, a leak; and
 * the suite of that layer, or the sanitizer under it, that must find it.
 */

const SLEEPS = /the receiver sleeps although there are messages/;
const USED_AFTER_FREE = /AddressSanitizer: heap-use-after-free/;

/** @type {import('./index.mjs').Defect[]} */
const core = [
  {
    layer: 'native/core',
    breaks: 'use after the end: an exchange freed with its last reference but one',
    file: 'native/core/exchange.c',
    find: `memory_order_acq_rel) != 1`,
    replace: `memory_order_acq_rel) > 2`,
    tests: 'core_exchange',
    report: USED_AFTER_FREE,
  },
  {
    layer: 'native/core',
    breaks: 'double END',
    file: 'native/core/order.c',
    find: `[TSGI_OVER] = {[TSGI_LOG]`,
    replace: `[TSGI_OVER] = {[TSGI_END] = GOES_TO(TSGI_OVER), [TSGI_LOG]`,
    tests: 'core_order',
  },
  {
    layer: 'native/core',
    breaks: 'lost wake: no second look before the sleep',
    file: 'native/core/port.c',
    find: `if (tsgi_queue_is_empty(&port->queue)) {`,
    replace: `if (port != NULL) {`,
    tests: 'model_wake_and_drain',
    report: SLEEPS,
  },
  {
    layer: 'native/core',
    breaks: 'a visitor waits for an isolate that lets nobody in',
    file: 'native/core/port.c',
    find: `if (is_closed_to_visits(to)) {`,
    replace: `if (is_closed_to_visits(to) && to == NULL) {`,
    tests: 'core_inline',
  },
  {
    layer: 'native/core',
    breaks: 'a visitor wakes nobody when he is not let in',
    file: 'native/core/port.c',
    find: `    if (!done) {
        atomic_store(&to->armed, false);
        tsgi_port_wake(to);
    }`,
    replace: `    if (!done) {
        wake_if_armed(to);
    }`,
    tests: 'core_inline',
  },
  {
    layer: 'native/core',
    breaks: 'an exchange that its host has withdrawn begins: the claim is not compared before it is set',
    file: 'native/core/waiting.c',
    find: `!atomic_compare_exchange_strong_explicit(claim, before, wanted, memory_order_acq_rel,
                                                 memory_order_acquire)`,
    replace: `(*before = atomic_load(claim)) != TSGI_CLAIM_WAITING || (atomic_store(claim, wanted), false)`,
    tests: 'model_claim',
    report: /an exchange was taken and withdrawn/,
  },
  {
    layer: 'native/core',
    breaks: 'a place in the queue that is lost with an exchange that never began',
    file: 'native/core/exchange_app.c',
    find: `    tsgi_exchange_take(exchange);
    exchange->app_state`,
    replace: `    exchange->app_state`,
    tests: 'core_waiting',
  },
  {
    layer: 'native/core',
    breaks: 'leak of the exchange',
    file: 'native/core/exchange.c',
    find: `    free(exchange);
`,
    replace: ``,
    tests: 'core_exchange',
    report: /LeakSanitizer: detected memory leaks/,
  },
  {
    layer: 'native/core',
    breaks: 'leak of a descriptor',
    file: 'native/core/message.c',
    find: `        close(message->u.file.fd);
`,
    replace: ``,
    tests: 'test/native/addon-host.test.ts',
    only: 'may lack|in a file',
  },
];

/** @type {import('./index.mjs').Defect[]} */
const bridge = [
  {
    layer: 'native/bridge',
    breaks: 'use after the end: a handle that does not expire',
    file: 'native/bridge/calls.cc',
    find: `        bridge->slots_.Release(number);
`,
    replace: `        static_cast<void>(number);
`,
    tests: 'test/native/addon-binding.test.ts',
    only: 'a handle that names nothing',
    report: USED_AFTER_FREE,
  },
  {
    layer: 'native/bridge',
    breaks: 'use after the end: the handle of one exchange names the next in its slot',
    file: 'native/bridge/slots.cc',
    find: `    uint32_t generation = slot.generation + 1;`,
    replace: `    uint32_t generation = slot.generation;`,
    tests: 'test/native/addon-binding.test.ts',
    only: 'a handle that names nothing',
  },
  {
    layer: 'native/bridge',
    breaks: 'double END: a handle that may be ended after its response was whole',
    file: 'native/bridge/calls_head.cc',
    find: `        bridge->slots_.Release(number);
`,
    replace: `        static_cast<void>(number);
`,
    tests: 'test/native/addon-binding.test.ts',
    only: 'random calls',
    report: USED_AFTER_FREE,
  },
  {
    layer: 'native/bridge',
    breaks: 'lost wake: a spooled body that is wanted again',
    file: 'native/bridge/calls.cc',
    find: `        bridge->turns_->Wake();
`,
    replace: ``,
    tests: 'test/native/addon-host.test.ts',
    only: 'may lack|in a file',
  },
  {
    layer: 'native/bridge',
    breaks: 'leak of a spooled request body',
    file: 'native/bridge/bridge_body.cc',
    find: `        slot.held = message->next;
        tsgi_message_done(message);
`,
    replace: `        slot.held = message->next;
`,
    tests: 'test/native/addon-host.test.ts',
    only: 'may lack|in a file',
  },
];

/** @type {import('./index.mjs').Defect[]} */
const typescript = [
  {
    layer: 'src/spec',
    breaks: 'use after the end: a file that is read after its close()',
    file: 'src/spec/file-wrapper.ts',
    find: `    if (this.#closed !== undefined) {
      return Promise.reject(`,
    replace: `    if (this.#closed === null) {
      return Promise.reject(`,
    tests: 'test/spec/file-wrapper.test.ts',
  },
  {
    layer: 'src/spec',
    breaks: 'double end: a file that is closed twice',
    file: 'src/spec/file-wrapper.ts',
    find: `this.#closed ??= this.#release();`,
    replace: `this.#closed = this.#release();`,
    tests: 'test/spec/file-wrapper.test.ts',
  },
  {
    layer: 'src/spec',
    breaks: 'leak of a descriptor',
    file: 'src/spec/file-wrapper.ts',
    find: `      if (fd !== undefined) {
        await closeFile(fd);
      }`,
    replace: `      if (fd === undefined) {
        await closeFile(0);
      }`,
    tests: 'test/spec/file-wrapper.test.ts',
  },
  {
    layer: 'src/server',
    breaks: 'use after the end: a message for one exchange reaches the next in its slot',
    file: 'src/server/dispatch.ts',
    find: `exchange !== undefined && exchange.handle === handle ? exchange : undefined`,
    replace: `exchange !== undefined || handle === 0 ? exchange : undefined`,
    tests: 'test/server/dispatch.test.ts',
  },
  {
    layer: 'src/server',
    breaks: 'double END',
    file: 'src/server/exchange.ts',
    find: `    if (this.ended) {
      this.#late(error);
      return;
    }`,
    replace: `    if (this.ended) {
      this.#late(error);
    }`,
    tests: 'test/conformance/mock.test.ts',
  },
  {
    layer: 'src/server',
    breaks: 'lost wake: a reader that is not told of what has arrived',
    file: 'src/server/input-buffer.ts',
    find: `(this.#chunks ??= []).push(chunk);
      this.#notify();`,
    replace: `(this.#chunks ??= []).push(chunk);`,
    tests: 'test/server/input.test.ts',
  },
  {
    layer: 'src/server',
    breaks: 'lost wake: a body that is not told of credit',
    file: 'src/server/exchange.ts',
    find: `      this.#resource?.runInAsyncScope(resume);`,
    replace: ``,
    tests: 'test/conformance/mock.test.ts',
    only: 'a chunk larger than the window is sent whole',
  },
  {
    layer: 'src/server',
    breaks: 'leak of an exchange that has ended',
    file: 'src/server/dispatch.ts',
    find: `      this.#live--;
`,
    replace: ``,
    tests: 'test/server/closing.test.ts',
  },
  {
    layer: 'src/middleware',
    breaks: 'use after the end: a line that is logged before the response is over',
    file: 'src/middleware/request-log.ts',
    find: `    const answered = onFinish === undefined ? finish : () => undefined;`,
    replace: `    const answered = finish;`,
    tests: 'test/middleware/request-log.test.ts',
  },
  {
    layer: 'src/middleware',
    breaks: 'double end: close() of the inner body',
    file: 'src/middleware/counted-body.ts',
    find: `.close = () => close.call(body);`,
    replace: `.close = () => (void close.call(body), close.call(body));`,
    tests: 'test/middleware/request-log.test.ts',
  },
  {
    layer: 'src/middleware',
    breaks: 'lost end: return() does not reach the inner iterator',
    file: 'src/middleware/counted-body.ts',
    find: `iterator.return?.() ?? Promise.resolve(`,
    replace: `Promise.resolve(`,
    tests: 'test/middleware/request-log.test.ts',
  },
  {
    layer: 'src/middleware',
    breaks: 'leak of the inner body',
    file: 'src/middleware/counted-body.ts',
    find: `if (typeof close === 'function') {`,
    replace: `if (typeof close === 'object') {`,
    tests: 'test/middleware/request-log.test.ts',
  },
  {
    layer: 'src/middleware',
    breaks: 'a file that is no file any more',
    file: 'src/middleware/counted-body.ts',
    find: `    standFor(file, counted);
`,
    replace: ``,
    tests: 'test/middleware/request-log.test.ts',
  },
  {
    layer: 'src/middleware',
    breaks: 'the third argument of startResponse does not pass',
    file: 'src/middleware/security-headers.ts',
    find: `complete(headers, added), ...error)`,
    replace: `complete(headers, added), ...error.slice(1))`,
    tests: 'test/middleware/security-headers.test.ts',
  },
  {
    layer: 'src/middleware',
    breaks: 'a path that moves without its boundary',
    file: 'src/middleware/prefix.ts',
    find: ` && (path.length === prefix.length || path[prefix.length] === '/')`,
    replace: ``,
    tests: 'test/middleware/url-map.test.ts',
  },
];

export const layers = [...core, ...bridge, ...typescript];
