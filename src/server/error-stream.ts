import { checkErrorText, checkErrorTexts, TsgiError, type ErrorStream as ErrorStreamType } from '../spec';
import { Level, type Binding } from './binding';
import type { LogScope } from './report';

/** The part of an exchange that its error stream needs. */
interface Owner extends LogScope {
  readonly binding: Binding;
  readonly ended: boolean;
}

/**
 * `tsgi.errors` of one exchange: text becomes lines of the error log. A line that was not completed is logged when the
 * exchange ends. What comes later, from `tsgi.on_finish` say, is still logged: the last words are often the most wanted.
 */
export class ErrorStream implements ErrorStreamType {
  #rest = '';
  readonly #owner: Owner;

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  write(text: string): void {
    TsgiError.check(checkErrorText(text));
    const end = text.lastIndexOf('\n');
    if (end >= 0) {
      this.#log(this.#rest + text.slice(0, end));
      this.#rest = '';
    }
    this.#rest += text.slice(end + 1);
    if (this.#owner.ended) {
      this.flushRest(); // nothing comes that would complete the line
    }
  }

  writeLines(texts: Iterable<string>): void {
    TsgiError.check(checkErrorTexts(texts));
    for (const text of texts) {
      this.write(text);
    }
  }

  flush(): void {
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
