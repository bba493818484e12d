/** nginx as a single process: `master_process off`. (Reconfigured, such an nginx serves nobody, with TSGI or without.) */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nativePaths } from '../../scripts/lib/paths.mjs';
import { freePort } from '../../scripts/lib/port.mjs';
import { Connection } from '../support/http1';
import { until } from '../support/until';
import { app, faultsOf } from './nginx';

let folder = '';
let port = 0;
let nginx: ChildProcess | undefined;

const log = () => (existsSync(join(folder, 'error.log')) ? readFileSync(join(folder, 'error.log'), 'utf8') : '');

async function get(target: string) {
  const connection = await Connection.connect({ port });
  const reply = await connection.request({ target, fields: [['Connection', 'close']] }).whenDone();
  connection.close();
  return reply;
}

const writeConfig = () =>
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid nginx.pid; error_log error.log info;
    load_module ${nativePaths().nginxModule};
    events {}
    http {
      access_log off;
      client_body_temp_path body; proxy_temp_path body; fastcgi_temp_path body; uwsgi_temp_path body; scgi_temp_path body;
      server { listen 127.0.0.1:${port}; location /app { tsgi_env TRACE=${folder}/trace; tsgi_pass ${app('living.mjs')}; } }
    }`,
  );

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
  mkdirSync(join(folder, 'body'));
  port = await freePort();
  writeConfig();
  const program = process.env['TSGI_NGINX'] ?? '/usr/sbin/nginx';
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')];
  nginx = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], { stdio: 'ignore' });
  await until('nginx answers', () => get('/').then(Boolean, () => nginx?.exitCode !== null));
});

afterEach(async () => {
  if (nginx?.exitCode === null) {
    nginx.kill('SIGKILL');
  }
  await until('nginx has left', () => nginx?.exitCode !== null || nginx.signalCode !== null);
  rmSync(folder, { recursive: true, force: true });
});

const ended = () => until('nginx leaves', () => nginx?.exitCode !== null);
const allowed = [/(init|close) in \d+/, /open\(\) ".*" failed|is not found/];

describe('a single process', () => {
  it('serves applications itself', async () => {
    expect(JSON.parse((await get('/app/pid')).body.toString())).toEqual([nginx?.pid, false]);
    nginx?.kill('SIGQUIT');
    await ended();
    expect(nginx?.exitCode).toBe(0);
    expect(readFileSync(join(folder, 'trace'), 'utf8')).toBe(`init in ${nginx?.pid}\nclose in ${nginx?.pid}\n`);
    expect(faultsOf(log().split('\n'), allowed)).toEqual([]);
  });
});
