/** The applications inside Apache, over TCP: one alias for each mount, in a virtual host with TLS and in one without. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mpm } from '../../scripts/lib/apache-config.mjs';
import { freePort } from '../../scripts/lib/port.mjs';
import { Site } from '../apache/apache';
import { makeCertificate } from '../support/certificate';
import { scriptNameOf } from './host-side';
import { HttpRunning, type LogFormat } from './http-running';
import type { LevelName, Mount, Target } from './target';

const APPS = fileURLToPath(new URL('../apps', import.meta.url));
const MODULES = [
  'alias',
  'auth_basic',
  'authn_core',
  'authn_file',
  'authz_user',
  'rewrite',
  'setenvif',
  'ssl',
  'unique_id',
];

const LOG: LogFormat = {
  encoding: 'latin1',
  line: /^\[[^\]]+\] \[[\w-]*:(\w+)\] \[pid \d+(?::tid \d+)?\] (?:\[client [^\]]*\] )?(?:TSGI(\d{4}) )?(.*)$/s,
  tail: /, referer: .*$/s,
  // What is no fault of anybody, and what the application's record told already.
  ordinary: /^TSGI4024 |the application did not complete its response/,
  levelOf: (word) => (word === 'emerg' ? 'alert' : word.startsWith('trace') ? 'debug' : (word as LevelName)),
  unescaped,
};

export const apacheTarget = (mpm: Mpm): Target => ({
  name: `apache-${mpm}`,
  async start(mounts) {
    const site = new Site();
    const tlsPort = await freePort();
    await site.start((folder) => {
      const aliases = aliasesOf(folder, mpm, mounts);
      return {
        mpm,
        modules: MODULES,
        conf: { main: mainConf(folder, tlsPort, aliases), server: aliases },
      };
    });
    return new HttpRunning(site, tlsPort, LOG);
  },
});

function mainConf(folder: string, tlsPort: number, aliases: string): string {
  makeCertificate(folder, 'server', '/CN=localhost');
  const hash = createHash('sha1').update('password').digest('base64');
  writeFileSync(join(folder, 'users'), `user:{SHA}${hash}\n`);
  return `
    TSGIMaxApplications 64
    HttpProtocolOptions Unsafe
    Listen 127.0.0.1:${tlsPort}
    <VirtualHost 127.0.0.1:${tlsPort}>
      SSLEngine on
      SSLCertificateFile ${join(folder, 'server.pem')}
      SSLCertificateKeyFile ${join(folder, 'server.key')}
      ${aliases}
    </VirtualHost>`;
}

/** The application at the root comes last: of the aliases that match, the first is taken. */
function aliasesOf(folder: string, mpm: Mpm, mounts: readonly Mount[]): string {
  const sorted = [...mounts].sort(
    (one, other) => Number(one.options.root ?? false) - Number(other.options.root ?? false),
  );
  return `
    RewriteEngine On
    AllowEncodedSlashes On
    ${mpm === 'prefork' ? `TSGISetProcessEnv TSGI_TEST_STAGE ${stageFolder(folder)}` : ''}
    ${sorted.map((mount) => alias(folder, mount)).join('\n')}`;
}

/** Where the children of prefork, one request each, find what the others were told and told. */
function stageFolder(folder: string): string {
  const path = join(folder, 'stage');
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o777);
  return path;
}

function alias(folder: string, mount: Mount): string {
  const { options } = mount;
  const name = scriptNameOf(mount);
  const callable = options.callable === undefined ? '' : ` callable=${options.callable}`;
  const kind = options.interface === undefined ? '' : ` interface=${options.interface}`;
  const prefix = options.root === true || options.slash === true ? `${name}/` : name;
  const lines: string[] = [];
  const add = (condition: boolean, line: string) => {
    if (condition) {
      lines.push(line);
    }
  };
  add(options.group !== undefined, `TSGIApplicationGroup ${options.group}`);
  for (const [param, value, ifNotEmpty] of options.params ?? []) {
    add(value !== '' || ifNotEmpty !== true, `SetEnv ${param} "${value}"`);
  }
  add(options.streamed === true, 'TSGIRequestBuffering Off');
  add(options.bodyLimit !== undefined, `LimitRequestBody ${options.bodyLimit}`);
  add(options.window !== undefined, `TSGIBufferSize ${options.window}`);
  add(options.writeLimit !== undefined, `TSGIWriteLimit ${options.writeLimit}`);
  add(options.hideAuthorization === true, 'TSGIPassAuthorization Off');
  const users = join(folder, 'users');
  add(
    options.basicAuth === true,
    `AuthType Basic\nAuthName users\nAuthBasicProvider file\nAuthUserFile ${users}\nRequire valid-user`,
  );
  add(options.headToGet === true, 'TSGIMapHEADToGET On');
  add(options.sendfile === false, 'TSGIEnableSendfile Off');
  const rewrite = options.rewrite;
  return `
    ${rewrite === undefined ? '' : `RewriteRule ^${name}${rewrite.from}(.*)$ ${name}${rewrite.to}$1 [PT]`}
    TSGIScriptAlias ${prefix} "${resolve(APPS, mount.app)}"${callable}${kind}
    ${lines.length === 0 ? '' : `<Location "${prefix}">\n${lines.join('\n')}\n</Location>`}`;
}

/** httpd writes a backslash as two, and every byte outside ASCII as \xNN. */
function unescaped(text: string): string {
  const bytes = text.replaceAll(/\\(?:x([0-9a-f]{2})|(.))/g, (_escape, digits?: string, letter?: string) =>
    digits === undefined ? (ESCAPES[letter ?? ''] ?? letter ?? '') : String.fromCharCode(parseInt(digits, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const ESCAPES: Record<string, string> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v' };
