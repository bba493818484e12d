/**
 * The wall between the JavaScript half and the native half of an isolate.
 *
 * Everything that `src/server` asks of the native code, and everything the native code asks of
 * `src/server`, is in this file, and no other file obtains the native binding. `native/bridge`
 * implements `Binding` on Node-API; `src/testing` implements it in TypeScript, so that the whole
 * of `src/server` runs without native code in a test.
 *
 * Every function of `Binding` is called, and every function of `Callbacks` is run, on the
 * isolate's own thread. Nothing here throws: a call answers with a count, or with one of the
 * negative statuses of `native/include/tsgi/status.h`.
 */

/**
 * Names one exchange: `slot + generation * 2 ** 20`. A slot is used again with a new generation,
 * so a handle kept too long names nothing and every call with it answers `Status.Expired`. Zero is
 * never a handle.
 */
export type Handle = number;

/** The bits of a handle that are its slot. */
export const SLOT_COUNT = 2 ** 20;

/** The slot of a handle: a small dense integer, usable as an array index. */
export function slotOf(handle: Handle): number {
  return handle % SLOT_COUNT;
}

/** The statuses of `native/include/tsgi/status.h`; a test compares the two. */
export const Status = {
  Ok: 0,
  Again: -1,
  Expired: -2,
  Order: -3,
  Invalid: -4,
  NoMemory: -5,
  NotMounted: -6,
  Unavailable: -7,
  System: -8,
  Excess: -9,
  Full: -10,
} as const;

/** Why the host ended an exchange: `tsgi_abort` of `native/include/tsgi/api.h`. */
export const AbortReason = { Client: 1, Timeout: 2, Stop: 3 } as const;

/** Levels of log records: `tsgi_level` of `native/include/tsgi/message.h`. */
export const Level = {
  Alert: 1,
  Critical: 2,
  Error: 3,
  Warn: 4,
  Notice: 5,
  Info: 6,
  Debug: 7,
} as const;

/**
 * Bits of `Callbacks.begin`'s `flags`: `TSGI_VIEW_*` of `native/include/tsgi/view.h`. With `BodyLater` the body is
 * streamed and the first `want` opens the window for it; without, the window is open from the start.
 */
export const BeginFlag = { Head: 1, Https: 2, NoBody: 4, BodyLater: 16, EmptyBody: 32 } as const;

/** What the host can do and how it runs; the same for the whole life of the isolate. */
export interface HostFacts {
  /** For example `nginx/1.22.1`; `fake` in the tests. */
  readonly name: string;
  /** True inside a web server: process-wide calls of the application are then guarded. */
  readonly embedded: boolean;
  readonly multiprocess: boolean;
  readonly multithread: boolean;
  readonly earlyHints: boolean;
  readonly sendfile: boolean;
}

/** One callable of one script: `tsgi_app_options` of `native/include/tsgi/api.h`. */
export interface AppFacts {
  readonly id: number;
  /** Absolute path. */
  readonly script: string;
  /** The export to call; absent means `application`, else the default export. */
  readonly callable?: string;
  readonly interface: string;
  /** Load it when the isolate starts. */
  readonly preload: boolean;
  /** Bytes that `write` may hold back: `tsgi_write_limit`. */
  readonly writeLimit: number;
  /** Credit window in bytes, per direction: `tsgi_buffer_size`. */
  readonly window: number;
  /** The isolate before has it, so that the one that comes must: see `Binding.coming`. */
  readonly required?: boolean;
  /** `tsgi_warmup`: the target of a request that is made of it when it has started; absent: none. */
  readonly warmUp?: string;
  /** Where it is mounted, for that request. */
  readonly mount?: string;
}

/** How far an application is in its isolate: `AppState` of `native/bridge/app_states.h`. */
export const AppState = { Loading: 1, Ready: 2, Failed: 3 } as const;

/** What the native code calls, always inside a callback scope and on an empty JavaScript stack. */
export interface Callbacks {
  /**
   * A new exchange. `text` is Latin-1: every key that has no number, and every value, one after
   * the other. `words` says how to cut it and is valid during this call only:
   *
   *     words[0]        count of entries
   *     words[1 + 2i]   key of entry i
   *     words[2 + 2i]   where its value ends in `text`
   *
   * A key below `environKeys.length` is an index into `environKeys`; a key of `HEADER_KEY + n`
   * is `headerKeys[n]`; a key of `SPELLED_KEY + n` is spelled out in the n bytes of `text` before
   * the value. The first `REQUIRED_KEYS` entries are always there, in the order of `environKeys`.
   */
  begin(handle: Handle, app: number, flags: number, text: string, words: Uint32Array): void;
  /** Bytes of the request body; the array is the callee's to keep. Never empty. */
  body(handle: Handle, chunk: Uint8Array): void;
  /** No more body. Status 0: it is complete. Otherwise the HTTP status that says why not. */
  bodyEnd(handle: Handle, status: number): void;
  /** A `data` call was cut short before; there is room again. */
  credit(handle: Handle): void;
  /** The host ended the exchange (`AbortReason`); the handle has expired already. */
  abort(handle: Handle, reason: number): void;
  /** An application was added to the group; load it now if `preload` says so. */
  open(app: AppFacts): void;
  /** The host stops: end what runs, await the applications' `close()`, then call `stopped`. */
  stop(): void;
}

