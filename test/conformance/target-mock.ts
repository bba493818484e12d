/** The applications in this process, over `src/testing`: no native code, no network, no loader. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMockHost, type MockApplication, type MockExchange, type MockHost } from '../../src/testing';
import type { Field, Head, Reply } from '../support/reply';
import { bounded, until } from '../support/until';
import { bodyOf, decodeTarget, LEVELS, scriptNameOf, SentBody } from './host-side';
import type { Exchange, LogRecord, Mount, Request, Running, Target } from './target';

const APPS = join(__dirname, '../apps');

export function mockTarget(lint: boolean): Target {
  return {
    name: lint ? 'mock+lint' : 'mock',
    async start(mounts) {
      const hosts = new Map<Mount, MockHost>();
      for (const mount of mounts) {
        hosts.set(mount, await hostOf(mount, lint));
      }
      return new MockRunning(hosts);
    },
  };
}

async function hostOf(mount: Mount, lint: boolean): Promise<MockHost> {
  const { callable, window, writeLimit, sendfile } = mount.options;
  const module = (await import(pathToFileURL(join(APPS, mount.app)).href)) as Record<string, unknown>;
  return createMockHost(module[callable ?? 'application'] as MockApplication, {
    lint,
    ...(window === undefined ? {} : { window }),
    ...(writeLimit === undefined ? {} : { writeLimit }),
    ...(sendfile === undefined ? {} : { sendfile }),
  });
}

class MockRunning implements Running {
  /** Exchanges that a failed case has left behind: told once, not waited for again. */
  readonly #left = new Map<MockHost, number>();

  constructor(readonly hosts: Map<Mount, MockHost>) {}

  scriptName(mount: Mount): string {
    return scriptNameOf(mount);
  }

  open(mount: Mount, request: Request): Promise<Exchange> {
    const host = this.hosts.get(mount) as MockHost;
    const { options } = mount;
    const scriptName = scriptNameOf(mount);
    const target = scriptName + request.path;
    const path = decodeTarget(target);
    if (!path.startsWith(scriptName) || !['/', undefined].includes(path[scriptName.length])) {
      return Promise.resolve(new MockSeen(undefined, undefined));
    }
    const params: Record<string, string> = {
      DOCUMENT_ROOT: APPS,
      SCRIPT_FILENAME: join(APPS, mount.app),
      ...(options.basicAuth === true ? { REMOTE_USER: 'user', AUTH_TYPE: 'Basic' } : {}),
    };
    for (const [name, value, ifNotEmpty] of options.params ?? []) {
      if (ifNotEmpty !== true || value !== '') {
        params[name] = value;
      }
    }
    const body = bodyOf(request, options.bodyLimit);
    const exchange = host.open({
      method: request.method ?? 'GET',
      path: target,
      mount: scriptName + (options.slash === true ? '/' : ''),
      ...(options.rewrite === undefined
        ? {}
        : { effectivePath: path.replace(scriptName + options.rewrite.from, scriptName + options.rewrite.to) }),
      headers: [...(request.fields ?? []).map(([name, value]): Field => [name, value]), ...body.fields],
      bodyOpen: true,
      streamed: options.streamed === true,
      protocol: request.protocol ?? 'HTTP/1.1',
      scheme: request.https === true ? 'https' : 'http',
      headToGet: options.headToGet === true,
      hideAuthorization: options.hideAuthorization === true,
      params,
    });
    const sender = new SentBody(body, {
      wanted: () => (exchange.ended ? Infinity : exchange.wanted),
      send: (piece) => exchange.send(piece),
      end: (status) => exchange.sendEnd(status),
      ended: () => exchange.ended,
    });
    return Promise.resolve(new MockSeen(exchange, sender));
  }

  records(): LogRecord[] {
    return [...this.hosts.values()].flatMap((host) =>
      host.records.map(({ level, tag, text }) => ({ level: LEVELS[level] ?? 'debug', tag, text })),
    );
  }

  violations(): string[] {
    return [...this.hosts.values()].flatMap((host) => host.violations);
  }

  async check(across?: string): Promise<void> {
    for (const [mount, host] of this.hosts) {
      try {
        await until(`${mount.app} to have no live exchange`, () => host.live <= (this.#left.get(host) ?? 0));
      } finally {
        this.#left.set(host, host.live);
      }
      const faults = [...host.faults.splice(0), ...host.deaths.splice(0)].filter(
        (fault) => across === undefined || !fault.includes(across),
      );
      if (faults.length > 0) {
        throw new Error(`${mount.app}: ${faults.join('; ')}`);
      }
    }
  }

  stop(): Promise<void> {
    // Scenes that never settle on purpose would be waited for.
    return Promise.resolve();
  }
}

/** What the client of one mock exchange has seen; without an exchange, the host's own 404. */
class MockSeen implements Exchange {
  constructor(
    private readonly exchange: MockExchange | undefined,
    private readonly sender: SentBody | undefined,
  ) {}

  get size(): number {
    return this.exchange?.received ?? 0;
  }

  interim(): Head[] {
    return (this.exchange?.informs ?? []).map(({ status, headers }) => ({ status, reason: '', fields: headers }));
  }

  async whenHead(): Promise<Head> {
    if (this.exchange === undefined) {
      return PAGE_404;
    }
    const { status, reason, headers, contentLength } = await bounded('a head', this.exchange.head);
    return { status, reason, fields: withLength(headers, contentLength) };
  }

  async whenBytes(size: number): Promise<Buffer> {
    const exchange = this.exchange as MockExchange;
    await bounded(`${size} bytes`, exchange.receivedAtLeast(size));
    if (exchange.received < size) {
      throw new Error(`the response ended after ${exchange.received} of ${size} bytes`);
    }
    return Buffer.from(exchange.body);
  }

  async whenDone(): Promise<Reply> {
    if (this.exchange === undefined) {
      return PAGE_404;
    }
    const { status, reason, headers, contentLength, body, complete, page } = await bounded(
      'the end of a response',
      this.exchange.response,
    );
    return {
      status,
      reason,
      fields: withLength(headers, contentLength),
      interim: this.interim(),
      body: Buffer.from(body),
      complete,
      length: contentLength,
      page,
    };
  }

  send(piece: Uint8Array | string): void {
    this.sender?.send(piece);
  }

  finish(): void {
    this.sender?.finish();
  }

  leave(): void {
    this.exchange?.abort('client');
  }

  pause(): void {
    this.exchange?.pause();
  }

  resume(): void {
    this.exchange?.resume();
  }
}

const PAGE_404: Reply = {
  status: 404,
  reason: '',
  fields: [],
  interim: [],
  body: Buffer.alloc(0),
  complete: true,
  length: undefined,
  page: true,
};

function withLength(headers: readonly (readonly [string, string])[], length: number | undefined): Field[] {
  const fields = headers.map(([name, value]): Field => [name, value]);
  return length === undefined ? fields : [...fields, ['Content-Length', String(length)]];
}
