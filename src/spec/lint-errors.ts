import { checkErrorText, checkErrorTexts } from './arguments';
import type { LintExchange } from './lint-exchange';
import type { ErrorStream } from './types';

/** `tsgi.errors` between server and application. */
export class LintErrors implements ErrorStream {
  constructor(
    private readonly exchange: LintExchange,
    private readonly errors: ErrorStream,
  ) {}

  write(text: string): void {
    this.exchange.require(checkErrorText(text));
    this.errors.write(text);
  }

  writeLines(texts: Iterable<string>): void {
    this.exchange.require(checkErrorTexts(texts));
    const list = [...texts];
    for (const text of list) {
      this.exchange.require(checkErrorText(text));
    }
    this.errors.writeLines(list);
  }

  flush(): void {
    this.errors.flush();
  }
}
