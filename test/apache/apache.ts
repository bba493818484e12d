/** One Apache for a file of tests: what is its own about a `Site`. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { startApache, type ApacheOptions, type ApacheServer } from '../../scripts/lib/apache-server.mjs';
import { makeCertificate } from '../support/certificate';
import * as common from '../support/site';

export { app } from '../servers/app';
export { jsonOf } from '../support/site';
export type SiteOptions = ApacheOptions & common.Expectations;

/** An application at a prefix, with what holds there. */
export const alias = (prefix: string, script: string, directives = '') => `
  TSGIScriptAlias ${prefix} ${script}
  <Location ${prefix}>
    ${directives}
  </Location>`;

/** What TLS needs, and what httpd says of a certificate that nobody has signed. */
export const TLS_MODULES = ['ssl', 'socache_shmcb'];
export const TLS_WARNING = /\[ssl:warn\]/;

/** TLS for a virtual host, with a certificate that is made in this folder. */
export function tls(folder: string): string {
  makeCertificate(folder, 'server', '/CN=localhost');
  return `
    SSLEngine on
    SSLCertificateFile ${join(folder, 'server.pem')}
    SSLCertificateKeyFile ${join(folder, 'server.key')}`;
}

/** A virtual host of its own on a port of its own. */
export const virtualHost = (port: number, directives: string) => `
  Listen 127.0.0.1:${port}
  <VirtualHost 127.0.0.1:${port}>
    ${directives}
  </VirtualHost>`;

/** With a sanitizer everything takes its time, and a child that ends looks for leaks: httpd remarks upon it. */
const SLOW = /AH00045: child process \d+ still did not exit|AH00161: server reached MaxRequestWorkers/;

/** A live exchange keeps its thread in the handler, so that its child does not leave before it. */
const dialect: common.Dialect<ApacheOptions, ApacheServer> = {
  title: 'Apache',
  line: /^\[[^\]]+\] \[[\w-]*:(\w+)\] \[pid \d+(?::tid \d+)?\] /,
  ...(process.env['TSGI_SANITIZE'] === undefined ? {} : { routine: SLOW }),
  brokenOff: /TSGI4024 /,
  leave: 'SIGWINCH',
  sameWorkers(before, now) {
    // After a restart there may be fewer than there may be, and others join them when there is much to do.
    expect(now, 'the children live on').toEqual(expect.arrayContaining([...before]));
  },
  start: (options) => startApache(options),
  async live(server) {
    const status = await server.status();
    const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(status)?.[1] ?? 0);
    // One thread answers this question. With event, connections may be open that no thread has in hand.
    const busy = count('BusyWorkers') - 1 + count('GracefulWorkers');
    const waiting = count('ConnsAsyncWaitIO') + count('ConnsAsyncWriting') + count('ConnsAsyncKeepAlive');
    return status !== '' && busy === 0 && waiting === 0 ? '' : status.replaceAll('\n', ' ');
  },
};

export class Site extends common.Site<ApacheOptions, ApacheServer> {
  constructor() {
    super(dialect);
  }
}

export const useApache = (make: (folder: string) => SiteOptions | Promise<SiteOptions>): Site =>
  common.useSite(new Site(), make);

export const faultsOf = (lines: readonly string[], expected: readonly RegExp[]) =>
  common.faultsOf(dialect, lines, expected);
