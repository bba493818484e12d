/** The applications in this process, behind tsgi.node and a host on a thread of its own: all of TSGI but a server. */
import { join, resolve } from 'node:path';
import {
  Abort,
  type App,
  bootIsolate,
  Can,
  type FakeHost,
  type Group,
  makeFakeHost,
  type Message,
  View,
} from '../support/fake-host';
import type { Field, Head, Reply } from '../support/reply';
import { seeded } from '../support/seeded';
import { until } from '../support/until';
import { bodyOf, decodeTarget, LEVELS, RecordLog, scriptNameOf, SentBody } from './host-side';
import type { Exchange, LogRecord, Mount, Request, Running, Target } from './target';

const APPS = join(__dirname, '../apps');
const NOT_MOUNTED = -6;

/**
 * With misery everything comes in the smallest pieces, and at times, which the seed chooses, nothing comes: one message a
 * turn of the host or none, and one wake for all of it; request bodies byte by byte, a small window, and credit that is
 * given back in parts or later.
 */
export const addonTarget = (misery?: Misery): Target => ({
  name: misery !== undefined ? 'addon+misery' : 'addon',
  start(mounts) {
    return Promise.resolve(new AddonRunning(mounts, misery));
  },
});

/** What misery does next; the same for the same seed, as long as the calls come in the same order. */
export class Misery {
  readonly #random: () => number;

  constructor(
    readonly seed: number,
    /** Bytes of the window where an application does not ask for another; a response moves in pieces of that. */
    readonly window = 16_384,
  ) {
    this.#random = seeded(seed);
  }

  /** How much of `size` moves now; one time in four nothing. */
  portion(size: number): number {
    return this.#random() < 0.25 ? 0 : 1 + Math.floor(this.#random() * size);
  }

  /** Bytes of the next piece of a request body, of which `sent` were sent. */
  piece(sent: number): number {
    return Math.min(this.portion(1000), sent < 100 ? 1 : 1000);
  }
}

interface Site {
  server: Server;
  app: App;
}

/** One fake host with its isolate, and the exchanges under way. */
class Server {
  readonly host: FakeHost;
  readonly exchanges = new Map<number, AddonExchange>();
  readonly #group: Group;

  constructor(
    flags: number,
    private readonly misery: Misery | undefined,
    log: RecordLog,
  ) {
    this.host = makeFakeHost(
      { flags, ...(misery !== undefined ? { drainMax: 1, seed: misery.seed, defer: true } : {}) },
      (message) => {
        if (message.kind === 'log') {
          const { tag, text, requestId } = message;
          log.push({
            level: LEVELS[message.amount] ?? 'debug',
            tag,
            text,
            ...(requestId === '' ? {} : { requestId }),
          });
        } else {
          this.exchanges.get(message.number)?.receive(message);
        }
      },
    );
    this.#group = this.host.group({ name: 'conformance' }) as Group;
    bootIsolate(this.#group);
  }

  open(mount: Mount): App {
    const { callable, interface: kind, window = this.misery?.window, writeLimit } = mount.options;
    return this.host.app(this.#group, {
      script: resolve(APPS, mount.app),
      ...(callable === undefined ? {} : { callable }),
      ...(kind === undefined ? {} : { interface: kind }),
      ...(window === undefined ? {} : { window }),
      ...(writeLimit === undefined ? {} : { writeLimit }),
    }) as App;
  }
}

class AddonRunning implements Running {
  readonly #log = new RecordLog();
  readonly #sites = new Map<Mount, Site>();
  readonly #servers: readonly [Server, Server];
  #left = 0;
  #requests = 0;

