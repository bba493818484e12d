/**
 * What a case may ask of the thing it runs on. A target is one way to run an application: the mock in this process,
 * the add-on over the fake host, a web server. All of them are equals here.
 */
import type { Head, Reply } from '../support/reply';

/** How an application is mounted, in words that every target can translate into its own. */
export interface MountOptions {
  /** The export to call. */
  callable?: string;
  /** What it is; `auto` unless told. */
  interface?: 'tsgi' | 'fetch' | 'node' | 'listen';
  /** Applications of one group share an isolate; without a name each script has one of its own. */
  group?: string;
  /** What the administrator adds to environ: name, value, and whether an empty value adds nothing. */
  params?: readonly (readonly [name: string, value: string, ifNotEmpty?: boolean])[];
  /** The application is at the root of the server: SCRIPT_NAME is empty. */
  root?: boolean;
  /** The mount is written with a slash at its end. */
  slash?: boolean;
  /** What lies behind this prefix of the mount is served from another: the host rewrites the path. */
  rewrite?: { from: string; to: string };
  /** The request body is given to the application while it arrives. */
  streamed?: boolean;
  /** Bytes that a request body may have. */
  bodyLimit?: number;
  /** Credit window in bytes, per direction. */
  window?: number;
  /** Bytes that `write` may hold back. */
  writeLimit?: number;
  /** `Authorization` is hidden from the application. */
  hideAuthorization?: boolean;
  /** The host asks for a user name and password (`user`, `password`) by Basic authentication. */
  basicAuth?: boolean;
  /** HEAD arrives as GET. */
  headToGet?: boolean;
  /** `false`: the host may not send files by itself. */
  sendfile?: boolean;
}

export interface Mount {
  /** Path of the application below `test/apps`. */
  app: string;
  options: MountOptions;
}

export interface Request {
  method?: string;
  /** Path and query as on the request line, without the mount. */
  path: string;
  fields?: readonly (readonly [string, string])[];
  body?: Uint8Array | string;
  /** A body whose length the client does not declare. */
  chunks?: readonly (Uint8Array | string)[];
  /** The length that the client declares for a body it sends piece by piece through `Exchange.send`. */
  declares?: number;
  protocol?: 'HTTP/1.0' | 'HTTP/1.1';
  https?: boolean;
  /** The body is sent through `Exchange.send`; without `declares` its length is unknown. */
  sendLater?: boolean;
}

/** One request under way, seen from the client's side. */
export interface Exchange {
  /** Bytes of the response body so far. */
  readonly size: number;
  whenHead(): Promise<Head>;
  /** The body so far, once it has this many bytes. */
  whenBytes(size: number): Promise<Buffer>;
  whenDone(): Promise<Reply>;
  /** Interim responses so far. */
  interim(): Head[];
  send(piece: Uint8Array | string): void;
  /** Ends a body sent by `send` (needless when its length was declared). */
  finish(): void;
  /** The client goes away without a word. */
  leave(): void;
  /** The client reads no more, or goes on reading. */
  pause(): void;
  resume(): void;
}

export type LevelName = 'alert' | 'crit' | 'error' | 'warn' | 'notice' | 'info' | 'debug';

export interface LogRecord {
  level: LevelName;
  /** nnnn of TSGInnnn; 0 marks the application's own output; undefined is the host's own line. */
  tag: number | undefined;
  text: string;
  requestId?: string;
}

export interface Running {
  /** Begins a request to the application of this mount. */
  open(mount: Mount, request: Request): Promise<Exchange>;
  /** The path prefix of a mount, as the application shall see it in SCRIPT_NAME. */
  scriptName(mount: Mount): string;
  /** What a validator around the application has found since the start, `rule: message`. */
  violations?(): string[];
  /** Every record since the start, oldest first. */
  records(): LogRecord[];
  /** What must hold whenever nothing is under way: same processes, no descriptor too many, no live exchange. */
  check(across?: string): Promise<void>;
  stop(): Promise<void>;
}

export type TargetName =
  | 'mock'
  | 'mock+lint'
  | 'node'
  | 'addon'
  | 'addon+misery'
  | 'nginx'
  | 'apache-event'
  | 'apache-worker'
  | 'apache-prefork';

/** Several targets at once: `addon` and `addon+misery`, Apache whatever its processes. */
export type TargetKind = TargetName | 'apache';

export interface Target {
  readonly name: TargetName;
  start(mounts: readonly Mount[]): Promise<Running>;
}
