/** What the hosts of this folder have in common: their options, their one application, their error log. */
import {
  isApplication,
  quote,
  toApplication,
  type Application,
  type ApplicationModule,
  type ApplicationObject,
} from '../spec';
import { Level, type AppFacts, type Handle } from '../server/binding';
import { Dispatch } from '../server/dispatch';
import { HostBinding, type HostedExchange } from './host-binding';

/** The levels of nginx and Apache. */
export type HostLogLevel = 'alert' | 'crit' | 'error' | 'warn' | 'notice' | 'info' | 'debug';

/** One record of the error log. */
export interface HostLogRecord {
  readonly level: HostLogLevel;
  /** Tells the records of one request from those of others; absent outside any. */
  readonly requestId?: string;
  /** The number of `TSGInnnn` (docs/errors.md); 0: the application wrote it. */
  readonly tag: number;
  /** May have many lines; other control characters are escaped in it. */
  readonly text: string;
}

export interface HostOptions {
  /** Path prefix of the application, `/app`; the root unless told. What lies outside is answered with 404. */
  mount?: string;
  /** `SERVER_NAME`; unless told the address that the client reached. */
  serverName?: string;
  /** Added to every environ; byte strings. */
  environ?: Readonly<Record<string, string>>;
  /** Bytes per direction and request that may be under way; 256 KiB unless told. */
  window?: number;
  /** Bytes that `write` may hold back; 64 MiB unless told. */
  writeLimit?: number;
  /** Bytes that a request body may have; any number unless told. */
  bodyLimit?: number;
  /** A HEAD request calls the application with GET; the response is one to HEAD all the same. */
  mapHeadToGet?: boolean;
  /** Hides `Authorization` from the application. */
  hideAuthorization?: boolean;
  /** Takes the records of the error log; unless told they go to standard error, as lines. */
  log?: (record: HostLogRecord) => void;
}

/** What a host may be given: an application, or a module with one, whose `init` and `close` are called. */
export type HostedApplication =
  Application | ApplicationObject | (ApplicationModule & { application: Application | ApplicationObject });

/** Everything but tab and line feed, which a record keeps. */
const CONTROL = /[\0-\x08\x0b-\x1f\x7f]/g;

const WINDOW = 256 * 1024;
const WRITE_LIMIT = 64 * 1024 * 1024;
const LEVELS = new Map<number, HostLogLevel>([
  [Level.Alert, 'alert'],
  [Level.Critical, 'crit'],
  [Level.Error, 'error'],
  [Level.Warn, 'warn'],
  [Level.Notice, 'notice'],
  [Level.Info, 'info'],
  [Level.Debug, 'debug'],
]);

/** The wall of a host that has one application. */
export abstract class AppBinding<E extends HostedExchange> extends HostBinding<E> {
  /** As SCRIPT_NAME has it. */
  protected readonly mount: string;
  readonly #write: (record: HostLogRecord) => void;

  constructor(readonly options: HostOptions) {
    const facts = factsOf(options);
    super([facts], facts.window);
    this.mount = mountOf(options);
    this.#write = options.log ?? writeLine;
  }

  log(handle: Handle, _app: number, level: number, tag: number, text: string): void {
    const write = this.#write;
    // What the application itself says is a record a line; a record of the server's is one with its stack.
    for (const line of tag === 0 ? text.split('\n') : [text]) {
      write({
        level: LEVELS.get(level) ?? 'debug',
        tag,
        text: line.replace(CONTROL, escapeControl),
        ...(handle === 0 ? {} : { requestId: handle.toString(16) }),
      });
    }
  }

  die(reason: string): void {
    this.log(0, 1, Level.Critical, 0, reason);
  }
}

function factsOf(options: HostOptions): AppFacts {
  return {
    id: 1,
    script: 'application',
    interface: 'tsgi',
    preload: false,
    writeLimit: options.writeLimit ?? WRITE_LIMIT,
    window: options.window ?? WINDOW,
  };
}

function mountOf(options: HostOptions): string {
  const mount = (options.mount ?? '').replace(/\/+$/, '');
  if (mount !== '' && !mount.startsWith('/')) {
    throw new TypeError(`a mount must begin with a slash, not be ${JSON.stringify(mount)}`);
  }
  return mount;
}

/** Joins a host to its application. The answer stops both: live exchanges end, `close()` of the application is awaited. */
export function dispatchTo<E extends HostedExchange>(
  binding: AppBinding<E>,
  application: HostedApplication,
): () => Promise<void> {
  const module = isApplication(application) ? { application } : application;
  if (!isApplication(module?.application)) {
    throw new TypeError(`an application is a function or an object with handle(), not ${quote(application)}`);
  }
  const dispatch = new Dispatch(binding, () =>
    Promise.resolve({
      start: async () => {
        await (module as ApplicationModule).init?.();
        return toApplication(module.application);
      },
      close: async () => {
        await (module as ApplicationModule).close?.();
      },
    }),
  );
  binding.attach(dispatch.callbacks());
  let stopping = false;
  return () => {
    if (!stopping) {
      stopping = true;
      binding.tellLate((callbacks) => {
        callbacks.stop();
      });
    }
    return binding.stopping;
  };
}

function escapeControl(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function writeLine({ level, tag, text, requestId }: HostLogRecord): void {
  const code = tag === 0 ? '' : `TSGI${String(tag).padStart(4, '0')} `;
  const request = requestId === undefined ? '' : `, request id: ${requestId}`;
  process.stderr.write(`[${level}] ${code}${text}${request}\n`);
}
