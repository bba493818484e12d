/** The fake host of test/native/fake_host.cc, typed, with the isolate and the applications behind it. */
import type { Binding } from '../../src/server/binding';
import { addonFile, fakeHostFile, loadAddon, loadBuilt } from './products';

/** `TSGI_VIEW_*`. */
export const View = { Head: 1, Https: 2, NoBody: 4, HideAuth: 8, BodyLater: 16, EmptyBody: 32 } as const;
/** `TSGI_HOST_*`. */
export const Can = { Multiprocess: 1, EarlyHints: 2, Sendfile: 4 } as const;
/** `tsgi_abort`. */
export const Abort = { Client: 1, Timeout: 2, Stop: 3 } as const;

declare const external: unique symbol;
interface External<T extends string> {
  readonly [external]: T;
}
export type Group = External<'group'>;
export type App = External<'app'>;

export interface RequestView {
  flags?: number;
  method: string;
  requestUri: string;
  mount: string;
  path: string;
  query?: string;
  protocol: string;
  scheme: string;
  serverName: string;
  serverPort: string;
  serverAddr?: string;
  serverSoftware?: string;
  remoteAddr?: string;
  remotePort?: string;
  remoteUser?: string;
  authType?: string;
  documentRoot?: string;
  scriptFilename?: string;
  requestId?: string;
  contentLength?: number;
  headers?: readonly (readonly [string, string])[];
  params?: readonly (readonly [string, string])[];
  /** The host leaves when so many messages were delivered; 0: right after BEGIN. */
  abortAfter?: number;
}

/** What the runtime sent. */
export interface Message {
  kind: 'inform' | 'start' | 'data' | 'file' | 'want' | 'end' | 'log';
  /** The exchange; 0 for records that belong to none. */
  number: number;
  /** Status of inform, start and end; cost of data and file; size of want; level of log. */
  amount: number;
  length: number;
  tag: number;
  requestId: string;
  text: string;
  bytes?: Buffer | null;
  fields: string[];
}

export interface FakeHost {
  group(options: { name: string; threads?: number; env?: Record<string, string> }): Group | number;
  app(
    group: Group,
    options: {
      script: string;
      callable?: string;
      interface?: string;
      window?: number;
      writeLimit?: number;
      preload?: boolean;
    },
  ): App | number;
  begin(app: App, view: RequestView): number;
  body(exchange: number, bytes: Uint8Array): number;
  bodyFile(exchange: number, fd: number, offset: number, size: number): number;
  bodyEnd(exchange: number, status: number): number;
  credit(exchange: number, cost: number): number;
  abort(exchange: number, reason: number): number;
  wanted(exchange: number): number;
  live(): number;
  drain(): void;
  stop(): void;
}

export interface FakeHostOptions {
  flags?: number;
  ports?: number;
  drainMax?: number;
  /** Makes a turn of the host take as few messages as it likes, or none; the same for the same seed. */
  seed?: number;
  maxGroups?: number;
  /** Isolates are woken once for each turn of the host. */
  defer?: boolean;
}

interface Addon {
  hostApi(): unknown;
  isolate(group: Group, index?: number): Binding;
}

export const loadTsgi = () => loadAddon(addonFile()) as Addon;

export function makeFakeHost(options: FakeHostOptions, onMessage: (message: Message) => void): FakeHost {
  const { FakeHost } = loadAddon(fakeHostFile()) as {
    FakeHost: new (api: unknown, options: FakeHostOptions, onMessage: (message: Message) => void) => FakeHost;
  };
  return new FakeHost(loadTsgi().hostApi(), options, onMessage);
}

/**
 * JavaScript of this thread becomes the isolate of a group, and runs `src/server` as a web server's would; on a binding of
 * the caller's making, if it likes.
 */
export function bootIsolate(group: Group, wrap: (binding: Binding) => Binding = (binding) => binding): void {
  const { boot } = loadBuilt('server/boot.js') as { boot: (binding: Binding) => void };
  boot(wrap(loadTsgi().isolate(group)));
}

/** A request for `/`, to be changed. */
export function plainView(target: string, mount = ''): RequestView {
  const [path = '', query] = target.split('?', 2);
  return {
    method: 'GET',
    requestUri: target,
    mount,
    path,
    ...(query === undefined ? {} : { query }),
    protocol: 'HTTP/1.1',
    scheme: 'http',
    serverName: 'localhost',
    serverPort: '80',
    remoteAddr: '127.0.0.1',
    requestId: 'test',
    headers: [['Host', 'localhost']],
  };
}
