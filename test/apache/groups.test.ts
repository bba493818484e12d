/** Application groups: who shares an isolate with whom, and what process.env is. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import type { Incoming } from '../support/http1';
import { useApache } from './apache';

/** Keeps a mark on everything that one isolate shares, and tells what it finds there. */
const script = `
  import { EventEmitter } from 'node:events';
  const isolate = (globalThis.isolate ??= Math.random());
  let count = 0;
  export const application = (environ, startResponse) => {
    const { PATH_INFO: path, QUERY_STRING: mark } = environ;
    if (path === '/mark') {
      globalThis.mark = mark;
      process.env.MARK = mark;
      process.env.PATH = '/marked';
      EventEmitter.defaultMaxListeners = 77;
    }
    startResponse('200 OK', []);
    if (path === '/hold') {
      return (async function* () {
        yield String(isolate);
        await new Promise((resolve) => environ['tsgi.signal'].addEventListener('abort', resolve));
      })();
    }
    return [JSON.stringify({
      isolate,
      count: ++count,
      mark: globalThis.mark,
      listeners: EventEmitter.defaultMaxListeners,
      multithread: environ['tsgi.multithread'],
      multiprocess: environ['tsgi.multiprocess'],
      env: { ...process.env },
      pid: process.pid,
    })];
  };
  export const other = application;`;

interface Found {
  isolate: number;
  count: number;
  mark?: string;
  listeners: number;
  multithread: boolean;
  multiprocess: boolean;
  env: Record<string, string>;
  pid: number;
}

/** Two of one name, and one that has no directive of the module. */
const [otherHost, thirdHost, bareHost] = [await freePort(), await freePort(), await freePort()];
let folder = '';

const host = (port: number, name: string, text: string) => `
  Listen 127.0.0.1:${port}
  <VirtualHost 127.0.0.1:${port}>
    ServerName ${name}
    ${text}
  </VirtualHost>`;

function writeScripts(): void {
  mkdirSync(join(folder, 'other'));
  mkdirSync(join(folder, 'modules/found-by-path'), { recursive: true });
  writeFileSync(join(folder, 'modules/found-by-path/index.js'), "exports.name = 'found by path';");
  writeFileSync(
    join(folder, 'bare.mjs'),
    "import { name } from 'found-by-path';\nexport const application = (_, start) => (start('200 OK', []), [name]);",
  );
  for (const name of ['one.mjs', 'two.mjs', 'other/three.mjs', 'rest.mjs']) {
    writeFileSync(join(folder, name), script);
  }
}

const at = (name: string) => join(folder, name);

const mainServer = () => `
        TSGIMaxApplications 32
        TSGISetProcessEnv EVERYWHERE everywhere
        TSGIScriptAlias /everywhere ${at('rest.mjs')}
        ${host(bareHost, 'other.example:80', '')}
        ${host(otherHost, 'other.example:80', `TSGIScriptAlias /one ${at('one.mjs')}`)}
        ${host(
          thirdHost,
          'other.example:80',
          `
            TSGIScriptAlias /one ${at('one.mjs')}
            TSGIApplicationGroup %{SERVER}
            TSGIScriptAlias /two ${at('two.mjs')}`,
        )}`;

