/** The applications inside nginx, over TCP: one server and one location for each mount. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/lib/port.mjs';
import { Site } from '../nginx/nginx';
import { makeCertificate } from '../support/certificate';
import { scriptNameOf } from './host-side';
import { HttpRunning, type LogFormat } from './http-running';
import type { LevelName, Mount, Target } from './target';

const APPS = fileURLToPath(new URL('../apps', import.meta.url));

const LOG: LogFormat = {
  encoding: 'utf8',
  line: /^\S+ \S+ \[(\w+)\] \d+#\d+: (?:\*\d+ )?(?:TSGI(\d{4}) )?(.*)$/s,
  tail: /, (?:client|context): .*$/s,
  // What is no fault of anybody, and what the application's record told already.
  ordinary: /is buffered to a temporary file|the application did not complete its response/,
  levelOf: (word) => (word === 'emerg' ? 'alert' : (word as LevelName)),
  unescaped: (text) => text,
};

export const nginxTarget: Target = {
  name: 'nginx',
  async start(mounts) {
    const site = new Site();
    const tlsPort = await freePort();
    await site.start((folder) => ({
      conf: { http: 'tsgi_max_applications 64;', server: serverConf(folder, tlsPort, mounts) },
    }));
    return new HttpRunning(site, tlsPort, LOG);
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
