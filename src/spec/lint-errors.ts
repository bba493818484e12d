import type { LintExchange } from './lint-exchange';
import { quote } from './quote';
import type { ErrorStream } from './types';

/** `tsgi.errors` between server and application. */
export class LintErrors implements ErrorStream {
  constructor(
    private readonly exchange: LintExchange,
    private readonly errors: ErrorStream,
  ) {}

  write(text: string): void {
    this.#text(text);
    this.errors.write(text);
  }

  writeLines(texts: Iterable<string>): void {
    // @rule errors-lines
    // `tsgi.errors.writeLines` MUST be given an iterable of strings, not a bare string.
    const candidate: unknown = texts;
    if (typeof candidate !== 'object' || candidate === null || typeof texts[Symbol.iterator] !== 'function') {
      throw this.exchange.fail(
        'errors-lines',
        `tsgi.errors.writeLines must be given an iterable of strings, not ${quote(candidate)}`,
      );
    }
    const list = [...texts];
    for (const text of list) {
      this.#text(text);
    }
    this.errors.writeLines(list);
  }

  flush(): void {
    this.errors.flush();
  }

  #text(text: unknown): void {
    // @rule errors-text
    // What is written to `tsgi.errors` MUST be a string. It is text, logged as UTF-8; bytes and error objects are
    // converted by the application.
    if (typeof text !== 'string') {
      throw this.exchange.fail('errors-text', `tsgi.errors must be given strings, not ${quote(text)}`);
    }
  }
}