/** First key number of `headerKeys`. */
export const HEADER_KEY = 0x10000;
/** First key number of keys that are spelled out. */
export const SPELLED_KEY = 0x20000;
/** REQUEST_METHOD, SCRIPT_NAME, PATH_INFO, QUERY_STRING, REQUEST_URI, SERVER_PROTOCOL, SERVER_NAME, SERVER_PORT and REQUEST_SCHEME. */
export const REQUIRED_KEYS = 9;

/** What `src/server` calls. */
export interface Binding {
  readonly host: HostFacts;
  /**
   * This isolate is to take the place of another one: no exchange begins before it has answered `arrived`, which it does
   * when its applications that are to be preloaded have started, or `failed` if one that is required has not.
   */
  readonly coming: boolean;
  /** The group's `process.env`: a copy that is the isolate's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** `tsgi_module_path`: folders searched for bare specifiers after the application's own. */
  readonly modulePath: readonly string[];
  /**
   * The isolate before this one was stopped because it was stuck: where. A call in each line, as in the stack of an error,
   * by places in what was compiled.
   */
  readonly stuckAt?: string;
  /** Milliseconds that an application may take until it can be called: `tsgi_startup_timeout`. 0: any time. */
  readonly startupTimeout: number;
  /** Names of the CGI keys, in the order of their numbers. */
  readonly environKeys: readonly string[];
  /** `HTTP_*` keys of well-known request header fields, in the order of their numbers. */
  readonly headerKeys: readonly string[];
  /**
   * Shared with the native code: cuts of the next `start`, `respond` or `inform` call. `head` is
   * the reason, then name and value of each field, one after the other, Latin-1.
   *
   *     words[0]        length of the reason
   *     words[1 + 2i]   length of the name of field i
   *     words[2 + 2i]   length of its value
   */
  readonly words: Uint32Array;

  /** Begins to run `callbacks`; `open` is called for each application before this returns. */
  attach(callbacks: Callbacks): void;

  /** The application is not loading any more: what begins from now on is taken before `begin` is called. */
  ready(app: number): void;
  /**
   * Takes an exchange that began before `ready` and has waited since. `Status.Expired`: the host has withdrawn it, as its
   * time was over or its client left, and the application is not to be called; `abort` says why.
   */
  take(handle: Handle): number;

  /**
   * Sends START. A `Content-Length` among the fields becomes the declared length. `length` is used
   * when there is none: -1 for unknown. Checks everything again; `Status.Invalid` if a rule is broken.
   */
  start(handle: Handle, status: number, head: string, fields: number, length: number): number;
  /**
   * Sends START, DATA and END at once. Unless the fields declare a Content-Length it is the size of
   * `body`; no length is sent when `body` is undefined. `Status.Again`, and nothing is
   * sent, when the body does not fit the window.
   */
  respond(handle: Handle, status: number, head: string, fields: number, body: string | Uint8Array | undefined): number;
  /**
   * Sends DATA. Of bytes from `offset` on it takes what the window has room for and answers how many;
   * a string (UTF-8) is taken whole, answering its size in bytes, or not at all, answering
   * `Status.Again`. `Status.Excess`: the declared length is reached and the rest was cut.
   */
  data(handle: Handle, chunk: string | Uint8Array, offset: number): number;
  /** Sends FILE. The descriptor is duplicated: the caller still closes its own. */
  file(handle: Handle, fd: number, offset: number, size: number): number;
  /** Sends END: status 0 completes the response, any other fails it. The handle expires. */
  end(handle: Handle, status: number): number;
  /** Sends INFORM. */
  inform(handle: Handle, status: number, head: string, fields: number): number;
  /** Sends WANT: so many more bytes of body are welcome. */
  want(handle: Handle, size: number): number;
  /** Request header fields as received: name, value, name, value. Undefined once expired. */
  rawHeaders(handle: Handle): string[] | undefined;
  /**
   * Writes to the error log. `handle` 0 is outside any request, `app` 0 is no application in
   * particular, `tag` 0 marks the application's own output. `text` may have many lines.
   */
  log(handle: Handle, app: number, level: number, tag: number, text: string): void;
  /**
   * A module is about to be read from this file, or was looked for there: when it changes from now on, or from when it was
   * `stamp` (files.ts), the isolate is no longer what its files say.
   */
  watch(path: string, stamp?: string): void;
  /** Tells how far an application is: a value of `AppState`. */
  note(app: number, state: number): void;
  /** Answers `coming`: the isolate may take its place. */
  arrived(): void;
  /** Answers `coming`, with one line for the log. */
  failed(reason: string): void;
  /** Answers `stop`. */
  stopped(): void;
  /**
   * The application asked to end the process or threw where nothing catches it. All its
   * exchanges fail and the isolate is replaced; the server goes on. Never returns to the caller's caller.
   */
  die(reason: string): void;
}

/** The linked binding of threads that an application has started itself; there is none under a stock node. */
interface ThreadBinding {
  /** Says that the calling thread runs an application: its child processes inherit no descriptor of the server. */
  ownThread(): void;
}

/** Makes the calling thread one that runs applications, in the eyes of the native half. */
export function claimThread(): void {
  const linked = process as unknown as { _linkedBinding(name: string): ThreadBinding };
  try {
    linked._linkedBinding('tsgi_thread').ownThread();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_INVALID_MODULE') {
      throw error;
    }
  }
}
