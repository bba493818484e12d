/** Application groups of Apache: who shares an isolate with whom, and what process.env is. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import { askMarks, groupCases, writeScripts } from '../servers/groups';
import { app, useApache, virtualHost } from './apache';

/** Two of one name, and one that has no directive of the module. */
const [otherHost, thirdHost, bareHost] = [await freePort(), await freePort(), await freePort()];
let folder = '';

function writeOthers(): void {
  mkdirSync(join(folder, 'modules/found-by-path'), { recursive: true });
  writeFileSync(join(folder, 'modules/found-by-path/index.js'), "exports.name = 'found by path';");
  writeFileSync(
    join(folder, 'bare.mjs'),
    "import { name } from 'found-by-path';\nexport const application = (_, start) => (start('200 OK', []), [name]);",
  );
  cpSync(app('marks.mjs'), join(folder, 'rest.mjs'));
}

const at = (name: string) => join(folder, name);

const mainServer = () => `
        TSGIMaxApplications 34
        TSGISetProcessEnv EVERYWHERE everywhere
        TSGIScriptAlias /everywhere ${at('rest.mjs')}
        ${virtualHost(bareHost, 'ServerName other.example:80')}
        ${virtualHost(otherHost, `ServerName other.example:80\nTSGIScriptAlias /one ${at('one.mjs')}`)}
        ${virtualHost(
          thirdHost,
          `ServerName other.example:80
            TSGIScriptAlias /one ${at('one.mjs')}
            TSGIApplicationGroup %{SERVER}
            TSGIScriptAlias /two ${at('two.mjs')}`,
        )}`;

/** Groups, and places that describe them otherwise. */
const describedTwice = () => `
        TSGIScriptAlias /threads ${at('one.mjs')} group=threads
        <Location /threads>
          TSGIThreads 2
        </Location>
        <Location /threads/at-odds>
          TSGIThreads 3
        </Location>
        TSGIScriptAlias /startup ${at('one.mjs')} group=startup
        <Location /startup/at-odds>
          TSGIStartupTimeout 0
        </Location>
        TSGIScriptAlias /stall ${at('one.mjs')} group=stall
        <Location /stall/at-odds>
          TSGIStallTimeout 0
        </Location>
        TSGIScriptAlias /memory ${at('one.mjs')} group=memory
        <Location /memory/at-odds>
          TSGIMemoryLimit 1g
        </Location>
        TSGIScriptAlias /path ${at('one.mjs')} group=path
        <Location /path/at-odds>
          TSGIModulePath ${at('modules')}
        </Location>
        <Location /env/at-odds>
          TSGISetProcessEnv GIVEN otherwise
        </Location>`;

const firstServer = () => `
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
        ${describedTwice()}
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
  writeScripts(folder);
  writeOthers();
  return {
    modules: ['setenvif', 'alias'],
    env: { TSGI_TEST_GROUP: 'of-the-server', TSGI_TEST_PASSED: 'passed on' },
    conf: { main: mainServer(), server: firstServer() },
  };
});

groupCases(site, { otherHost: () => otherHost, given: { EVERYWHERE: 'everywhere' } });

/** The query of `/by-env` names the group. */
const ask = (target: string, where = {}) => {
  const [, group] = /\?group=(.*)/.exec(target) ?? [];
  return askMarks(site, target, where, group === undefined ? [] : [['X-Group', group]]);
};

describe('applications', () => {
  it("are one per virtual host, also of one name, and of the main server's scripts", async () => {
    const one = await ask('/one');
    const others = [await ask('/one', { port: otherHost }), await ask('/everywhere', { port: otherHost })];
    expect(new Set([one, ...others, await ask('/everywhere')].map(({ isolate }) => isolate)).size).toBe(4);
    const bare = await ask('/everywhere', { port: bareHost });
    expect(others.map(({ isolate }) => isolate)).not.toContain(bare.isolate);
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

describe('TSGIModulePath', () => {
  it('is where packages are found', async () => {
    expect(await site.text('/bare')).toBe('found by path');
  });
});

describe('who describes a group', () => {
  it.each([
    ['threads', 'TSGIThreads'],
    ['startup', 'TSGIStartupTimeout'],
    ['stall', 'TSGIStallTimeout'],
    ['memory', 'TSGIMemoryLimit'],
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
