/**
 * One server for a file of tests, and what must hold after each of them:
 *
 * - the error logs have no line of level warn or worse that the test did not announce, no line that is not the server's,
 *   and no report of a sanitizer;
 * - no connection and no request is left, by the server's own count, and no worker has a descriptor more than before;
 * - the workers are the same processes.
 *
 * When the file is through the server is told to finish what is live and leave, so that a leaked exchange is found by the
 * server not leaving.
 */
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { RunningServer } from '../../scripts/lib/server-process.mjs';
import { Connection, type RequestBytes } from './http1';
import { descriptorsOf } from './process';
import type { Reply } from './reply';
import { until } from './until';

/** What a server of scripts/lib has, whichever it is. */
export type TestServer = RunningServer;

export interface Expectations {
  /** Lines of level warn or worse that its start may bring, which may go on into any of the tests. */
  startsWith?: readonly RegExp[];
}

/** How one kind of server is started and asked. */
export interface Dialect<Options, Server extends TestServer> {
  title: string;
  /** A line of its error log; group 1 is the level. */
  line: RegExp;
  /** What it says at level warn or worse of things that are quite in order. */
  routine?: RegExp;
  /** What it says of a response that it breaks off. */
  brokenOff: RegExp;
  /** Has it leave when its last request is over. */
  leave: NodeJS.Signals;
  /** Its own way to have workers: those of before, and those of now. */
  sameWorkers(before: readonly number[], now: readonly number[]): void;
  start(options: Options, folder: string): Promise<Server>;
  /** What is live besides the question itself; '' is nothing. */
  live(server: Server, folder: string): Promise<string>;
}

type MaybePromise<T> = T | Promise<T>;

const TAG = /TSGI\d{4}/;
const SEVERE = new Set(['warn', 'error', 'crit', 'alert', 'emerg']);
const SANITIZER = /(Address|Leak|Thread|Memory|UndefinedBehavior)Sanitizer|runtime error:/;
const START_ATTEMPTS = 5;

/** A response whose body is JSON. */
export const jsonOf = (reply: Reply): unknown => JSON.parse(reply.body.toString('utf8'));

export class Site<Options extends object, Server extends TestServer> {
  /** For files and sockets of the test; every `*.log` in it is an error log. */
  folder = '';
  #server: Server | undefined;
  #connections: Connection[] = [];
  #expected: { pattern: RegExp; required: boolean }[] = [];
  #always: readonly RegExp[] = [];
  /** How much of each log has been looked at. */
  #seen = new Map<string, number>();
  #descriptors = new Map<number, Map<string, number>>();
  #workers: number[] = [];
  #newWorkers = false;
  #trial = 0;

  constructor(private readonly dialect: Dialect<Options, Server>) {}

  get server(): Server {
    if (this.#server === undefined) {
      throw new Error(`${this.dialect.title} has not been started`);
    }
    return this.#server;
  }

  get port(): number {
    return this.server.port;
  }

  get brokenOff(): RegExp {
    return this.dialect.brokenOff;
  }

  /** The one worker. */
  get worker(): number {
    const [pid, ...others] = this.server.workerPids();
    if (pid === undefined || others.length > 0) {
      throw new Error(`${this.dialect.title} has ${others.length + (pid === undefined ? 0 : 1)} workers, not one`);
    }
    return pid;
  }

  async connect(port = this.port, tls = false): Promise<Connection> {
    const connection = await Connection.connect({ port, tls });
    this.#connections.push(connection);
    return connection;
  }

  /** One request on a connection of its own. */
  async request(request: RequestBytes | string, { port = this.port, tls = false } = {}): Promise<Reply> {
    const connection = await this.connect(port, tls);
    const reply = await connection.request(this.marked(request)).whenDone();
    connection.close();
    return reply;
  }

  async json(request: RequestBytes | string, where = {}): Promise<unknown> {
    const reply = await this.request(request, where);
    expect(`${reply.status} ${reply.reason}`).toBe('200 OK');
    return jsonOf(reply);
  }

