import { isApplication, toApplication } from './application';
import { TsgiError } from './errors';
import { lintBody } from './lint-body';
import { checkEnviron } from './lint-environ';
import { LintErrors } from './lint-errors';
import { LintExchange, type OnViolation } from './lint-exchange';
import { LintInput } from './lint-input';
import { lintExtensions, lintStartResponse } from './lint-response';
import { quote } from './quote';
import { isThenable } from './response';
import type { Application, ApplicationObject, Body, Environ } from './types';

export interface LintOptions {
  /** Called with every violation, in addition to the throw: also those that the guilty party catches and swallows. */
  onViolation?: OnViolation;
}

/**
 * The validator: an application that calls the given one, and checks what passes between it and the server, both ways.
 * A violation throws a `TsgiError` with code `TSGI_SPEC`, the id of the rule in `rule`, and the offending value in its
 * message, at whoever broke the rule. Everything else passes unchanged and as lazily as without it.
 */
export function lint(application: Application | ApplicationObject, options: LintOptions = {}): Application {
  // @rule application-callable
  // An application MUST be a function, or an object with a method `handle`.
  if (!isApplication(application)) {
    const error = TsgiError.of({
      rule: 'application-callable',
      message: `an application must be a function or an object with handle(), not ${quote(application)}`,
    });
    options.onViolation?.(error);
    throw error;
  }
  const call = toApplication(application);

  return (...parameters) => {
    const exchange = enter(parameters, options.onViolation);
    const [environ, startResponse] = parameters;
    const returned: unknown = call(environ, lintStartResponse(exchange, startResponse));
    // The application may return its body or a promise of it; a promise stays one.
    return isThenable(returned)
      ? Promise.resolve(returned).then((body) => lintBody(exchange, body as Body))
      : lintBody(exchange, returned as Body);
  };
}

/** Checks how the server calls, and puts the validator around what environ offers. */
function enter(parameters: unknown[], onViolation: OnViolation | undefined): LintExchange {
  const environ = parameters[0] as Environ;
  const early = new LintExchange(false, undefined, onViolation);
  // @rule host-call
  // The server MUST call the application with two arguments, environ and the function `startResponse`, exactly once for
  // each exchange.
  if (parameters.length !== 2 || typeof parameters[1] !== 'function') {
    throw early.fail(
      'host-call',
      `the server must call the application with environ and startResponse, not with ${parameters.map(quote).join(', ') || 'nothing'}`,
    );
  }
  early.require(checkEnviron(environ));

  const exchange = new LintExchange(environ.REQUEST_METHOD === 'HEAD', environ['tsgi.signal'], onViolation);
  replace(environ, 'tsgi.input', new LintInput(exchange, environ['tsgi.input'], environ.CONTENT_LENGTH));
  replace(environ, 'tsgi.errors', new LintErrors(exchange, environ['tsgi.errors']));
  lintExtensions(exchange, environ);
  return exchange;
}

/** Sets a key that may be an accessor. environ stays the same object: the middleware around may look at it later. */
function replace(environ: Environ, name: 'tsgi.input' | 'tsgi.errors', value: unknown): void {
  Object.defineProperty(environ, name, { value, enumerable: true, configurable: true, writable: true });
}
