import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Binding } from '../binding';
import { current } from '../context';
import { NO_SCOPE, type LogScope } from '../report';

/** A line that never ends is logged in pieces of this size, in characters. */
const LONGEST = 16 * 1024;

/**
 * `process.stdout` or `process.stderr` of an application: what is written becomes lines of the error log, each under the
 * exchange whose code wrote it, or under the application. `console` writes here too, since Node's own console looks for
 * the streams of `process` when it is first used.
 */
export class LogStream extends Writable {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #scope: LogScope = NO_SCOPE;

  constructor(
    private readonly binding: Binding,
    private readonly level: number,
    readonly fd: number,
  ) {
    super({ decodeStrings: false });
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    this.#append(typeof chunk === 'string' ? chunk : this.#decoder.write(Buffer.from(chunk)));
    done();
  }

  /** `process.stdout` cannot be closed: a library that ends or destroys it is not to silence the application. */
  override destroy(): this {
    return this;
  }

  override end(...last: unknown[]): this {
    const [chunk, encoding] = last;
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
      this.write(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
    }
    const done = last.find((argument) => typeof argument === 'function');
    if (done !== undefined) {
      process.nextTick(done as () => void);
    }
    return this;
  }

  /** Logs a line that was not completed. */
  flush(): void {
    if (this.#rest !== '') {
      const rest = this.#rest;
      this.#rest = '';
      this.#log(rest);
    }
  }

  #append(text: string): void {
    const scope = current.getStore() ?? NO_SCOPE;
    if (scope !== this.#scope) {
      this.flush();
      this.#scope = scope;
    }
    const end = text.lastIndexOf('\n');
    if (end >= 0) {
      this.#log(this.#rest + text.slice(0, end));
      this.#rest = text.slice(end + 1);
    } else {
      this.#rest += text;
    }
    if (this.#rest.length > LONGEST) {
      this.flush();
    }
  }

  #log(text: string): void {
    this.binding.log(this.#scope.handle, this.#scope.appId, this.level, 0, text);
  }
}