const virtualHost = () => `
        ServerName one.example
        TSGIScriptAlias /one ${at('one.mjs')}
        TSGIScriptAlias /same ${at('one.mjs')}
        TSGIScriptAlias /callable ${at('one.mjs')} callable=other
        TSGIScriptAlias /two ${at('two.mjs')}
        TSGIScriptAlias /env ${at('one.mjs')} group=env
        <Location /env>
          TSGISetProcessEnv GIVEN a=b
          TSGISetProcessEnv TSGI_TEST_PASSED
          TSGISetProcessEnv TSGI_TEST_NONE
          TSGISetProcessEnv TZ Asia/Tokyo
        </Location>
        TSGIScriptAlias /shared-one ${at('one.mjs')}
        TSGIScriptAlias /shared-three ${at('other/three.mjs')}
        <LocationMatch ^/shared->
          TSGIApplicationGroup shared
        </LocationMatch>
        TSGIScriptAlias /global-one ${at('one.mjs')} group=%{GLOBAL}
        TSGIScriptAlias /global-three ${at('other/three.mjs')} group=%{GLOBAL}
        TSGIScriptAlias /server-one ${at('one.mjs')} group=%{SERVER}
        TSGIScriptAlias /server-three ${at('other/three.mjs')} group=%{SERVER}
        TSGIScriptAlias /resource-one ${at('one.mjs')} group=%{RESOURCE}
        TSGIScriptAlias /resource-other ${at('one.mjs')} group=%{RESOURCE}
        TSGIScriptAlias /by-env ${at('one.mjs')} group=%{ENV:GROUP}
        TSGIScriptAlias /by-own-env ${at('one.mjs')} group=%{ENV:TSGI_TEST_GROUP}
        SetEnvIf X-Group (.*) GROUP=$1
        TSGIScriptAlias /threads ${at('one.mjs')} group=threads
        <Location /threads>
          TSGIThreads 2
        </Location>
        TSGIScriptAlias /path ${at('one.mjs')} group=path
        <Location /threads/at-odds>
          TSGIThreads 3
        </Location>
        <Location /path/at-odds>
          TSGIModulePath ${at('modules')}
        </Location>
        <Location /env/at-odds>
          TSGISetProcessEnv GIVEN otherwise
        </Location>
        TSGIScriptAlias /alike-one ${at('one.mjs')} group=alike
        TSGIScriptAlias /alike-two ${at('two.mjs')} group=alike
        <Location /alike-one>
          TSGISetProcessEnv A a
          TSGISetProcessEnv B b
        </Location>
        <Location /alike-two>
          TSGISetProcessEnv B b
          TSGISetProcessEnv A a
        </Location>
        TSGIScriptAlias /bare ${at('bare.mjs')}
        <Location /bare>
          TSGIModulePath ${at('other')} ${at('modules')}
        </Location>`;

const site = useApache((where) => {
  folder = where;
  writeScripts();
  return {
    modules: ['setenvif', 'alias'],
    env: { TSGI_TEST_GROUP: 'of-the-server', TSGI_TEST_PASSED: 'passed on' },
    conf: { main: mainServer(), server: virtualHost() },
  };
});

/** The query of `/by-env` names the group. */
const ask = async (target: string, where = {}) => {
  const [, group] = /\?group=(.*)/.exec(target) ?? [];
  const fields: [string, string][] = group === undefined ? [] : [['X-Group', group]];
  return JSON.parse(await site.text({ target, fields }, where)) as Found;
};

describe('applications', () => {
  it('have globals, modules and environments of their own', async () => {
    await ask('/one/mark?of-one');
    const [one, two] = [await ask('/one'), await ask('/two')];
    expect(one).toMatchObject({ mark: 'of-one', listeners: 77, env: { MARK: 'of-one', PATH: '/marked' } });
    expect(two.mark).toBeUndefined();
    expect(two.listeners).toBe(10);
    expect(two.env).not.toHaveProperty('MARK');
    expect(two.env['PATH']).toBe(process.env['PATH']);
    expect(two.isolate).not.toBe(one.isolate);
    expect(two.pid).toBe(one.pid);
  });

  it('are one per script and virtual host', async () => {
    const [one, same] = [await ask('/one'), await ask('/same')];
    expect(same.isolate).toBe(one.isolate);
    expect(same.count).toBe(one.count + 1);
    const others = [await ask('/one', { port: otherHost }), await ask('/everywhere', { port: otherHost })];
    expect(new Set([one, ...others, await ask('/everywhere')].map(({ isolate }) => isolate)).size).toBe(4);
    const bare = await ask('/everywhere', { port: bareHost });
    expect(others.map(({ isolate }) => isolate)).not.toContain(bare.isolate);
  });

  it('are two when one script is called by two names, in one isolate', async () => {
    const [one, other] = [await ask('/one'), await ask('/callable')];
    expect(other.isolate).toBe(one.isolate);
  });
});

