/** The applications behind node:http in this process, over TCP: one listener for each mount. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toNodeListener, type HostedApplication, type HostLogRecord, type HostOptions } from '../../src/hosts';
import { makeCertificate } from '../support/certificate';
import { Connection } from '../support/http1';
import { until } from '../support/until';
import { scriptNameOf } from './host-side';
import { openExchange } from './http-exchange';
import type { Exchange, LogRecord, Mount, Request, Running, Target } from './target';

const APPS = join(__dirname, '../apps');
const BASIC = `Basic ${Buffer.from('user:password').toString('base64')}`;

export const nodeTarget: Target = {
  name: 'node',
  async start(mounts) {
    const records: HostLogRecord[] = [];
    const listeners: Array<[Mount, RequestListener]> = [];
    for (const mount of mounts) {
      listeners.push([mount, await listenerOf(mount, (record) => records.push(record))]);
    }
    // The application at the root gets what belongs to no other.
    listeners.sort(([one], [other]) => scriptNameOf(other).length - scriptNameOf(one).length);
    const running = new NodeRunning(records, (req, res) => {
      const path = (req.url ?? '/').split('?', 1)[0] ?? '';
      const [mount, listener] =
        listeners.find(([one]) => path === scriptNameOf(one) || path.startsWith(`${scriptNameOf(one)}/`)) ?? [];
      if (mount === undefined || listener === undefined) {
        res.writeHead(404).end();
        return;
      }
      prepare(mount, req, res, listener);
    });
    await running.start();
    return running;
  },
};

/** What a server of Node does by middleware before a request reaches its listener. */
function prepare(mount: Mount, req: IncomingMessage, res: ServerResponse, listener: RequestListener): void {
  const { basicAuth, rewrite } = mount.options;
  if (basicAuth === true && req.headers.authorization !== BASIC) {
    res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="users"' }).end();
    return;
  }
  if (rewrite !== undefined) {
    const prefix = scriptNameOf(mount);
    (req as IncomingMessage & { originalUrl?: string }).originalUrl = req.url ?? '/';
    req.url = req.url?.replace(prefix + rewrite.from, prefix + rewrite.to) ?? '/';
  }
  listener(req, res);
}

async function listenerOf(mount: Mount, log: (record: HostLogRecord) => void): Promise<RequestListener> {
  const { callable, window, writeLimit, bodyLimit, params, basicAuth, hideAuthorization, headToGet, slash } =
    mount.options;
  const module = (await import(pathToFileURL(join(APPS, mount.app)).href)) as Record<string, unknown>;
  const environ: Record<string, string> = { DOCUMENT_ROOT: APPS, SCRIPT_FILENAME: join(APPS, mount.app) };
  for (const [name, value, ifNotEmpty] of params ?? []) {
    if (ifNotEmpty !== true || value !== '') {
      environ[name] = value;
    }
  }
  if (basicAuth === true) {
    Object.assign(environ, { REMOTE_USER: 'user', AUTH_TYPE: 'Basic' });
  }
  const options: HostOptions = {
    mount: scriptNameOf(mount) + (slash === true ? '/' : ''),
    serverName: 'localhost',
    environ,
    hideAuthorization: hideAuthorization === true,
    mapHeadToGet: headToGet === true,
    log,
    ...(window === undefined ? {} : { window }),
    ...(writeLimit === undefined ? {} : { writeLimit }),
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
  };
  return toNodeListener(module[callable ?? 'application'] as HostedApplication, options);
}

class NodeRunning implements Running {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tsgi-node-'));
  readonly #plain: Server;
  readonly #tls: Server;
  readonly #connections = new Set<Connection>();

  constructor(
    private readonly log: readonly HostLogRecord[],
    listener: RequestListener,
  ) {
    makeCertificate(this.#folder, 'server', '/CN=localhost');
    const [cert, key] = ['server.pem', 'server.key'].map((name) => readFileSync(join(this.#folder, name)));
    this.#plain = createServer(listener).on('checkContinue', listener);
    this.#tls = createTlsServer({ cert: cert as Buffer, key: key as Buffer }, listener).on('checkContinue', listener);
  }

  async start(): Promise<void> {
    for (const server of [this.#plain, this.#tls]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
  }

  get port(): number {
    return (this.#plain.address() as AddressInfo).port;
  }

  async connect(port: number, tls: boolean): Promise<Connection> {
    const connection = await Connection.connect({ port, tls });
    this.#connections.add(connection);
    return connection;
  }

  scriptName(mount: Mount): string {
    return scriptNameOf(mount);
  }

  open(mount: Mount, request: Request): Promise<Exchange> {
    return openExchange(this, (this.#tls.address() as AddressInfo).port, mount, request);
  }

  records(): LogRecord[] {
    return [...this.log];
  }

  async check(): Promise<void> {
    for (const connection of this.#connections) {
      connection.close();
    }
    this.#connections.clear();
    for (const server of [this.#plain, this.#tls]) {
      await until('every connection to be closed', () => openConnections(server).then((count) => count === 0));
    }
  }

  async stop(): Promise<void> {
    for (const server of [this.#plain, this.#tls]) {
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(this.#folder, { recursive: true });
  }
}

function openConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
