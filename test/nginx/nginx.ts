/** One nginx for a file of tests: what is its own about a `Site`. */
import { get } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import { startNginx, type NginxOptions, type NginxServer } from '../../scripts/lib/nginx-server.mjs';
import { makeCertificate } from '../support/certificate';
import * as common from '../support/site';

export { app } from '../servers/app';
export { jsonOf } from '../support/site';
export type SiteOptions = NginxOptions & common.Expectations;

/** TLS for a `server` block, with a certificate that is made in this folder. */
export function tls(folder: string, port: number): string {
  makeCertificate(folder, 'server', '/CN=localhost');
  return `
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${join(folder, 'server.pem')};
    ssl_certificate_key ${join(folder, 'server.key')};`;
}

const statusSocket = (folder: string) => join(folder, 'status.sock');

/** A live exchange keeps a timer armed and thereby its worker, so that nginx does not leave before it. */
const dialect: common.Dialect<NginxOptions, NginxServer> = {
  title: 'nginx',
  line: /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] \d+#\d+: /,
  routine: /a client request body is buffered to a temporary file|an upstream response is buffered to a temporary/,
  brokenOff: /TSGI2024 /,
  leave: 'SIGQUIT',
  sameWorkers(before, now) {
    expect(now, 'the workers are the same processes').toEqual(before);
  },
  start({ conf = {}, ...options }, folder) {
    const status = `server { listen unix:${statusSocket(folder)}; location / { stub_status; } }`;
    return startNginx({ ...options, conf: { ...conf, http: `${status}\n${conf.http ?? ''}` } });
  },
  async live(_server, folder) {
    const status = (await getOver(statusSocket(folder))).replaceAll(/\s+/g, ' ');
    return /^Active connections: 1 .* Reading: 0 Writing: 1 Waiting: 0/.test(status) ? '' : status;
  },
};

export class Site extends common.Site<NginxOptions, NginxServer> {
  constructor() {
    super(dialect);
  }
}

export const useNginx = (make: (folder: string) => SiteOptions | Promise<SiteOptions>): Site =>
  common.useSite(new Site(), make);

export const faultsOf = (lines: readonly string[], expected: readonly RegExp[]) =>
  common.faultsOf(dialect, lines, expected);

/** GET over a UNIX socket; resolves when nginx has closed the connection. */
function getOver(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path: '/', agent: false, headers: { connection: 'close' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('error', reject);
      response.on('close', () => resolve(text));
    });
    request.on('error', reject);
  });
}
