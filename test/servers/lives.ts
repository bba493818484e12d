/** Servers that a test starts for itself, because it ends them. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { Connection, type Incoming } from '../support/http1';
import type { Reply } from '../support/reply';
import type { TestServer } from '../support/site';

/** What a server's own side tells of it. */
export interface Host<Options, Server extends TestServer> {
  start(options: Options): Promise<Server>;
  faultsOf(lines: readonly string[], expected: readonly RegExp[]): string[];
  /** Has `living.mjs` at /app, with the environment variable TRACE. */
  living(trace: string): Options;
}

export class Lives<Options extends object, Server extends TestServer> {
  #server: Server | undefined;
  #trace = '';
  #scratch: string[] = [];

  constructor(private readonly host: Host<Options, Server>) {}

  get server(): Server {
    if (this.#server === undefined) {
      throw new Error('no server has been started');
    }
    return this.#server;
  }

  async start(options: Partial<Options> = {}): Promise<Server> {
    this.#trace = join(this.makeScratch(), 'trace');
    writeFileSync(this.#trace, '');
    chmodSync(this.#trace, 0o666); // the server's user is another, maybe
    return (this.#server = await this.host.start({ ...this.host.living(this.#trace), ...options }));
  }

  async end(): Promise<void> {
    await this.#server?.stop().catch(() => {});
    this.#server = undefined;
    for (const folder of this.#scratch.splice(0)) {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** What init() and close() have written, in this order. */
  traced(): string[] {
    return readFileSync(this.#trace, 'utf8').trim().split('\n');
  }

  makeScratch(): string {
    const folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
    this.#scratch.push(folder);
    chmodSync(folder, 0o755);
    return folder;
  }

  async get(target: string): Promise<Reply> {
    const connection = await Connection.connect({ port: this.server.port });
    const reply = await connection.request({ target, fields: [['Connection', 'close']] }).whenDone();
    connection.close();
    return reply;
  }

  /** Who answers, and whether it knows of others. */
  async who(): Promise<[pid: number, multiprocess: boolean]> {
    return JSON.parse((await this.get('/app/pid')).body.toString()) as [number, boolean];
  }

  async begin(target: string): Promise<Incoming> {
    const connection = await Connection.connect({ port: this.server.port });
    const incoming = connection.request({ target });
    await incoming.whenBytes(1);
    return incoming;
  }

  /** The log has nothing severe but what is expected, and what init() and close() print. */
  checkLog(...expected: RegExp[]): void {
    const lines = this.server.errorLog().split('\n');
    expect(this.host.faultsOf(lines, [/(init|close) in \d+/, ...expected])).toEqual([]);
  }
}

export function useLives<Options extends object, Server extends TestServer>(
  host: Host<Options, Server>,
): Lives<Options, Server> {
  const lives = new Lives(host);
  afterEach(() => lives.end());
  return lives;
}
