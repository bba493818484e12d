/** Checks of what an application passes to the objects and functions in environ; server and `lint` share them. */
import type { Violation } from './errors';
import { quote } from './quote';

/** Checks a `size` for `read` or `readLine`, or a `hint` for `readLines`. */
export function checkInputSize(size: unknown): Violation | undefined {
  // @rule input-size
  // The `size` given to `read` and `readLine`, and the `hint` given to `readLines`, MUST be left out or be an integer
  // from 0. `read(0)` gives no bytes and tells nothing about the end.
  if (size === undefined || (Number.isSafeInteger(size) && (size as number) >= 0)) {
    return undefined;
  }
  return { rule: 'input-size', message: `a size for tsgi.input must be an integer from 0, not ${quote(size)}` };
}

/** Checks what is given to `tsgi.errors.write`. */
export function checkErrorText(text: unknown): Violation | undefined {
  // @rule errors-text
  // What is written to `tsgi.errors` MUST be a string. It is text, logged as UTF-8; bytes and error objects are converted
  // by the application.
  if (typeof text === 'string') {
    return undefined;
  }
  return { rule: 'errors-text', message: `tsgi.errors must be given strings, not ${quote(text)}` };
}

/** Checks what is given to `tsgi.errors.writeLines`; each of the texts has the check above. */
export function checkErrorTexts(texts: unknown): Violation | undefined {
  // @rule errors-lines
  // `tsgi.errors.writeLines` MUST be given an iterable of strings, not a bare string.
  if (
    typeof texts === 'object' &&
    texts !== null &&
    typeof (texts as Partial<Iterable<string>>)[Symbol.iterator] === 'function'
  ) {
    return undefined;
  }
  return {
    rule: 'errors-lines',
    message: `tsgi.errors.writeLines must be given an iterable of strings, not ${quote(texts)}`,
  };
}

/** Checks what is given to `tsgi.on_finish`. */
export function checkFinishCallback(callback: unknown): Violation | undefined {
  // @rule finish-callback
  // `tsgi.on_finish` MUST be given a function.
  if (typeof callback === 'function') {
    return undefined;
  }
  return { rule: 'finish-callback', message: `tsgi.on_finish must be given a function, not ${quote(callback)}` };
}
