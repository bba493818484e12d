/** The applications inside nginx, over TCP: one server and one location for each mount. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/lib/port.mjs';
import { Site } from '../nginx/nginx';
import { chunk, type Connection, type Incoming, LAST_CHUNK } from '../support/http1';
import type { Head, Reply } from '../support/reply';
import { RecordLog, scriptNameOf } from './host-side';
import type { Exchange, LevelName, LogRecord, Mount, Request, Running, Target } from './target';

const APPS = fileURLToPath(new URL('../apps', import.meta.url));
const LINE = /^\S+ \S+ \[(\w+)\] \d+#\d+: (?:\*\d+ )?(?:TSGI(\d{4}) )?(.*)$/s;
const TAIL = /, (?:client|context): .*$/s;
const REQUEST_ID = /, request id: (\S+)$/;
/** nginx's own words about what is no fault of anybody, or about what the application's record told already. */
const ORDINARY = /is buffered to a temporary file|the application did not complete its response/;

export const nginxTarget: Target = {
  name: 'nginx',
  async start(mounts) {
    const site = new Site();
    const tlsPort = await freePort();
    await site.start((folder) => ({
      conf: { http: 'tsgi_max_applications 64;', server: serverConf(folder, tlsPort, mounts) },
    }));
    return new NginxRunning(site, tlsPort);
  },
};

function serverConf(folder: string, tlsPort: number, mounts: readonly Mount[]): string {
  makeCertificate(folder);
  writeFileSync(join(folder, 'users'), 'user:{PLAIN}password\n');
  return `
    listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${join(folder, 'cert.pem')};
    ssl_certificate_key ${join(folder, 'key.pem')};
    underscores_in_headers on;
    ignore_invalid_headers off;
    client_max_body_size 64m;
    sendfile on;
    ${mounts.map((mount) => location(folder, mount)).join('\n')}
  `;
}

function makeCertificate(folder: string) {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...kind, '-subj', '/CN=localhost', ...files], { stdio: 'ignore' });
}

function location(folder: string, mount: Mount): string {
  const { options } = mount;
  const name = scriptNameOf(mount);
  const callable = options.callable === undefined ? '' : ` callable=${options.callable}`;
  const lines = [`tsgi_pass "${resolve(APPS, mount.app)}"${callable};`];
  const add = (condition: boolean, line: string) => {
    if (condition) {
      lines.push(line);
    }
  };
  add(options.group !== undefined, `tsgi_application_group ${options.group};`);
  for (const [param, value, ifNotEmpty] of options.params ?? []) {
    lines.push(`tsgi_param ${param} "${value}"${ifNotEmpty === true ? ' if_not_empty' : ''};`);
  }
  add(options.streamed === true, 'tsgi_request_buffering off;');
  add(options.bodyLimit !== undefined, `client_max_body_size ${options.bodyLimit};`);
  add(options.window !== undefined, `tsgi_buffer_size ${options.window};`);
  add(options.writeLimit !== undefined, `tsgi_write_limit ${options.writeLimit};`);
  add(options.hideAuthorization === true, 'tsgi_pass_authorization off;');
  add(options.basicAuth === true, `auth_basic "users"; auth_basic_user_file ${join(folder, 'users')};`);
  add(options.headToGet === true, 'tsgi_map_head_to_get on;');
  add(options.sendfile === false, 'tsgi_sendfile off;');
  if (options.rewrite !== undefined) {
    lines.push(`rewrite ^${name}${options.rewrite.from}(.*)$ ${name}${options.rewrite.to}$1 break;`);
  }
  const prefix = options.root === true || options.slash === true ? `${name}/` : name;
  return `location ${prefix} {\n      ${lines.join('\n      ')}\n    }`;
}

class NginxRunning implements Running {
  readonly #log = new RecordLog();
  #parsed = 0;

  constructor(
    private readonly site: Site,
    private readonly tlsPort: number,
  ) {}

  scriptName(mount: Mount): string {
    return scriptNameOf(mount);
  }

  async open(mount: Mount, request: Request): Promise<Exchange> {
    const tls = request.https === true;
    const connection = await this.site.connect(tls ? this.tlsPort : this.site.port, tls);
    const { method, fields = [], body, chunks, protocol, declares, sendLater = false } = request;
    const length: [string, string][] = declares === undefined ? [] : [['Content-Length', String(declares)]];
    const incoming = connection.request({
      target: scriptNameOf(mount) + request.path,
      fields: [...fields, ...length],
      ...(method === undefined ? {} : { method }),
      ...(protocol === undefined ? {} : { protocol }),
      ...(body === undefined ? {} : { body }),
      ...(chunks !== undefined || (sendLater && declares === undefined) ? { chunks: chunks ?? [] } : {}),
      headOnly: sendLater,
    });
    return new HttpExchange(connection, incoming, declares === undefined);
  }

  records(): LogRecord[] {
    const text = readFileSync(join(this.site.server.folder, 'error.log'), 'utf8');
    const lines = text.slice(this.#parsed).split('\n');
    this.#parsed = text.length - (lines.pop() ?? '').length;
    for (const line of lines) {
      this.#take(line);
    }
    return this.#log.records;
  }

  async check(): Promise<void> {
    // The suite looks at the log itself.
    this.site.allowLog(/^(?!.*(Sanitizer|runtime error:))/);
    await this.site.check();
  }

  stop(): Promise<void> {
    return this.site.stop();
  }

  #take(line: string): void {
    const [, level, tag, rest] = LINE.exec(line) ?? [];
    if (level === undefined || rest === undefined || ORDINARY.test(rest)) {
      return;
    }
    const said = rest.replace(TAIL, '');
    const requestId = REQUEST_ID.exec(said)?.[1];
    this.#log.push({
      level: (level === 'emerg' ? 'alert' : level) as LevelName,
      tag: tag === undefined ? (requestId === undefined ? undefined : 0) : Number(tag),
      text: said.replace(REQUEST_ID, ''),
      ...(requestId === undefined ? {} : { requestId }),
    });
  }
}

class HttpExchange implements Exchange {
  constructor(
    private readonly connection: Connection,
    private readonly incoming: Incoming,
    private readonly chunked: boolean,
  ) {}

  get size(): number {
    return this.incoming.size;
  }

  interim(): Head[] {
    return this.incoming.interim;
  }

  whenHead(): Promise<Head> {
    return this.incoming.whenHead();
  }

  whenBytes(size: number): Promise<Buffer> {
    return this.incoming.whenBytes(size);
  }

  async whenDone(): Promise<Reply> {
    const reply = await this.incoming.whenDone();
    this.connection.close();
    return reply;
  }

  send(piece: Uint8Array | string): void {
    this.connection.write(this.chunked ? chunk(piece) : piece);
  }

  finish(): void {
    if (this.chunked) {
      this.connection.write(LAST_CHUNK);
    }
  }

  leave(): void {
    this.connection.close();
  }

  pause(): void {
    this.connection.socket.pause();
  }

  resume(): void {
    this.connection.socket.resume();
  }
}
