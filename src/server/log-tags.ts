/**
 * The log records of `src/server`, TSGI1001 to TSGI1999: the one list of them. `docs/errors.md` tells the same, and a
 * test compares the two. Nothing of a record ever goes to a client.
 */
import { Level } from './binding';

export interface LogTag {
  /** The number of `TSGInnnn`. */
  readonly tag: number;
  /** A value of `Level`. */
  readonly level: number;
  readonly title: string;
  readonly cause: string;
  readonly cure: string;
}

export const Tags = {
  AppFailed: {
    tag: 1001,
    level: Level.Error,
    title: 'the application failed before its response began',
    cause:
      "The application threw, or its promise or its body was rejected, before the first byte of the response. The client was given the server's own page for status 500.",
    cure: 'Read the stack in the record: its first line of your own code is where to look. Catch what can be expected and answer with a status of your own.',
  },
  AppFailedLate: {
    tag: 1002,
    level: Level.Error,
    title: 'the application failed after its response had begun',
    cause:
      'The application threw, or its body was rejected, when a part of the response had been sent already. The response was reset, so that the client cannot take the piece for the whole.',
    cure: 'Read the stack in the record. Work that may fail is best done before the first chunk.',
  },
  RuleBroken: {
    tag: 1003,
    level: Level.Error,
    title: 'the application broke a rule of the specification',
    cause: 'A call, a chunk or a body was not what TSGI allows. The record names the rule and quotes what was found.',
    cure: 'Look up the rule in docs/SPEC.md. Running the application under the validator, `lint` of the package `tsgi`, finds such errors in tests.',
  },
  LengthExcess: {
    tag: 1004,
    level: Level.Error,
    title: 'the body was longer than its Content-Length',
    cause:
      'The application declared a Content-Length and then produced more bytes. The excess was cut: the client received exactly what was declared.',
    cure: 'Count bytes, not characters (`Buffer.byteLength`), or leave Content-Length out: an array gets it from the server.',
  },
  LengthShort: {
    tag: 1005,
    level: Level.Error,
    title: 'the body was shorter than its Content-Length',
    cause:
      'The application declared a Content-Length and its body ended before. The response was failed: status 500 if nothing had been sent, else a reset.',
    cure: 'Count bytes, not characters (`Buffer.byteLength`), or leave Content-Length out: an array gets it from the server.',
  },
  WriteLimit: {
    tag: 1006,
    level: Level.Error,
    title: 'write() was called too often without waiting',
    cause:
      'The chunks handed to write() which the client had not taken yet reached tsgi_write_limit (TSGIWriteLimit). The response was reset, to protect the memory of the server.',
    cure: 'Await the promise of write() before the next call, or return the chunks as an iterable body. Only then raise the limit.',
  },
  ClosingFailed: {
    tag: 1007,
    level: Level.Warn,
    title: 'the application failed while its response was being closed',
    cause:
      'A call of return() or close() of a body, or of a callback given to tsgi.on_finish, threw or was rejected. The response itself was not changed by it.',
    cure: 'Read the stack in the record.',
  },
  LateFailure: {
    tag: 1008,
    level: Level.Info,
    title: 'the application failed when its exchange was over',
    cause:
      'The exchange had ended already, most often because the client had left, and then the application threw or was rejected. Nobody was waiting for its answer.',
    cure: 'Nothing need be done. Work for a client that has left can be ended early by means of tsgi.signal.',
  },
  HeadRefused: {
    tag: 1009,
    level: Level.Error,
    title: 'the server refused a message of the response',
    cause:
      'The native side refused what had passed the checks of the JavaScript side, or had no memory for it; the record tells its status. The response was failed.',
    cure: 'With status -5 (no memory) look at the memory of the process. Otherwise it is an error of TSGI: please report the record.',
  },
  LoadFailed: {
    tag: 1020,
    level: Level.Error,
    title: 'the application could not be loaded',
    cause:
      'The script, or a module that it imports, is missing, cannot be parsed, or threw while it was evaluated. Requests to it are answered with status 503; other applications are not concerned.',
    cure: 'Read the stack in the record. `node --check script` finds errors of syntax; a missing package is installed beside the script, or its folder named by tsgi_module_path (TSGIModulePath).',
  },
  NoApplication: {
    tag: 1021,
    level: Level.Error,
    title: 'the module has no application',
    cause:
      'The script was loaded, but exports nothing that can be called under the name in question: no TSGI application, no fetch handler, no application of a framework. Nor does it listen, as programs of node:http do. The record lists what it does export.',
    cure: 'Export a function named `application`, or a default export, or name the export: callable=NAME (tsgi_callable, TSGICallableObject). What cannot be told by its looks is said by interface=NAME (tsgi_interface, TSGIInterface).',
  },
  InitFailed: {
    tag: 1022,
    level: Level.Error,
    title: 'init() of the application failed',
    cause:
      'The exported function init() threw or was rejected. Requests to the application are answered with status 503.',
    cure: 'Read the stack in the record: what init() connects to may be down, or its configuration missing from the environment (tsgi_env, TSGISetProcessEnv).',
  },
  CloseFailed: {
    tag: 1023,
    level: Level.Warn,
    title: 'close() of the application failed',
    cause: 'The exported function close(), called when the application is stopped, threw or was rejected.',
    cure: 'Read the stack in the record.',
  },
  NotServed: {
    tag: 1024,
    level: Level.Error,
    title: 'a request was refused because its application is not there',
    cause:
      'The application could not be loaded before; the record repeats the reason in one line. Status 503 was answered.',
    cure: 'Look for the earlier record (TSGI1020, TSGI1021 or TSGI1022), which has the stack.',
  },
  WarmUpFailed: {
    tag: 1025,
    level: Level.Error,
    title: 'the warm-up request failed',
    cause:
      'The request of tsgi_warmup (TSGIWarmup) was answered with a status from 500 on, or with a broken response. An isolate that was to take the place of another one does not; one that has nobody before it serves all the same.',
    cure: 'Look for the record before this one, which has the stack if the application threw.',
  },
  StartupTimeout: {
    tag: 1026,
    level: Level.Error,
    title: 'the application did not come up in time',
    cause:
      'Its modules were not evaluated, or init() did not settle, within tsgi_startup_timeout (TSGIStartupTimeout). Requests that waited for it, and those that follow, are answered with status 503 until it comes up after all.',
    cure: 'Look what it waits for: a top-level await or an init() that connects to something which does not answer. Raise the timeout if it needs so long.',
  },
  StartedLate: {
    tag: 1027,
    level: Level.Warn,
    title: 'the application came up after its time was over',
    cause:
      'It had failed to come up within tsgi_startup_timeout (TSGIStartupTimeout), and did so later. From then on it is served.',
    cure: 'Raise the timeout if it needs so long.',
  },
  UncaughtException: {
    tag: 1030,
    level: Level.Critical,
    title: 'the application let an exception escape',
    cause:
      'An exception was thrown where nothing catches it, or a promise was rejected that nobody handles, outside of what belongs to one request; Node ends the process then. Here all requests under way in this application failed and its isolate is replaced; the server goes on.',
    cure: "Read the stack in the record. Handle 'error' events of streams and emitters, and await promises or give them a catch().",
  },
  ProcessExit: {
    tag: 1031,
    level: Level.Error,
    title: 'the application ended its process',
    cause:
      'The application, or a package that it uses, called process.exit() or process.abort(), or killed itself. All requests under way in this application failed and its isolate is replaced; the server goes on.',
    cure: 'Let a failing init() throw instead of exiting. Command-line tools that exit when they are done do not belong in a server.',
  },
  PortInUse: {
    tag: 1032,
    level: Level.Warn,
    title: 'a port that the application listens on is in use',
    cause:
      'Besides the server that the web server stands for, the application listens on a port of its own, and another process has it: most often another process of the web server, in which the same application runs. It goes on without, and tries again every second.',
    cure: 'Nothing need be done if one process that listens is enough. Otherwise leave it to a program of its own, or listen on port 0.',
  },
  StuckInSources: {
    tag: 1033,
    level: Level.Error,
    title: 'where a stuck isolate was, in its sources',
    cause:
      'The isolate before this one was stopped because its thread was stuck (TSGI3104), and what it ran was compiled from other files, of which it has source maps. The record repeats the stack with lines of those.',
    cure: 'Look at these lines: a loop without end, a regular expression that backtracks, or work that belongs into a worker thread.',
  },
  Internal: {
    tag: 1090,
    level: Level.Critical,
    title: 'an error inside TSGI',
    cause: 'The JavaScript half of TSGI failed where it must not.',
    cure: 'Please report the record, with its stack.',
  },
} as const satisfies Record<string, LogTag>;

/** Every tag, in the order of their numbers. */
export const LOG_TAGS: readonly LogTag[] = Object.values(Tags);
