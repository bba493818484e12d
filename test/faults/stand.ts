/**
 * A server of either kind to which faults happen: started by the one who drives a fault, steered by
 * `test/misery/control.ts`, and looked at when he is done: it ran to its end, by its own will, and its log has nothing
 * severe but what was announced.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { nativePaths } from '../../scripts/lib/paths.mjs';
import { Connection, type RequestBytes } from '../support/http1';
import { descriptorsOf } from '../support/process';
import type { Reply } from '../support/reply';
import type { TestServer } from '../support/site';
import { until } from '../support/until';
import { Control, CONTROL_SIZE } from '../misery/control';

export type Target = 'nginx' | 'apache';

/** Where an application is, and what holds there. */
export interface Mount {
  script?: string;
  group?: string;
  /** Values of directives, by the names of nginx without `tsgi_`. */
  set?: Record<string, string>;
}

export interface How {
  workers?: number;
  /** Descriptors that a worker may have. */
  openFiles?: number;
  /** Before the server starts. */
  prepare?: (control: Control) => void;
}

/** What is one server's own. */
export interface Kind {
  target: Target;
  /** Asks it to leave when its last request is over. */
  leave: NodeJS.Signals;
  /** What it logs, at a level that counts, of a worker that was killed. */
  killed: RegExp;
  /** And when a response is broken off, a body cannot be kept, no descriptor can be had, the runtime does not start. */
  words: Record<'brokenOff' | 'spool' | 'late' | 'descriptors' | 'start' | 'open' | 'memory', RegExp>;
  start(mounts: Record<string, Mount>, how: How, env: Record<string, string>): Promise<TestServer>;
  faultsOf(lines: readonly string[], expected: readonly RegExp[]): string[];
}

const library = join(nativePaths().native, 'test/libraries/misery.so');
const application = fileURLToPath(new URL('apps/faults.mjs', import.meta.url));

/** An application that answers with one text. */
export const answering = (text: string) =>
  `export const application = (environ, startResponse) => { startResponse('200 OK', []); return ['${text}']; };\n`;

export class Stand {
  readonly target: Target;
  readonly words: Kind['words'];
  /** For scripts and signs of the test. */
  readonly folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
  readonly control: Control;
  #server: TestServer | undefined;
  #connections: Connection[] = [];
  #expected: { pattern: RegExp; required: boolean }[] = [];

  constructor(private readonly kind: Kind) {
    this.target = kind.target;
    this.words = kind.words;
    chmodSync(this.folder, 0o777); // the server's user is another, maybe
    const path = join(this.folder, 'control');
    writeFileSync(path, Buffer.alloc(CONTROL_SIZE));
    chmodSync(path, 0o666);
    this.control = new Control(path);
  }

  get server(): TestServer {
    if (this.#server === undefined) {
      throw new Error('no server has been started');
    }
    return this.#server;
  }

  /** The worker, or the first of them. */
  get worker(): number {
    return this.server.workerPids()[0] ?? 0;
  }

  async start(mounts: Record<string, Mount> = { '/app': {} }, how: How = {}): Promise<void> {
    const env = { LD_PRELOAD: library, TSGI_MISERY_CONTROL: join(this.folder, 'control') };
    const complete = Object.entries(mounts).map(([path, mount]) => [path, { script: application, ...mount }] as const);
    how.prepare?.(this.control);
    this.#server = await this.kind.start(Object.fromEntries(complete), how, env);
  }

  /** Ends the server, if there is one, and starts another. */
  async startAgain(mounts: Record<string, Mount>, how: How): Promise<void> {
    if (this.#server !== undefined) {
      await this.check();
      this.#server = undefined;
    }
    await this.start(mounts, how);
  }