  constructor(
    mounts: readonly Mount[],
    private readonly misery: Misery | undefined,
  ) {
    this.#servers = [
      new Server(Can.EarlyHints | Can.Sendfile, misery, this.#log),
      new Server(Can.EarlyHints, misery, this.#log),
    ];
    for (const mount of mounts) {
      const server = this.#servers[mount.options.sendfile === false ? 1 : 0];
      this.#sites.set(mount, { server, app: server.open(mount) });
    }
  }

  scriptName(mount: Mount): string {
    return scriptNameOf(mount);
  }

  open(mount: Mount, request: Request): Promise<Exchange> {
    const { server, app } = this.#sites.get(mount) as Site;
    const { options } = mount;
    const scriptName = scriptNameOf(mount);
    const target = scriptName + request.path;
    const query = target.includes('?') ? target.slice(target.indexOf('?') + 1) : undefined;
    const decoded = decodeTarget(target);
    const { rewrite } = options;
    const body = bodyOf(request, options.bodyLimit);
    const method = request.method ?? 'GET';
    const hasBody = body.length !== undefined || body.open || body.pieces.length > 0 || request.chunks !== undefined;
    const flags =
      (method === 'HEAD' ? View.Head : 0) |
      (request.https === true ? View.Https : 0) |
      (options.hideAuthorization === true ? View.HideAuth : 0) |
      (options.streamed === true && hasBody ? View.BodyLater : 0);
    const number = server.host.begin(app, {
      flags,
      method: method === 'HEAD' && options.headToGet === true ? 'GET' : method,
      requestUri: target,
      mount: scriptName + (options.slash === true ? '/' : ''),
      path: rewrite === undefined ? decoded : decoded.replace(scriptName + rewrite.from, scriptName + rewrite.to),
      ...(query === undefined ? {} : { query }),
      protocol: request.protocol ?? 'HTTP/1.1',
      scheme: request.https === true ? 'https' : 'http',
      serverName: 'localhost',
      serverPort: request.https === true ? '443' : '80',
      serverAddr: '127.0.0.1',
      serverSoftware: 'fake',
      remoteAddr: '127.0.0.1',
      remotePort: '50000',
      ...(options.basicAuth === true ? { remoteUser: 'user', authType: 'Basic' } : {}),
      documentRoot: APPS,
      scriptFilename: resolve(APPS, mount.app),
      requestId: `request-${++this.#requests}`,
      ...(body.length === undefined ? {} : { contentLength: body.length }),
      headers: [...hostOf(request), ...(request.fields ?? []), ...body.fields],
      params: (options.params ?? []).flatMap(([name, value, ifNotEmpty]): Field[] =>
        ifNotEmpty === true && value === '' ? [] : [[name, value]],
      ),
    });
    const exchange = new AddonExchange(server, number, this.misery);
    if (number === NOT_MOUNTED) {
      exchange.fail(404);
    } else if (number < 0) {
      throw new Error(`exchange_begin answered ${number}`);
    } else {
      server.exchanges.set(number, exchange);
      const calls = {
        wanted: () => server.host.wanted(number),
        send: (piece: Uint8Array) => server.host.body(number, piece),
        end: (status: number) => server.host.bodyEnd(number, status),
        ended: () => exchange.ended,
      };
      exchange.sender = new SentBody(body, calls, this.misery?.piece.bind(this.misery));
    }
    return Promise.resolve(exchange);
  }

  records(): LogRecord[] {
    return this.#log.records;
  }

  async check(): Promise<void> {
    const live = () => this.#servers.reduce((sum, { host }) => sum + host.live(), 0);
    try {
      await until(
        () => `no live exchange, there are ${live()}`,
        () => live() <= this.#left,
      );
    } finally {
      this.#left = live();
    }
  }

  stop(): Promise<void> {
    for (const { host } of this.#servers) {
      host.stop();
    }
    return Promise.resolve();
  }
}

class AddonExchange implements Exchange {
  sender: SentBody | undefined;
  ended = false;
  size = 0;
  readonly #pieces: Buffer[] = [];
  readonly #interim: Head[] = [];
  #head: Head | undefined;
  #length = -1;
  #status = 0;
  #owed = 0;
  #paused = false;

  constructor(
    private readonly server: Server,
    private readonly number: number,
    private readonly misery: Misery | undefined,
  ) {}

  /** The host answers with a page of its own. */
  fail(status: number): void {
    this.#status = status;
    this.ended = true;
  }

  receive(message: Message): void {
    switch (message.kind) {
      case 'inform':
        this.#interim.push(headOf(message));
        break;
      case 'start':
        this.#head = headOf(message);
        this.#length = message.length;
        break;
      case 'data':
      case 'file':
        if (message.bytes === null || message.bytes === undefined) {
          throw new Error('a file came short');
        }
        this.#pieces.push(message.bytes);
        this.size += message.bytes.length;
        this.#owed += message.amount;
        this.#repay();
        break;
      case 'end':
        this.#status = message.amount;
        this.#over();
        break;
      default:
    }
  }

  interim(): Head[] {
    return this.#interim;
  }

  async whenHead(): Promise<Head> {
    await until('a head', () => this.#head !== undefined || this.ended);
    return this.#head ?? { status: this.#status, reason: '', fields: [] };
  }

  async whenBytes(size: number): Promise<Buffer> {
    await until(
      () => `${size} bytes, have ${this.size}`,
      () => this.size >= size || this.ended,
    );
    if (this.size < size) {
      throw new Error(`the response ended after ${this.size} of ${size} bytes`);
    }
    return Buffer.concat(this.#pieces);
  }

  async whenDone(): Promise<Reply> {
    await until('the end of a response', () => this.ended);
    const head = await this.whenHead();
    const length = this.#length >= 0 ? this.#length : undefined;
    return {
      ...head,
      fields: length === undefined ? head.fields : [...head.fields, ['Content-Length', String(length)]],
      interim: this.#interim,
      body: Buffer.concat(this.#pieces),
      complete: this.#head === undefined ? this.#status !== 0 : this.#status === 0,
      length,
      page: this.#head === undefined,
    };
  }

  send(piece: Uint8Array | string): void {
    this.sender?.send(piece);
  }

  finish(): void {
    this.sender?.finish();
  }

  leave(): void {
    this.server.host.abort(this.number, Abort.Client);
    this.#status = 499;
    this.#over();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#repay();
  }

  #repay(): void {
    if (this.#paused || this.#owed === 0 || this.ended) {
      return;
    }
    const now = this.misery?.portion(this.#owed) ?? this.#owed;
    if (now > 0) {
      this.server.host.credit(this.number, now);
    }
    this.#owed -= now;
    if (this.#owed > 0) {
      setImmediate(() => this.#repay());
    }
  }

  #over(): void {
    this.ended = true;
    this.server.exchanges.delete(this.number);
  }
}

/** The Host field that a client adds where none is given. */
function hostOf(request: Request): Field[] {
  const given = (request.fields ?? []).some(([name]) => name.toLowerCase() === 'host');
  return given ? [] : [['Host', 'localhost']];
}

function headOf(message: Message): Head {
  const fields = message.fields.flatMap((name, index): Field[] =>
    index % 2 === 0 ? [[name, message.fields[index + 1] ?? '']] : [],
  );
  return { status: message.amount, reason: message.text, fields };
}
