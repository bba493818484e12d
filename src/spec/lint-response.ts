import { checkFinishCallback } from './arguments';
import { checkHeaders, declaredLength } from './headers';
import type { LintExchange } from './lint-exchange';
import { quote } from './quote';
import { checkChunk, checkFlush, checkHints, checkStart, checkWrite, isThenable } from './response';
import { checkStatus, statusCode } from './status';
import type { Environ, FinishReason, Headers, StartResponse, Write } from './types';

const REASONS: ReadonlySet<unknown> = new Set<FinishReason>([
  'complete',
  'client_gone',
  'timeout',
  'shutdown',
  'error',
]);

/** `startResponse` between server and application. */
export function lintStartResponse(exchange: LintExchange, startResponse: StartResponse): StartResponse {
  return (...call) => {
    const [status, headers, error] = call;
    if (exchange.over) {
      return lintWrite(
        exchange,
        refuse(exchange, 'startResponse', () => startResponse(...call)),
      );
    }
    exchange.require(checkStatus(status));
    exchange.require(checkHeaders(headers));
    exchange.require(checkStart(exchange.state, error));
    const committed = exchange.state === 'committed';
    const write: unknown = startResponse(...call);
    // @rule host-rethrow
    // Once a response is committed, `startResponse` with an error MUST throw that error (PEP 3333, "The start_response()
    // Callable"). An application that swallows it changes nothing: the response is reset.
    if (committed) {
      throw exchange.fail('host-rethrow', 'the server let a committed response be started again');
    }
    // @rule host-write
    // `startResponse` MUST return the function `write`.
    if (typeof write !== 'function') {
      throw exchange.fail('host-write', `the server's startResponse gave ${quote(write)}, not a function`);
    }
    exchange.state = 'started';
    exchange.code = statusCode(status);
    exchange.declared = declaredLength(headers);
    return lintWrite(exchange, write as Write);
  };
}

function lintWrite(exchange: LintExchange, write: Write): Write {
  return (chunk) => {
    if (exchange.over) {
      return refuse(exchange, 'write', () => write(chunk));
    }
    exchange.require(checkWrite(exchange.pulled));
    exchange.require(checkChunk(chunk));
    const answer: unknown = write(chunk);
    // @rule host-write-promise
    // `write` MUST return a promise or `undefined`. It MUST NOT block, and it MUST keep the order of the calls. A promise
    // that the application ignores MUST NOT become an unhandled rejection.
    if (answer !== undefined && !isThenable(answer)) {
      throw exchange.fail('host-write-promise', `the server's write gave ${quote(answer)}, not a promise`);
    }
    exchange.written ||= chunk.length > 0;
    exchange.count(chunk);
    return answer as void | Promise<void>;
  };
}

/** Puts the validator around the extensions that environ has, in place. */
export function lintExtensions(exchange: LintExchange, environ: Environ): void {
  const flushHeaders = environ['tsgi.flush_headers'];
  if (flushHeaders !== undefined) {
    environ['tsgi.flush_headers'] = () => {
      if (exchange.over) {
        return refuse(exchange, 'tsgi.flush_headers', flushHeaders);
      }
      exchange.require(checkFlush(exchange.state));
      flushHeaders();
      exchange.state = 'committed';
    };
  }
  const earlyHints = environ['tsgi.early_hints'];
  if (earlyHints !== undefined) {
    environ['tsgi.early_hints'] = (headers: Headers) => {
      if (exchange.over) {
        return refuse(exchange, 'tsgi.early_hints', () => earlyHints(headers));
      }
      exchange.require(checkHeaders(headers));
      exchange.require(checkHints(exchange.state));
      earlyHints(headers);
    };
  }
  lintFinish(exchange, environ);
}

function lintFinish(exchange: LintExchange, environ: Environ): void {
  const onFinish = environ['tsgi.on_finish'];
  if (onFinish === undefined) {
    return;
  }
  const once = (callback: (reason: FinishReason) => void): ((reason: FinishReason) => void) => {
    let called = false;
    return (reason) => {
      // @rule host-finish
      // A callback given to `tsgi.on_finish` MUST be called exactly once, with one of the reasons `complete`,
      // `client_gone`, `timeout`, `shutdown` and `error`, after the body's `close()` was called.
      if (called || !REASONS.has(reason)) {
        throw exchange.fail(
          'host-finish',
          called ? 'the server called an on_finish callback twice' : `${quote(reason)} is no reason of on_finish`,
        );
      }
      called = true;
      callback(reason);
    };
  };
  onFinish(
    once(() => {
      exchange.finish();
    }),
  );
  environ['tsgi.on_finish'] = (callback) => {
    if (exchange.over) {
      return refuse(exchange, 'tsgi.on_finish', () => onFinish(callback));
    }
    exchange.require(checkFinishCallback(callback));
    onFinish(once(callback));
  };
}

/** Makes a call that the server has to refuse, and checks that it does, where its end is known for certain. */
function refuse<T>(exchange: LintExchange, name: string, call: () => T): T {
  const finished = exchange.finished;
  const answer = call();
  if (!finished) {
    return answer;
  }
  if (!isThenable(answer)) {
    throw exchange.expired(name);
  }
  const checked = Promise.resolve(answer).then(() => {
    throw exchange.expired(name);
  });
  checked.catch(() => undefined);
  return checked as T;
}
