/** The applications inside nginx, over TCP: one server and one location for each mount. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/lib/port.mjs';
import { Site } from '../nginx/nginx';
import { makeCertificate } from '../support/certificate';
import { RecordLog, scriptNameOf } from './host-side';
import { openExchange } from './http-exchange';
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
  makeCertificate(folder, 'server', '/CN=localhost');
  writeFileSync(join(folder, 'users'), 'user:{PLAIN}password\n');
  return `
    listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${join(folder, 'server.pem')};
    ssl_certificate_key ${join(folder, 'server.key')};
    underscores_in_headers on;
    ignore_invalid_headers off;
    client_max_body_size 64m;
    sendfile on;
    ${mounts.map((mount) => location(folder, mount)).join('\n')}
  `;
}

function location(folder: string, mount: Mount): string {
  const { options } = mount;
  const name = scriptNameOf(mount);
  const callable = options.callable === undefined ? '' : ` callable=${options.callable}`;
  const kind = options.interface === undefined ? '' : ` interface=${options.interface}`;
  const lines = [`tsgi_pass "${resolve(APPS, mount.app)}"${callable}${kind};`];
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

  open(mount: Mount, request: Request): Promise<Exchange> {
    return openExchange(this.site, this.tlsPort, mount, request);
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
