import type { Application, Environ } from '../spec';
import { BeginFlag, Status, type AppFacts, type Binding } from './binding';
import { EnvironMaker } from './environ';
import { Exchange } from './exchange';

/** What the request says of itself, besides what every environ has. */
const FACTS: Partial<Environ> = {
  REMOTE_ADDR: '127.0.0.1',
  REMOTE_PORT: '0',
  HTTP_HOST: 'localhost',
  HTTP_USER_AGENT: 'TSGI warm-up',
  HTTP_ACCEPT: '*/*',
};

/**
 * The request that an administrator wants made of an application before clients make theirs: GET of `facts.warmUp`,
 * whose response goes nowhere. Rejects when the response is no success: broken, or with a status from 500 on.
 */
export async function warmUp(binding: Binding, facts: AppFacts, application: Application): Promise<void> {
  const target = facts.warmUp ?? '/';
  const status = await new Promise<number>((resolve) => {
    const nowhere = new Nowhere(binding, resolve);
    const owner = { binding: nowhere, ended: ignore, closing: () => ignore };
    const exchange = new Exchange(owner, 0, facts, BeginFlag.NoBody | BeginFlag.EmptyBody);
    const { text, words } = pack(target, facts.mount ?? '');
    const environ = new EnvironMaker(binding).make(exchange, text, words);
    exchange.environ = Object.assign(environ, FACTS, { SERVER_SOFTWARE: binding.host.name });
    exchange.run(application);
  });
  if (status >= 500) {
    throw new Error(`the warm-up request GET ${target} was answered with status ${status}`);
  }
}

function ignore(): void {
  // nobody asks for it
}

/** The keys that every environ has, as `Callbacks.begin` has them. */
function pack(target: string, mount: string): { text: string; words: Uint32Array } {
  const [path = '', ...query] = target.split('?');
  const name = mount.replace(/\/$/, '');
  const info = decode(path.startsWith(name) ? path.slice(name.length) : path);
  const values = ['GET', name, info, query.join('?'), target, 'HTTP/1.1', 'localhost', '80', 'http'];
  const words = [values.length];
  let size = 0;
  for (const [key, value] of values.entries()) {
    size += value.length;
    words.push(key, size);
  }
  return { text: values.join(''), words: Uint32Array.from(words) };
}

/** Percent-decoded to bytes, each of them a code unit. */
function decode(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

/** A client without limits that reads everything and keeps nothing. Its one exchange has the handle 0, as nobody has. */
class Nowhere implements Binding {
  readonly coming = false;
  readonly startupTimeout = 0;
  readonly environment = {};
  readonly modulePath = [];
  readonly host;
  readonly environKeys;
  readonly headerKeys;
  readonly words;
  #status = 0;

  constructor(
    private readonly binding: Binding,
    private readonly over: (status: number) => void,
  ) {
    this.host = binding.host;
    this.environKeys = binding.environKeys;
    this.headerKeys = binding.headerKeys;
    this.words = new Uint32Array(binding.words.length);
  }

  start(_handle: number, status: number): number {
    this.#status = status;
    return Status.Ok;
  }

  respond(_handle: number, status: number): number {
    this.over(status);
    return Status.Ok;
  }

  data(_handle: number, chunk: string | Uint8Array, offset: number): number {
    return typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length - offset;
  }

  end(_handle: number, status: number): number {
    this.over(status === 0 ? this.#status : status);
    return Status.Ok;
  }

  file(): number {
    return Status.Ok;
  }

  inform(): number {
    return Status.Ok;
  }

  want(): number {
    return Status.Ok;
  }

  rawHeaders(): string[] {
    return [];
  }

  log(handle: number, app: number, level: number, tag: number, text: string): void {
    this.binding.log(handle, app, level, tag, text);
  }

  attach(): void {
    throw new Error('nothing is received here');
  }

  ready(): void {
    // only of applications
  }

  take(): number {
    return Status.Ok;
  }

  note(): void {
    // only of applications
  }

  arrived(): void {
    // only of isolates
  }

  failed(): void {
    // only of isolates
  }

  watch(): void {
    // only of modules
  }

  stopped(): void {
    // only of isolates
  }

  die(): void {
    // only of isolates
  }
}