describe('a group', () => {
  const isolates = async (targets: string[], where = {}) => {
    const found = [];
    for (const target of targets) {
      found.push((await ask(target, where)).isolate);
    }
    return new Set(found).size;
  };

  it('shares all but the modules of its scripts', async () => {
    await ask('/shared-one/mark?of-the-group');
    const three = await ask('/shared-three');
    expect(three).toMatchObject({ mark: 'of-the-group', env: { MARK: 'of-the-group' }, count: 1 });
  });

  it('may be that of the process, of the server, or of the mount', async () => {
    expect(await isolates(['/global-one', '/global-three'])).toBe(1);
    expect(await isolates(['/server-one', '/server-three'])).toBe(1);
    expect(await isolates(['/resource-one', '/resource-other'])).toBe(2);
    expect(await isolates(['/resource-one', '/resource-one/x'])).toBe(1);
    expect(await isolates(['/one', '/global-one', '/server-one', '/resource-one'])).toBe(4);
    expect(await isolates(['/one', '/two'], { port: thirdHost })).toBe(1);
  });

  it('may be named by a variable of the request, or of httpd', async () => {
    expect(await isolates(['/by-env?group=shared', '/shared-one'])).toBe(1);
    expect(await isolates(['/by-env?group=a', '/by-env/x?group=a'])).toBe(1);
    expect(await isolates(['/by-env?group=a', '/by-env?group=b'])).toBe(2);
    expect(await isolates(['/by-env?group=%{SERVER}', '/server-one'])).toBe(1);
    expect(await isolates(['/by-own-env', '/by-env?group=of-the-server'])).toBe(1);
  });

  it('is that of the script where no such variable is set', async () => {
    expect(await isolates(['/by-env', '/one', '/by-env?group=', '/by-env?group=%{ENV:GROUP}'])).toBe(1);
  });
});

describe('process.env', () => {
  it('has what the configuration gives, and nothing else of the server', async () => {
    const { env } = await ask('/env');
    expect(env).toEqual({
      ...{ GIVEN: 'a=b', TSGI_TEST_PASSED: 'passed on', TZ: 'Asia/Tokyo', PATH: process.env['PATH'] },
      ...{ EVERYWHERE: 'everywhere' },
      ...(process.env['LANG'] === undefined ? {} : { LANG: process.env['LANG'] }),
    });
    const other = (await ask('/two')).env;
    expect(other).toMatchObject({ EVERYWHERE: 'everywhere' });
    expect(Object.keys(other).filter((name) => name.startsWith('TSGI_TEST'))).toEqual([]);
  });
});

describe('TSGIModulePath', () => {
  it('is where packages are found', async () => {
    expect(await site.text('/bare')).toBe('found by path');
  });
});

describe('TSGIThreads 2', () => {
  it('means two isolates, which share the requests', async () => {
    const held: Incoming[] = [];
    for (let n = 0; n < 4; n++) {
      const connection = await site.connect();
      held.push(connection.request(site.marked('/threads/hold')));
      await held.at(-1)?.whenBytes(1);
    }
    const isolates = held.map(({ body }) => body.toString('latin1').replace(/^[\da-f]+\r\n|\r\n/g, ''));
    expect(new Set(isolates).size).toBe(2);
    expect(isolates.filter((isolate) => isolate === isolates[0])).toHaveLength(2);
  });

  it('is known to the application', async () => {
    expect(await ask('/threads')).toMatchObject({ multithread: true, multiprocess: false });
    expect(await ask('/two')).toMatchObject({ multithread: false, multiprocess: false });
  });
});

describe('who describes a group', () => {
  it.each([
    ['threads', 'TSGIThreads'],
    ['path', 'TSGIModulePath'],
    ['env', 'TSGISetProcessEnv'],
  ])('differently is told once, and not heard (%s)', async (group, directive) => {
    const told = new RegExp(
      `\\[tsgi:warn\\] .*TSGI4005 application group "${group}" was opened with one value of "${directive}", and ".*/one\\.mjs" `,
    );
    const before = await ask(`/${group}`);
    site.expectLog(told);
    const after = await ask(`/${group}/at-odds`);
    expect(after).toMatchObject({ multithread: before.multithread, env: before.env });
    expect((await site.request(`/${group}/at-odds`)).status).toBe(200);
    expect(site.logLines().filter((line) => told.test(line))).toHaveLength(1);
  });

  it('alike in other words is not told of', async () => {
    const [one, two] = [await ask('/alike-one'), await ask('/alike-two')];
    expect(two.isolate).toBe(one.isolate);
    expect(one.env).toMatchObject({ A: 'a', B: 'b' });
  });
});

/** The last: no other group can be opened in this process. */
describe('a group', () => {
  it('beyond TSGIMaxApplications is refused', async () => {
    site.expectLog(/TSGI4020 application group "n\d+" is more than "TSGIMaxApplications" allows/);
    const statuses = [];
    for (let n = 0; n < 32; n++) {
      statuses.push((await site.request({ target: '/by-env', fields: [['X-Group', `n${n}`]] })).status);
    }
    expect(statuses.at(-1)).toBe(503);
    expect((await site.request('/one')).status).toBe(200);
  });
});
