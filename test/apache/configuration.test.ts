/** What `apachectl configtest` says, of every directive. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testApacheConfig } from '../../scripts/lib/apache-server.mjs';
import { apacheUserFor } from '../../scripts/lib/apache-user.mjs';
import { repository } from '../../scripts/lib/paths.mjs';
import { app } from '../servers/app';

const script = app('environ.mjs');
let folder = '';

/** httpd changes users by itself, as it does not where only root may read this checkout. */
const startsAsRoot = process.getuid?.() === 0 && (await apacheUserFor(repository)).prefix.length === 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
  writeFileSync(join(folder, 'plain.txt'), '');
  writeFileSync(join(folder, '.mjs'), '');
  mkdirSync(join(folder, 'scripts'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const real = (text: string) => text.replaceAll('FOLDER', folder).replaceAll('SCRIPT', script);
const inMain = (text: string) => testApacheConfig({ conf: { main: real(text) } });
const inServer = (text: string) => testApacheConfig({ conf: { server: real(text) } });
const inLocation = (text: string) => inServer(`<Location /x>\n${text}\n</Location>`);

/** The message, without the folder of the test; httpd must have put file and line before it. */
function messageOf(output: string): string {
  const [, place, message = ''] = /Syntax error on line (\d+) of \S+\/httpd\.conf:\n(.*)/.exec(output) ?? [];
  expect(Number(place), output).toBeGreaterThan(20);
  return message.replaceAll(folder, 'FOLDER').replaceAll(script, 'SCRIPT');
}

const value = (directive: string, given: string, right: string) =>
  `TSGI4001 invalid value "${given}" in "${directive}", it must be ${right}`;
const interfaces = '"auto", "tsgi", "fetch", "node" or "listen"';
const options = '"callable=", "interface=", "mount=" or "group="';
const anExport = 'the name of an export';
const aGroup = 'a name, "%{GLOBAL}", "%{SERVER}", "%{RESOURCE}" or "%{ENV:name}"';
const aMount = 'empty or a literal path that begins with "/"';
const anAlias = 'TSGIScriptAlias takes a URL path, a script or a directory of scripts, and options';

describe('a wrong value', () => {
  it.each([
    ['TSGIScriptAlias', anAlias],
    ['TSGIScriptAlias /app', anAlias],
    ['TSGIScriptAlias app SCRIPT', value('TSGIScriptAlias', 'app', 'a path that begins with "/"')],
    ['TSGIScriptAlias /app "" callable=a', value('TSGIScriptAlias', '', 'the path of a script')],
    ['TSGIScriptAlias /app SCRIPT call=x', value('TSGIScriptAlias', 'call=x', options)],
    ['TSGIScriptAlias /app SCRIPT application', value('TSGIScriptAlias', 'application', options)],
    ['TSGIScriptAlias /app SCRIPT callable=', value('TSGIScriptAlias', '', anExport)],
    ['TSGIScriptAlias /app SCRIPT callable=a-b', value('TSGIScriptAlias', 'a-b', anExport)],
    ['TSGIScriptAlias /app SCRIPT mount=app', value('TSGIScriptAlias', 'app', aMount)],
    ['TSGIScriptAlias /app SCRIPT group=', value('TSGIScriptAlias', '', aGroup)],
    ['TSGIScriptAlias /app SCRIPT group=%{HOST}', value('TSGIScriptAlias', '%{HOST}', aGroup)],
    ['TSGIScriptAlias /app SCRIPT group=a group=b', 'TSGI4001 duplicate option "group=b" in "TSGIScriptAlias"'],
    ['TSGIScriptAlias /app SCRIPT interface=cgi', value('TSGIScriptAlias', 'cgi', interfaces)],
    ['TSGIScriptAliasMatch ^/a(', anAlias.replace('Alias takes a URL path', 'AliasMatch takes a regular expression')],
    ['TSGIScriptAliasMatch ^/a( SCRIPT', value('TSGIScriptAliasMatch', '^/a(', 'a regular expression')],
    ['TSGIScriptAliasMatch ^/(.*) /$1.mjs mount=/$1', value('TSGIScriptAliasMatch', '/$1', aMount)],
    [
      'TSGIImportScript SCRIPT mount=/x',
      value('TSGIImportScript', 'mount=/x', '"callable=", "interface=" or "group="'),
    ],
    ['TSGICallableObject 1a', value('TSGICallableObject', '1a', anExport)],
    ['TSGIInterface wsgi', value('TSGIInterface', 'wsgi', interfaces)],
    ['TSGIApplicationGroup a%{SERVER}', value('TSGIApplicationGroup', 'a%{SERVER}', aGroup)],
    ['TSGIApplicationGroup %{ENV:}', value('TSGIApplicationGroup', '%{ENV:}', aGroup)],
    ['TSGIApplicationGroup %{ENV:A}B', value('TSGIApplicationGroup', '%{ENV:A}B', aGroup)],
    ['TSGISetProcessEnv A-B x', value('TSGISetProcessEnv', 'A-B', 'a name of letters, digits and "_"')],
    ['TSGISetProcessEnv 1A', value('TSGISetProcessEnv', '1A', 'a name of letters, digits and "_"')],
    ['TSGIThreads 0', value('TSGIThreads', '0', 'a number from 1 to 64')],
    ['TSGIThreads 65', value('TSGIThreads', '65', 'a number from 1 to 64')],
    ['TSGIThreads many', value('TSGIThreads', 'many', 'a number from 1 to 64')],
    ['TSGIRequestTimeout 99ms', value('TSGIRequestTimeout', '99ms', '0 or a time from 100ms to 24h')],
    ['TSGIQueueSize -1', value('TSGIQueueSize', '-1', '0 or a number from 1 to 1048576')],
    ['TSGIQueueSize 1048577', value('TSGIQueueSize', '1048577', '0 or a number from 1 to 1048576')],
    ['TSGIQueueSize on', value('TSGIQueueSize', 'on', '0 or a number from 1 to 1048576')],
    ['TSGIQueueTimeout 99ms', value('TSGIQueueTimeout', '99ms', '0 or a time from 100ms to 24h')],
    ['TSGIQueueTimeout offf', value('TSGIQueueTimeout', 'offf', '0 or a time from 100ms to 24h')],
    ['TSGIThreads off', value('TSGIThreads', 'off', 'a number from 1 to 64')],
    ['TSGIStartupTimeout 99ms', value('TSGIStartupTimeout', '99ms', '0 or a time from 100ms to 24h')],
    ['TSGIStartupTimeout soon', value('TSGIStartupTimeout', 'soon', '0 or a time from 100ms to 24h')],
    ['TSGIStallTimeout 99ms', value('TSGIStallTimeout', '99ms', '0 or a time from 100ms to 24h')],
    ['TSGIStallTimeout 86401', value('TSGIStallTimeout', '86401', '0 or a time from 100ms to 24h')],
    ['TSGIStallTimeout -1', value('TSGIStallTimeout', '-1', '0 or a time from 100ms to 24h')],
    ['TSGIStallTimeout soon', value('TSGIStallTimeout', 'soon', '0 or a time from 100ms to 24h')],
    ['TSGIMemoryLimit 31m', value('TSGIMemoryLimit', '31m', '0 or a size from 32m to 1024g')],
    ['TSGIMemoryLimit 1025g', value('TSGIMemoryLimit', '1025g', '0 or a size from 32m to 1024g')],
    ['TSGIGracefulTimeout 25h', value('TSGIGracefulTimeout', '25h', 'a time from 0 to 24h')],
    ['TSGIMaximumRequests some', value('TSGIMaximumRequests', 'some', '0 or a number from 1 to 1000000000')],
    ['TSGIMaximumRequests 1 -1', value('TSGIMaximumRequests', '-1', '0 or a number from 1 to 1000000000')],
    ['TSGIMaximumAge 999ms', value('TSGIMaximumAge', '999ms', '0 or a time from 1s to 365d')],
    ['TSGIIdleTimeout 8761h', value('TSGIIdleTimeout', '8761h', '0 or a time from 1s to 365d')],
    ['TSGIWarmup x', value('TSGIWarmup', 'x', 'a path that begins with "/", perhaps with a query')],
    ['TSGIThreads 1k', value('TSGIThreads', '1k', 'a number from 1 to 64')],
    ['TSGIThreads 4294967298', value('TSGIThreads', '4294967298', 'a number from 1 to 64')],
    ['TSGIBufferSize 4095', value('TSGIBufferSize', '4095', 'a size from 4k to 64m')],
    ['TSGIBufferSize 65m', value('TSGIBufferSize', '65m', 'a size from 4k to 64m')],
    ['TSGIBufferSize -1', value('TSGIBufferSize', '-1', 'a size from 4k to 64m')],
    ['TSGIBufferSize 8kb', value('TSGIBufferSize', '8kb', 'a size from 4k to 64m')],
    ['TSGIWriteLimit 1k', value('TSGIWriteLimit', '1k', 'a size from 4k to 1024g')],
    ['TSGIWriteLimit big', value('TSGIWriteLimit', 'big', 'a size from 4k to 1024g')],
    ['TSGIWriteLimit 17592186044416m', value('TSGIWriteLimit', '17592186044416m', 'a size from 4k to 1024g')],
    ['TSGIModulePath', 'TSGIModulePath takes directories in which modules are looked for'],
    ['TSGIModulePath FOLDER::FOLDER', value('TSGIModulePath', '', 'directories with ":" between them')],
    [
      'TSGIModulePath FOLDER/none',
      'TSGI4002 "FOLDER/none" of "TSGIModulePath" is not a directory, or not one that can be read',
    ],
    [
      'TSGIModulePath FOLDER FOLDER/plain.txt',
      'TSGI4002 "FOLDER/plain.txt" of "TSGIModulePath" is not a directory, or not one that can be read',
    ],
  ])('%s', async (text, message) => {
    const { ok, output } = await inServer(text);
    expect(messageOf(output)).toBe(message);
    expect(ok).toBe(false);
  });

  it.each([
    ['TSGIMaxApplications 0', value('TSGIMaxApplications', '0', 'a number from 1 to 4096')],
    ['TSGINice 20', value('TSGINice', '20', 'a number from 0 to 19')],
    ['TSGINice -1', value('TSGINice', '-1', 'a number from 0 to 19')],
    ['TSGIMaxApplications 4097', value('TSGIMaxApplications', '4097', 'a number from 1 to 4096')],
    [
      'TSGINodeOptions --a max-semi-space-size',
      value('TSGINodeOptions', 'max-semi-space-size', 'an option that begins with "-"'),
    ],
    ['TSGINodeOptions -', value('TSGINodeOptions', '-', 'an option that begins with "-"')],
  ])('%s', async (text, message) => {
    expect(messageOf((await inMain(text)).output)).toBe(message);
  });

  it.each(['RequestBuffering', 'PassAuthorization', 'ErrorOverride', 'MapHEADToGET', 'EnableSendfile'])(
    'TSGI%s is on or off',
    async (flag) => {
      expect(messageOf((await inLocation(`TSGI${flag} yes`)).output)).toBe(`TSGI${flag} must be On or Off`);
      expect((await inLocation(`TSGI${flag} On\nTSGI${flag} Off`)).ok).toBe(true);
    },
  );
});

describe('a right value', () => {
  it.each([
    ['TSGIScriptAlias / SCRIPT callable=main interface=tsgi mount=/x group=%{GLOBAL}'],
    ['TSGIScriptAlias /app/ FOLDER/scripts/ mount='],
    ['TSGIScriptAliasMatch ^/(\\w+)$ /srv/$1.mjs group=%{ENV:GROUP}'],
    ['TSGIImportScript SCRIPT callable=main interface=auto group=a'],
    ['TSGICallableObject $main\nTSGIInterface auto'],
    ['TSGIApplicationGroup %{SERVER}\nTSGIApplicationGroup %{RESOURCE}\nTSGIApplicationGroup shared'],
    ['TSGIThreads 1\nTSGIThreads 64'],
    ['TSGIStartupTimeout 0\nTSGIStartupTimeout 100ms\nTSGIStartupTimeout 30\nTSGIStartupTimeout 24h'],
    ['TSGIStallTimeout 0\nTSGIStallTimeout 100ms\nTSGIStallTimeout 30\nTSGIStallTimeout 1min\nTSGIStallTimeout 24h'],
    ['TSGIRequestTimeout 0\nTSGIRequestTimeout 5'],
    ['TSGIQueueSize 0\nTSGIQueueSize off\nTSGIQueueSize 1\nTSGIQueueTimeout off\nTSGIQueueTimeout 5'],
    ['TSGIMemoryLimit 0\nTSGIMemoryLimit 32m\nTSGIMemoryLimit 1G'],
    ['TSGIGracefulTimeout 0\nTSGIMaximumRequests 0\nTSGIMaximumRequests 1000 200\nTSGIMaximumAge 24h'],
    ['TSGIIdleTimeout 0\nTSGIIdleTimeout 600\nTSGIWarmup /app/warm-up?a=b'],
    ['TSGIBufferSize 4k\nTSGIBufferSize 65536\nTSGIBufferSize 64M'],
    ['TSGIWriteLimit 1024g\nTSGIWriteLimit 1G\nTSGIWriteLimit 1099511627776'],
    ['TSGISetProcessEnv A 1\nTSGISetProcessEnv _b2 "two words"\nTSGISetProcessEnv PATH'],
    ['TSGIModulePath FOLDER/scripts:FOLDER scripts'],
  ])('%s', async (text) => {
    mkdirSync(join(folder, 'scripts'), { recursive: true });
    const { ok, output } = await inServer(text.replace('FOLDER scripts', 'FOLDER FOLDER/scripts'));
    expect(output).toContain('Syntax OK');
    expect(ok).toBe(true);
  });

  it('of the main server', async () => {
    expect((await inMain('TSGIMaxApplications 4096\nTSGINodeOptions --stack-size=900 --no-opt')).ok).toBe(true);
  });
});

describe('a script', () => {
  const ending = 'its name must end in .js, .mjs, .cjs, .ts or .mts';
  it.each([
    ['FOLDER/none.mjs', 'TSGI4002 cannot find "FOLDER/none.mjs" of "DIRECTIVE": No such file or directory'],
    ['FOLDER/plain.txt', `TSGI4003 invalid script "FOLDER/plain.txt" in "DIRECTIVE", ${ending}`],
    ['FOLDER/.mjs', `TSGI4003 invalid script "FOLDER/.mjs" in "DIRECTIVE", ${ending}`],
    ['/dev/null', 'TSGI4002 "/dev/null" of "DIRECTIVE" is neither a file nor a directory'],
  ])('%s is refused', async (given, message) => {
    const told = async (text: string) => messageOf((await inServer(`${text}`)).output);
    expect(await told(`TSGIScriptAlias /x ${given}`)).toBe(message.replace('DIRECTIVE', 'TSGIScriptAlias'));
    expect(await told(`TSGIScriptAliasMatch ^/x ${given}`)).toBe(message.replace('DIRECTIVE', 'TSGIScriptAliasMatch'));
    expect(await told(`TSGIImportScript ${given}`)).toBe(message.replace('DIRECTIVE', 'TSGIImportScript'));
  });

  it('that is relative lies below ServerRoot', async () => {
    expect(messageOf((await inServer('TSGIScriptAlias /x no-such.ts')).output)).toMatch(
      /^TSGI4002 cannot find "\/\S+\/no-such\.ts"/,
    );
  });

  it('to import is no directory', async () => {
    const { output } = await inServer('TSGIImportScript FOLDER/scripts');
    expect(messageOf(output)).toBe(
      'TSGI4002 "FOLDER/scripts" of "TSGIImportScript" is a directory, it must be a script',
    );
  });

  it('with $1 is looked for when there is a request', async () => {
    expect((await inServer('TSGIScriptAliasMatch ^/x/(.*) FOLDER/$1.mjs')).ok).toBe(true);
    expect((await inServer('TSGIScriptAliasMatch ^/x/(.*) FOLDER/$.mjs')).ok).toBe(false);
  });

  it.runIf(startsAsRoot)('that the User may not read is told of', async () => {
    const secret = join(folder, 'secret');
    mkdirSync(secret, { mode: 0o700 });
    writeFileSync(join(secret, 'app.mjs'), '');
    const { ok, output } = await inMain(
      'User nobody\nGroup nogroup\nTSGIScriptAlias /x FOLDER/secret/app.mjs\nTSGIImportScript FOLDER/secret/app.mjs',
    );
    expect(ok).toBe(true);
    const warning = (directive: string) =>
      `TSGI4006 user "nobody" may not read "${folder}", and so not the script of "${directive}" in `;
    expect(output.split(warning('TSGIScriptAlias'))).toHaveLength(2);
    expect(output.split(warning('TSGIImportScript'))).toHaveLength(2);
  });

  it.runIf(process.getuid?.() !== 0)('that cannot be read is refused', async () => {
    writeFileSync(join(folder, 'unreadable.mjs'), '', { mode: 0 });
    const { output } = await inServer('TSGIScriptAlias /x FOLDER/unreadable.mjs');
    expect(messageOf(output)).toBe(
      'TSGI4002 cannot read "FOLDER/unreadable.mjs" of "TSGIScriptAlias": Permission denied',
    );
  });

  it('may be reached by a link', async () => {
    symlinkSync(script, join(folder, 'link.mjs'));
    expect((await inServer('TSGIScriptAlias /x FOLDER/link.mjs')).ok).toBe(true);
  });
});

describe.each(['auto', 'tsgi', 'fetch', 'node', 'listen'])('the interface %s', (kind) => {
  it('is taken by both spellings', async () => {
    expect((await inServer(`TSGIScriptAlias /x SCRIPT interface=${kind}`)).ok).toBe(true);
    expect((await inServer(`TSGIInterface ${kind}`)).ok).toBe(true);
  });
});

describe('the context', () => {
  it.each(['TSGIMaxApplications 1', 'TSGINice 0', 'TSGINodeOptions --x'])('of %s is the main server', async (text) => {
    expect(messageOf((await inServer(text)).output)).toBe(
      `${text.split(' ', 1)[0]} cannot occur within <VirtualHost> section`,
    );
    expect(messageOf((await inLocation(text)).output)).toMatch(/not allowed in <Location> context$/);
  });

  it.each(['TSGIScriptAlias /x SCRIPT', 'TSGIScriptAliasMatch ^/x SCRIPT', 'TSGIImportScript SCRIPT'])(
    'of %s is a server',
    async (text) => {
      expect((await inMain(text)).ok).toBe(true);
      expect((await inServer(text)).ok).toBe(true);
      expect(messageOf((await inLocation(text)).output)).toMatch(/not allowed in <Location> context$/);
    },
  );

  it.each([
    ...['TSGIApplicationGroup a', 'TSGIThreads 2', 'TSGIModulePath /', 'TSGISetProcessEnv A 1', 'TSGIBufferSize 8k'],
    ...['TSGIWriteLimit 8k', 'TSGICallableObject a', 'TSGIInterface tsgi'],
  ])('of %s is a directory too', async (text) => {
    expect((await inMain(text)).ok).toBe(true);
    expect((await inLocation(text)).ok).toBe(true);
    expect((await inServer(`<Directory />\n${text}\n</Directory>`)).ok).toBe(true);
  });
});