  /** A script for this test alone. */
  script(name: string, source: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, source);
    return path;
  }

  async connect(): Promise<Connection> {
    const connection = await Connection.connect({ port: this.server.port });
    this.#connections.push(connection);
    return connection;
  }

  /** One request on a connection of its own. */
  async request(request: RequestBytes | string): Promise<Reply> {
    const connection = await this.connect();
    const given = typeof request === 'string' ? { target: request } : request;
    const reply = await connection
      .request({ ...given, fields: [...(given.fields ?? []), ['Connection', 'close']] })
      .whenDone();
    connection.close();
    return reply;
  }

  async text(request: RequestBytes | string): Promise<string> {
    const reply = await this.request(request);
    expect(`${reply.status} ${reply.reason}`).toBe('200 OK');
    expect(reply.complete).toBe(true);
    return reply.body.toString();
  }

  /** Waits until it answers well, as a server does that has recovered; others than these statuses may not come meanwhile. */
  async whenWell(target = '/app/pid', meanwhile: readonly number[] = [503]): Promise<string> {
    let last: Reply | undefined;
    await until(
      () => `a good answer; the last one was ${last?.status}`,
      async () => {
        last = await this.request(target);
        expect([200, ...meanwhile]).toContain(last.status);
        return last.status === 200;
      },
      { within: 20_000 },
    );
    return (last as Reply).body.toString();
  }

  /** Waits until another process serves in the place of this one. */
  async whenReplaced(pid: number): Promise<number> {
    const another = () => {
      const pids = this.server.workerPids();
      return !pids.includes(pid) && pids[0];
    };
    return until('a new worker', another, { within: 20_000 });
  }

  /** What a stage has noted. */
  async events(mount = '/app'): Promise<unknown[]> {
    return JSON.parse(await this.text(`${mount}/_events`)) as unknown[];
  }

  async whenEvent(event: unknown): Promise<void> {
    await until(`the event ${JSON.stringify(event)}`, async () =>
      (await this.events()).some((one) => JSON.stringify(one) === JSON.stringify(event)),
    );
  }

  /** The worker can open no descriptor more, until what is returned is called. */
  withoutDescriptors(): () => void {
    const open = new Set(descriptorsOf(this.worker).keys());
    let free = 0;
    while (open.has(free)) {
      free++;
    }
    return this.limit('nofile', free);
  }

  /** The worker may have no more than this, until what is returned is called. */
  limit(resource: 'nofile' | 'as', value: number): () => void {
    const { worker } = this;
    // Who is not the superuser of the whole machine has to be the worker's user.
    const status = readFileSync(`/proc/${worker}/status`, 'utf8');
    const [uid, gid] = ['Uid', 'Gid'].map((name) => Number(new RegExp(`^${name}:\\t(\\d+)`, 'm').exec(status)?.[1]));
    const asWorker = uid === process.getuid?.() ? [] : [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
    const prlimit = (...args: string[]) =>
      execFileSync('setpriv', [...asWorker, 'prlimit', '--pid', String(worker), ...args]);
    const before = prlimit(`--${resource}`, '--output', 'SOFT', '--noheadings', '--raw');
    const set = (soft: string) => prlimit(`--${resource}=${soft}:`);
    set(String(value));
    return () => set(String(before).trim());
  }

  /** The address space of the worker, in bytes. */
  spaceOfWorker(): number {
    const [, kilobytes = '0'] = /^VmSize:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.worker}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  }

  log(): string {
    return this.server.errorLog();
  }

  async whenLogged(pattern: RegExp): Promise<void> {
    await until(
      () => `a record like ${pattern} in\n${this.log()}`,
      () => pattern.test(this.log()),
    );
  }

  /** The fault brings at least one such line of level warn or worse. */
  expectLog(...patterns: RegExp[]): void {
    this.#expected.push(...patterns.map((pattern) => ({ pattern, required: true })));
  }

  allowLog(...patterns: RegExp[]): void {
    this.#expected.push(...patterns.map((pattern) => ({ pattern, required: false })));
  }

  /** A worker dies on purpose. */
  kill(pid: number): void {
    this.allowLog(this.kind.killed);
    process.kill(pid, 'SIGKILL');
  }

  /** The fault is over: what must hold of the server then. */
  async check(): Promise<void> {
    const { server } = this;
    this.#leave();
    expect(await server.stop({ signal: this.kind.leave }), 'its exit code').toBe(0);
    const lines = server.errorLog().split('\n');
    const missing = this.#expected.filter(
      ({ pattern, required }) => required && !lines.some((line) => pattern.test(line)),
    );
    expect(
      missing.map(({ pattern }) => pattern),
      server.errorLog(),
    ).toEqual([]);
    expect(
      this.kind.faultsOf(
        lines,
        this.#expected.map(({ pattern }) => pattern),
      ),
    ).toEqual([]);
  }

  async end(): Promise<void> {
    this.#leave();
    await this.#server?.stop().catch(() => {});
    this.control.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #leave(): void {
    for (const connection of this.#connections.splice(0)) {
      connection.close();
    }
  }
}
