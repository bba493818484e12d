import type { AppFacts, Callbacks, Handle, HostFacts } from '../server/binding';
import { HostBinding } from '../hosts/host-binding';
import type { HostExchange } from './mock-exchange';
import type { LogRecord, MockOptions } from './types';

const WINDOW = 256 * 1024;

/**
 * The native side of the wall, in TypeScript. Callbacks run one at a time on an empty stack, as native code runs them;
 * calls are checked as strictly as native code checks them, and what is wrong is noted.
 */
export class MockBinding extends HostBinding<HostExchange> {
  readonly host: HostFacts;
  readonly records: LogRecord[] = [];
  readonly faults: string[] = [];
  readonly deaths: string[] = [];
  /** Files by what they were when they were read; undefined: as at that moment. */
  readonly watched = new Map<string, string | undefined>();
  /** Exchanges by handle, also ended ones, so that late records find their exchange. */
  readonly #known = new Map<Handle, HostExchange>();

  constructor(
    apps: readonly AppFacts[],
    private readonly appNames: readonly string[],
    options: MockOptions,
  ) {
    super(apps, options.window ?? WINDOW);
    this.host = {
      name: 'mock',
      embedded: false,
      multiprocess: options.multiprocess ?? false,
      multithread: options.multithread ?? false,
      earlyHints: options.earlyHints ?? true,
      sendfile: options.sendfile ?? true,
    };
  }

  override add(exchange: HostExchange): void {
    super.add(exchange);
    this.#known.set(exchange.handle, exchange);
  }

  /** Runs a callback on a turn of its own, unless the exchange has ended by then. */
  post(exchange: HostExchange, run: (callbacks: Callbacks) => void): void {
    setImmediate(() => {
      this.tell(exchange, run);
    });
  }

  /** Runs a callback on a turn of its own. */
  postLate(run: (callbacks: Callbacks) => void): void {
    setImmediate(() => {
      this.tellLate(run);
    });
  }

  log(handle: Handle, app: number, level: number, tag: number, text: string): void {
    const exchange = this.#known.get(handle);
    const record = { level, tag, text, exchange: exchange?.number ?? 0, app: this.appNames[app - 1] };
    this.records.push(record);
    exchange?.client.log.push(record);
  }

  override watch(path: string, stamp?: string): void {
    this.watched.set(path, stamp);
  }

  die(reason: string): void {
    this.deaths.push(reason);
  }

  protected override fault(exchange: HostExchange, text: string): void {
    this.faults.push(`exchange ${exchange.number}: ${text}`);
  }
}