  async text(request: RequestBytes | string, where = {}): Promise<string> {
    const reply = await this.request(request, where);
    expect(`${reply.status} ${reply.reason}`).toBe('200 OK');
    return reply.body.toString('utf8');
  }

  /** The request with the mark of this test, by which applications on a stage keep what they note apart. */
  marked(request: RequestBytes | string): RequestBytes {
    const given = typeof request === 'string' ? { target: request } : request;
    const fields = (given.fields ?? []).filter(([name]) => name !== 'X-Trial');
    return { ...given, fields: [...fields, ['X-Trial', String(this.#trial)]] };
  }

  /** What a stage at this mount has noted in this test. */
  async events(mount: string): Promise<unknown[]> {
    return (await this.json(`${mount}/_events`)) as unknown[];
  }

  async whenEvents(mount: string, expected: readonly unknown[]): Promise<void> {
    let last: unknown[] = [];
    const wanted = JSON.stringify(expected);
    await until(
      () => `the events ${wanted}; there are ${JSON.stringify(last)}`,
      async () => JSON.stringify((last = await this.events(mount))) === wanted,
    );
  }

  /** Waits until it has noted this, among others. */
  async whenEvent(mount: string, expected: unknown): Promise<void> {
    let last: unknown[] = [];
    const wanted = JSON.stringify(expected);
    await until(
      () => `the event ${wanted}; there are ${JSON.stringify(last)}`,
      async () => (last = await this.events(mount)).some((event) => JSON.stringify(event) === wanted),
    );
  }

  /** Lets the application at this mount go on where it waits at a gate. */
  async release(mount: string, gate: string): Promise<void> {
    await this.text(`${mount}/_release/${gate}`);
  }

  /** This test will bring at least one such line of level warn or worse. */
  expectLog(...patterns: RegExp[]): void {
    this.#expected.push(...patterns.map((pattern) => ({ pattern, required: true })));
  }

  allowLog(...patterns: RegExp[]): void {
    this.#expected.push(...patterns.map((pattern) => ({ pattern, required: false })));
  }

  /** This test replaces workers. */
  allowNewWorkers(): void {
    this.#newWorkers = true;
  }

  /** Every line since the test began, of one log or of all. */
  logLines(log?: string): string[] {
    return this.#logs()
      .filter((path) => log === undefined || path.endsWith(`/${log}`))
      .flatMap((path) =>
        readFileSync(path, 'utf8')
          .slice(this.#seen.get(path) ?? 0)
          .split('\n'),
      )
      .filter((line) => line !== '');
  }

  whenLogged(pattern: RegExp, log?: string): Promise<string> {
    return until(`a line like ${pattern}`, () => this.logLines(log).find((line) => pattern.test(line)));
  }

  async start(make: (folder: string) => MaybePromise<Options & Expectations>): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
    chmodSync(this.folder, 0o755); // the server's user is another, maybe
    for (let attempt = 1; ; attempt++) {
      const options = await make(this.folder);
      try {
        this.#server = await this.dialect.start(options, this.folder);
        this.#always = options.startsWith ?? [];
        break;
      } catch (error) {
        if (attempt === START_ATTEMPTS || !String(error).includes('Address already in use')) {
          throw error;
        }
      }
    }
    await this.whenQuiet();
    this.#remember();
  }

  begin(): void {
    this.#trial++;
  }

  async check(): Promise<void> {
    for (const connection of this.#connections.splice(0)) {
      connection.close();
    }
    try {
      await this.whenQuiet();
      if (this.#newWorkers) {
        this.#remember();
      }
      this.dialect.sameWorkers(this.#workers, this.server.workerPids());
      await this.#whenDescriptorsAreBack();
      await this.#checkLogs();
    } finally {
      this.#newWorkers = false;
      this.#expected = [];
      for (const path of this.#logs()) {
        this.#seen.set(path, readFileSync(path, 'utf8').length);
      }
    }
  }

  async stop(): Promise<void> {
    const server = this.#server;
    try {
      if (server !== undefined) {
        const { leave, title } = this.dialect;
        expect(await server.stop({ signal: leave }), `exit code of ${title}`).toBe(0);
        const rest = server.errorLog().slice(this.#seen.get(join(server.folder, 'error.log')) ?? 0);
        expect(faultsOf(this.dialect, rest.split('\n'), []), 'the error log of the end').toEqual([]);
      }
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  #logs(): string[] {
    const own = readdirSync(this.folder).filter((name) => name.endsWith('.log'));
    return [join(this.server.folder, 'error.log'), ...own.map((name) => join(this.folder, name))];
  }

  async #checkLogs(): Promise<void> {
    const missing = () =>
      this.#expected.filter(({ pattern, required }) => required && !this.logLines().some((line) => pattern.test(line)));
    await until(
      () =>
        `log lines like ${missing().map(({ pattern }) => String(pattern))}; there are\n${this.logLines().join('\n')}`,
      () => missing().length === 0,
      { within: 3000 },
    );
    const expected = [...this.#always, ...this.#expected.map(({ pattern }) => pattern)];
    const faults = faultsOf(this.dialect, this.logLines(), expected);
    expect(faults, 'lines of the error log that nobody expected').toEqual([]);
  }

  /** Nothing is under way. */
  async whenQuiet(): Promise<void> {
    let last = '';
    await until(
      () => `no connection and no request; ${this.dialect.title} says ${last}`,
      async () => (last = await this.dialect.live(this.server, this.folder)) === '',
      { within: 5000 },
    );
  }

  #remember(): void {
    this.#workers = this.server.workerPids();
    this.#descriptors = new Map(this.#workers.map((pid) => [pid, inventoryOf(pid)]));
  }

  async #whenDescriptorsAreBack(): Promise<void> {
    const more = () =>
      this.#workers.flatMap((pid) => {
        const before = this.#descriptors.get(pid);
        return [...inventoryOf(pid)]
          .filter(([kind, count]) => count > (before?.get(kind) ?? 0))
          .map(([kind, count]) => `${kind} ${before?.get(kind) ?? 0} -> ${count}`);
      });
    await until(
      () => `descriptors back to what they were: ${more().join(', ')}`,
      () => more().length === 0,
      { within: 5000 },
    );
  }
}

/** One for cases that any server has to pass. */
export type AnySite = Site<object, TestServer>;

/** Starts one server for the tests of this file. The configuration is made when it starts, so that it may use ports. */
export function useSite<Options extends object, Server extends TestServer, S extends Site<Options, Server>>(
  site: S & Site<Options, Server>,
  make: (folder: string) => MaybePromise<Options & Expectations>,
): S {
  beforeAll(() => site.start(make));
  beforeEach(() => site.begin());
  afterEach(() => site.check());
  afterAll(() => site.stop());
  return site;
}

/** Lines that are severe, or not the server's at all, and not expected. A record of several lines has its tag in each. */
export function faultsOf(
  { line: LINE, routine }: { line: RegExp; routine?: RegExp },
  lines: readonly string[],
  expected: readonly RegExp[],
): string[] {
  return lines.filter((line) => {
    const level = LINE.exec(line)?.[1];
    const severe = line !== '' && (level === undefined || SEVERE.has(level) || SANITIZER.test(line));
    const tag = TAG.exec(line)?.[0];
    return (
      severe &&
      routine?.test(line) !== true &&
      !expected.some((pattern) => pattern.test(line) || (tag !== undefined && pattern.source.includes(tag)))
    );
  });
}

/**
 * What a worker has open, counted by kind. Left out is what comes and goes with the threads of applications, which
 * start when they like: event queues, their pipes, the descriptor that each loop has in reserve once it has a stream, and
 * scripts while they are loaded.
 */
function inventoryOf(pid: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const link of descriptorsOf(pid).values()) {
    if (/^(anon_inode|pipe):|^\/dev\/null$/.test(link) || /\.([cm]?[jt]s|json|so[.\d]*|node)$/.test(link)) {
      continue;
    }
    const kind = link.replace(/:\[\d+\]$/, '');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
