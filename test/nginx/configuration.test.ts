/** What `nginx -t` says, of every directive. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testNginxConfig } from '../../scripts/lib/nginx-server.mjs';
import { app } from './nginx';

const script = app('environ.mjs');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
  writeFileSync(join(folder, 'plain.txt'), '');
  writeFileSync(join(folder, 'other.mjs'), '');
  writeFileSync(join(folder, '.mjs'), '');
  mkdirSync(join(folder, 'scripts'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inServer = (server: string) => testNginxConfig({ conf: { server } });
const inLocation = (text: string) => inServer(`location / {\n${text.replaceAll('FOLDER', folder)}\n}`);

/** The one message, without time, process and the folder of the test; file and line must be there. */
function messageOf(output: string): string {
  const lines = output.split('\n').filter((line) => line.includes('[emerg]'));
  expect(lines).toHaveLength(1);
  const [, message = '', place] = /\[emerg\] (?:\d+#\d+: )?(.*?) in \S+\/nginx\.conf:(\d+)$/.exec(lines[0] ?? '') ?? [];
  expect(Number(place)).toBeGreaterThan(20);
  return message.replaceAll(folder, 'FOLDER');
}

const value = (directive: string, given: string, right: string) =>
  `TSGI2001 invalid value "${given}" in "${directive}" directive, it must be ${right}`;
const interfaces = '"auto", "tsgi", "fetch", "node" or "listen"';
const options = '"callable=", "interface=", "mount=" or "group="';
const anExport = 'the name of an export';
const name = 'a name without variables';
const path = 'empty or a literal path that begins with "/"';
const reserved = 'a name that does not begin with "tsgi.", "nginx." or "apache."';

const values: [text: string, message: string][] = [
  ['tsgi_pass "";', value('tsgi_pass', '', 'the path of a script')],
  [`tsgi_pass ${script} call=x;`, value('tsgi_pass', 'call=x', options)],
  [`tsgi_pass ${script} application;`, value('tsgi_pass', 'application', options)],
  [`tsgi_pass ${script} callable=;`, value('tsgi_pass', '', anExport)],
  [`tsgi_pass ${script} callable=a-b;`, value('tsgi_pass', 'a-b', anExport)],
  [`tsgi_pass ${script} mount=app;`, value('tsgi_pass', 'app', path)],
  [`tsgi_pass ${script} mount=/$arg_x;`, value('tsgi_pass', '/$arg_x', path)],
  [`tsgi_pass ${script} group=;`, value('tsgi_pass', '', name)],
  [`tsgi_pass ${script} group=a group=b;`, 'TSGI2001 duplicate option "group=b" in "tsgi_pass"'],
  [`tsgi_pass ${script} interface=cgi;`, value('tsgi_pass', 'cgi', interfaces)],
  ['tsgi_callable 1a;', value('tsgi_callable', '1a', anExport)],
  ['tsgi_interface wsgi;', value('tsgi_interface', 'wsgi', interfaces)],
  ['tsgi_param tsgi.input x;', value('tsgi_param', 'tsgi.input', reserved)],
  ['tsgi_param nginx.x x;', value('tsgi_param', 'nginx.x', reserved)],
  ['tsgi_param "" x;', value('tsgi_param', '', reserved)],
  ['tsgi_param NAME x if_empty;', value('tsgi_param', 'if_empty', '"if_not_empty"')],
  ['tsgi_env =x;', value('tsgi_env', '=x', 'NAME or NAME=value')],
  ['tsgi_env 1A=x;', value('tsgi_env', '1A=x', 'NAME or NAME=value')],
  ['tsgi_env A-B;', value('tsgi_env', 'A-B', 'NAME or NAME=value')],
  ['tsgi_application_group "";', value('tsgi_application_group', '', name)],
  ['tsgi_application_group $host;', value('tsgi_application_group', '$host', name)],
  ['tsgi_threads 0;', value('tsgi_threads', '0', 'a number from 1 to 64')],
  ['tsgi_threads 65;', value('tsgi_threads', '65', 'a number from 1 to 64')],
  ['tsgi_threads many;', value('tsgi_threads', 'many', 'a number from 1 to 64')],
  ['tsgi_request_timeout 99ms;', value('tsgi_request_timeout', '99ms', '0 or a time from 100ms to 24h')],
  ['tsgi_startup_timeout 99ms;', value('tsgi_startup_timeout', '99ms', '0 or a time from 100ms to 24h')],
  ['tsgi_startup_timeout soon;', value('tsgi_startup_timeout', 'soon', '0 or a time from 100ms to 24h')],
  ['tsgi_stall_timeout 99ms;', value('tsgi_stall_timeout', '99ms', '0 or a time from 100ms to 24h')],
  ['tsgi_stall_timeout 25h;', value('tsgi_stall_timeout', '25h', '0 or a time from 100ms to 24h')],
  ['tsgi_stall_timeout -1;', value('tsgi_stall_timeout', '-1', '0 or a time from 100ms to 24h')],
  ['tsgi_stall_timeout soon;', value('tsgi_stall_timeout', 'soon', '0 or a time from 100ms to 24h')],
  ['tsgi_queue_size -1;', value('tsgi_queue_size', '-1', '0 or a number from 1 to 1048576')],
  ['tsgi_queue_size 1048577;', value('tsgi_queue_size', '1048577', '0 or a number from 1 to 1048576')],
  ['tsgi_queue_size on;', value('tsgi_queue_size', 'on', '0 or a number from 1 to 1048576')],
  ['tsgi_queue_timeout 99ms;', value('tsgi_queue_timeout', '99ms', '0 or a time from 100ms to 24h')],
  ['tsgi_queue_timeout offf;', value('tsgi_queue_timeout', 'offf', '0 or a time from 100ms to 24h')],
  ['tsgi_threads off;', value('tsgi_threads', 'off', 'a number from 1 to 64')],
  ['tsgi_memory_limit 31m;', value('tsgi_memory_limit', '31m', '0 or a size from 32m to 1024g')],
  ['tsgi_memory_limit 1025g;', value('tsgi_memory_limit', '1025g', '0 or a size from 32m to 1024g')],
  ['tsgi_graceful_timeout 25h;', value('tsgi_graceful_timeout', '25h', 'a time from 0 to 24h')],
  ['tsgi_max_requests some;', value('tsgi_max_requests', 'some', '0 or a number from 1 to 1000000000')],
  ['tsgi_max_requests 1 -1;', value('tsgi_max_requests', '-1', '0 or a number from 1 to 1000000000')],
  ['tsgi_max_age 999ms;', value('tsgi_max_age', '999ms', '0 or a time from 1s to 365d')],
  ['tsgi_idle_timeout 366d;', value('tsgi_idle_timeout', '366d', '0 or a time from 1s to 365d')],
  ['tsgi_warmup x;', value('tsgi_warmup', 'x', 'a path that begins with "/", perhaps with a query')],
  ['tsgi_buffer_size 4095;', value('tsgi_buffer_size', '4095', 'a size from 4k to 64m')],
  ['tsgi_buffer_size 65m;', value('tsgi_buffer_size', '65m', 'a size from 4k to 64m')],
  ['tsgi_buffer_size -1;', value('tsgi_buffer_size', '-1', 'a size from 4k to 64m')],
  ['tsgi_write_limit 1k;', value('tsgi_write_limit', '1k', 'a size from 4k to 1024g')],
  ['tsgi_write_limit big;', value('tsgi_write_limit', 'big', 'a size from 4k to 1024g')],
  ['tsgi_module_path /a::/b;', 'TSGI2002 "/a" of "tsgi_module_path" is not a directory'],
  ['tsgi_module_path FOLDER/none;', 'TSGI2002 "FOLDER/none" of "tsgi_module_path" is not a directory'],
  ['tsgi_module_path FOLDER/plain.txt;', 'TSGI2002 "FOLDER/plain.txt" of "tsgi_module_path" is not a directory'],
  ['tsgi_preload maybe;', 'invalid value "maybe" in "tsgi_preload" directive, it must be "on" or "off"'],
];

const flags = [
  ...['tsgi_preload', 'tsgi_request_buffering', 'tsgi_pass_authorization', 'tsgi_intercept_errors'],
  ...['tsgi_map_head_to_get', 'tsgi_sendfile'],
];

describe('a wrong value', () => {
  it.each(values)('%s', async (text, message) => {
    const { ok, output } = await inLocation(text);
    expect(ok).toBe(false);
    expect(messageOf(output)).toBe(message);
  });

  it.each(flags)('%s is on or off', async (flag) => {
    const { output } = await inLocation(`${flag} yes;`);
    expect(messageOf(output)).toBe(`invalid value "yes" in "${flag}" directive, it must be "on" or "off"`);
    expect((await inLocation(`${flag} on;`)).ok && (await inLocation(`${flag} off;`)).ok).toBe(true);
  });

  it.each([
    ['tsgi_max_applications 0;', value('tsgi_max_applications', '0', 'a number from 1 to 4096')],
    ['tsgi_max_applications 4097;', value('tsgi_max_applications', '4097', 'a number from 1 to 4096')],
    ['tsgi_nice 20;', value('tsgi_nice', '20', 'a number from 0 to 19')],
    ['tsgi_nice -1;', value('tsgi_nice', '-1', 'a number from 0 to 19')],
    ['tsgi_node_options max-semi-space-size;', 'an option that begins with "-"'],
  ])('%s', async (http, message) => {
    const { output } = await testNginxConfig({ conf: { http: `\n${http}` } });
    expect(messageOf(output)).toContain(message);
  });
});

describe('a script', () => {
  it.each([
    ['FOLDER/none.mjs', /^TSGI2002 cannot find "FOLDER\/none\.mjs" of "tsgi_pass".* \(2: No such file or directory\)$/],
    ['FOLDER/plain.txt', /^TSGI2003 invalid script "FOLDER\/plain\.txt" in "tsgi_pass", its name must end in \.js, /],
    ['FOLDER/.mjs', /^TSGI2003 /],
    ['/dev/null', /^TSGI2002 "\/dev\/null" of "tsgi_pass" is neither a file nor a directory$/],
    ['no-such.ts', /^TSGI2002 cannot find "\/.*\/no-such\.ts"/],
  ])('%s is refused', async (given, message) => {
    const { ok, output } = await inLocation(`tsgi_pass ${given};`);
    expect(ok).toBe(false);
    expect(messageOf(output)).toMatch(message);
  });

  it.runIf(process.getuid?.() !== 0)('that cannot be read is refused', async () => {
    chmodSync(join(folder, 'other.mjs'), 0);
    const { output } = await inLocation('tsgi_pass FOLDER/other.mjs;');
    expect(messageOf(output)).toMatch(/^TSGI2002 cannot read /);
  });

  it('may be a directory, or named by variables', async () => {
    expect((await inLocation('tsgi_pass FOLDER/scripts;')).ok).toBe(true);
    expect((await inLocation('tsgi_pass FOLDER/$arg_x.mjs;')).ok).toBe(true);
    expect((await inLocation('tsgi_pass $no_such;')).output).toContain('[emerg] unknown "no_such" variable');
  });
});

describe.each(['auto', 'tsgi', 'fetch', 'node', 'listen'])('the interface %s', (kind) => {
  it('is taken by both spellings', async () => {
    expect((await inLocation(`tsgi_pass ${script} interface=${kind};`)).ok).toBe(true);
    expect((await inLocation(`tsgi_interface ${kind}; tsgi_pass ${script};`)).ok).toBe(true);
  });
});

describe('a duplicate', () => {
  const once = [
    ...[`tsgi_pass ${script};`, 'tsgi_callable a;', 'tsgi_interface tsgi;', 'tsgi_application_group a;'],
    ...['tsgi_request_timeout 1s;', 'tsgi_startup_timeout 1s;', 'tsgi_stall_timeout 1s;', 'tsgi_memory_limit 64m;'],
    ...['tsgi_queue_size 1;', 'tsgi_queue_timeout off;', 'tsgi_max_requests 1 1;', 'tsgi_max_age 1h;'],
    ...['tsgi_graceful_timeout 1s;', 'tsgi_idle_timeout 1h;', 'tsgi_warmup /;'],
    ...['tsgi_threads 2;', 'tsgi_buffer_size 8k;', 'tsgi_write_limit 8k;', 'tsgi_module_path /;'],
    ...flags.map((flag) => `${flag} on;`),
  ];
  it.each(once)('of %s is refused', async (text) => {
    const { output } = await inLocation(`${text}\n${text}`);
    expect(messageOf(output)).toBe(`"${text.split(' ', 1)[0]}" directive is duplicate`);
  });

  it('of tsgi_max_applications is refused', async () => {
    const twice = 'tsgi_max_applications 1;\ntsgi_max_applications 2;';
    const { output } = await testNginxConfig({ conf: { http: twice } });
    expect(messageOf(output)).toBe('"tsgi_max_applications" directive is duplicate');
  });

  it('of what may come several times is not', async () => {
    const { ok } = await inLocation(`tsgi_param A 1; tsgi_param B 2; tsgi_env A=1; tsgi_env B=2; tsgi_pass ${script};`);
    expect(ok).toBe(true);
  });
});

describe('a warm-up request', () => {
  it('has to go to the application', async () => {
    const at = (location: string) => inServer(`location ${location} { tsgi_warmup /app/x?a; tsgi_pass ${script}; }`);
    for (const location of ['/', '/app', '/app/', '@named', '~ x']) {
      expect((await at(location)).ok).toBe(true);
    }
    const { output } = await at('/other');
    expect(messageOf(output)).toBe(value('tsgi_warmup', '/app/x?a', 'a URI below "/other"'));
  });
});

describe('the context', () => {
  it.each(['tsgi_max_applications 1;', 'tsgi_nice 0;', 'tsgi_node_options --x;'])('of %s is http', async (text) => {
    expect(messageOf((await inServer(text)).output)).toMatch(/directive is not allowed here$/);
    expect(messageOf((await inLocation(text)).output)).toMatch(/directive is not allowed here$/);
  });

  it('of tsgi_pass is a location', async () => {
    const pass = `tsgi_pass ${script};`;
    expect(messageOf((await inServer(`\n${pass}`)).output)).toMatch(/"tsgi_pass" directive is not allowed here$/);
    expect((await inLocation(`if ($arg_x) { ${pass} }`)).ok).toBe(true);
    expect((await inLocation(`limit_except GET { ${pass} }`)).ok).toBe(true);
  });
});

describe('locations of one group', () => {
  it.each([
    ['tsgi_threads', 'tsgi_threads 2;'],
    ['tsgi_startup_timeout', 'tsgi_startup_timeout 0;'],
    ['tsgi_stall_timeout', 'tsgi_stall_timeout 0;'],
    ['tsgi_memory_limit', 'tsgi_memory_limit 64m;'],
    ['tsgi_queue_size', 'tsgi_queue_size off;'],
    ['tsgi_graceful_timeout', 'tsgi_graceful_timeout 1s;'],
    ['tsgi_max_requests', 'tsgi_max_requests 1;'],
    ['tsgi_max_age', 'tsgi_max_age 1h;'],
    ['tsgi_idle_timeout', 'tsgi_idle_timeout 1h;'],
    ['tsgi_env', 'tsgi_env A=1;'],
    ['tsgi_module_path', 'tsgi_module_path FOLDER/scripts;'],
  ])('must agree on %s', async (directive, text) => {
    const { ok, output } = await inServer(
      `location /a { tsgi_pass ${script}; }\nlocation /b { ${text} tsgi_pass ${script}; }`.replaceAll('FOLDER', folder),
    );
    expect(ok).toBe(false);
    expect(output).toMatch(
      new RegExp(
        `TSGI2005 application group ".*" has one value of "${directive}" in .*nginx.conf:\\d+ and another in `,
      ),
    );
  });
});

describe('docs/directives.md', () => {
  const page = readFileSync(new URL('../../docs/directives.md', import.meta.url), 'utf8');
  /** Inline code that is a whole directive, with the paths of the page made real. */
  const examples = [...page.matchAll(/`((?:tsgi_|location )[^`]*[;}])`/g)]
    .map(([, text = '']) => text)
    .filter((text) => !/[[\]|]|\b(script|name|uri|number|size|time|directory|option|value)\b/.test(text));

  it.each(examples.map((text) => [text]))('%s is accepted', async (text) => {
    const real = text.replaceAll('/srv/apps', join(folder, 'scripts'));
    const http = /tsgi_(node_options|max_applications|nice)/.test(real);
    const server = real.startsWith('location') ? real : `location /example { ${real} }`;
    expect(await testNginxConfig({ conf: http ? { http: real } : { server } })).toMatchObject({ ok: true });
  });

  it('has examples, and defaults that are accepted', () => {
    expect(examples.length).toBeGreaterThan(10);
  });
});
