import { quote, TsgiError, type ErrorStream as ErrorStreamType } from '../spec';
import { Level, type Binding } from './binding';
import { expired } from './response';
import type { LogScope } from './report';

/** The part of an exchange that its error stream needs. */
interface Owner extends LogScope {
  readonly binding: Binding;
  readonly ended: boolean;
}

/**
 * `tsgi.errors` of one exchange: text becomes lines of the error log. A line that was not completed is logged when the
 * exchange ends.
 */
export class ErrorStream implements ErrorStreamType {
  #rest = '';
  readonly #owner: Owner;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  write(text: string): void {
    if (this.#owner.ended) {
      throw expired('tsgi.errors.write');
    }
    if (typeof (text as unknown) !== 'string') {
      throw TsgiError.of({ rule: 'errors-text', message: `tsgi.errors must be given strings, not ${quote(text)}` });
    }
    const end = text.lastIndexOf('\n');
    if (end < 0) {
      this.#rest += text;
      return;
    }
    this.#log(this.#rest + text.slice(0, end));
    this.#rest = text.slice(end + 1);
  }

  writeLines(texts: Iterable<string>): void {
    if (this.#owner.ended) {
      throw expired('tsgi.errors.writeLines');
    }
    if (typeof (texts as unknown) !== 'object' || texts === null) {
      throw TsgiError.of({
        rule: 'errors-lines',
        message: `tsgi.errors.writeLines must be given an iterable of strings, not ${quote(texts)}`,
      });
    }
    for (const text of texts) {
      this.write(text);
    }
  }

  flush(): void {
    if (this.#owner.ended) {
      throw expired('tsgi.errors.flush');
    }
    this.flushRest();
  }

  /** Logs a line that was not completed. @internal */
  flushRest(): void {
    if (this.#rest !== '') {
      const rest = this.#rest;
      this.#rest = '';
      this.#log(rest);
    }
  }

  #log(text: string): void {
    const { binding, handle, appId } = this.#owner;
    binding.log(handle, appId, Level.Error, 0, text);
  }
}
