/** Applications of one worker see nothing of one another; those of one group see everything. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Incoming } from '../support/http1';
import { freePort } from '../../scripts/lib/port.mjs';
import { useNginx } from './nginx';

/** Keeps a mark on everything that one isolate shares, and tells what it finds there. */
const script = `
  import { EventEmitter } from 'node:events';
  const isolate = Math.random();
  let count = 0;
  export const application = (environ, startResponse) => {
    const { PATH_INFO: path, QUERY_STRING: mark } = environ;
    if (path === '/mark') {
      globalThis.mark = mark;
      process.env.MARK = mark;
      process.env.PATH = '/marked';
      Object.prototype.marked = mark;
      EventEmitter.defaultMaxListeners = 77;
      process.title = 'marked';
    }
    if (path === '/hold') {
      startResponse('200 OK', []);
      return (async function* () {
        yield String(isolate);
        await new Promise((resolve) => environ['tsgi.signal'].addEventListener('abort', resolve));
      })();
    }
    startResponse('200 OK', []);
    const found = {
      isolate,
      count: ++count,
      mark: globalThis.mark,
      marked: ({}).marked,
      listeners: EventEmitter.defaultMaxListeners,
      multithread: environ['tsgi.multithread'],
      multiprocess: environ['tsgi.multiprocess'],
      env: { ...process.env },
      cwd: process.cwd(),
      pid: process.pid,
    };
    delete Object.prototype.marked;
    return [JSON.stringify(found)];
  };`;

interface Found {
  isolate: number;
  count: number;
  mark?: string;
  marked?: string;
  listeners: number;
  multithread: boolean;
  multiprocess: boolean;
  env: Record<string, string>;
  pid: number;
}

let otherHost = 0;

const site = useNginx(async (folder) => {
  otherHost = await freePort();
  mkdirSync(join(folder, 'other'));
  const [one, two, three] = ['one.mjs', 'two.mjs', 'other/three.mjs'].map((name) => join(folder, name));
  for (const path of [one, two, three]) {
    writeFileSync(path ?? '', script);
  }
  process.env['TSGI_TEST_PASSED'] = 'passed on';
  process.env['TSGI_TEST_HIDDEN'] = 'hidden';
  return {
    conf: {
      http: `
        tsgi_env EVERYWHERE=everywhere;
        server { listen 127.0.0.1:${otherHost}; location /one { tsgi_pass ${one}; } }`,
      server: `
        location /one { tsgi_pass ${one}; }
        location /same { tsgi_pass ${one}; }
        location /two { tsgi_pass ${two}; }
        location /env {
          tsgi_env GIVEN=a=b; tsgi_env TSGI_TEST_PASSED; tsgi_env TSGI_TEST_NONE; tsgi_env EMPTY=; tsgi_env TZ=Asia/Tokyo;
          tsgi_pass ${one} group=env;
        }
        location /shared-one { tsgi_application_group shared; tsgi_pass ${one}; }
        location /shared-three { tsgi_application_group shared; tsgi_pass ${three}; }
        location /threads { tsgi_threads 2; tsgi_pass ${one} group=threads; }`,
    },
  };
});

const ask = async (target: string, where = {}) => JSON.parse(await site.text(target, where)) as Found;

describe('applications', () => {
  it('have globals, modules and environments of their own', async () => {
    await ask('/one/mark?of-one');
    const [one, two] = [await ask('/one'), await ask('/two')];
    expect(one).toMatchObject({ mark: 'of-one', listeners: 77, env: { MARK: 'of-one', PATH: '/marked' } });
    expect(two.mark).toBeUndefined();
    expect(two.marked).toBeUndefined();
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
    expect((await ask('/one', { port: otherHost })).isolate).not.toBe(one.isolate);
  });

  it('share all of it in one group, but for their modules', async () => {
    await ask('/shared-one/mark?of-the-group');
    const three = await ask('/shared-three');
    expect(three).toMatchObject({ mark: 'of-the-group', env: { MARK: 'of-the-group' }, count: 1 });
  });
});

describe('process.env', () => {
  it('has what the configuration gives, and nothing else of the server', async () => {
    const { env } = await ask('/env');
    expect(env).toEqual({
      ...{ GIVEN: 'a=b', TSGI_TEST_PASSED: 'passed on', EMPTY: '', TZ: 'Asia/Tokyo', PATH: process.env['PATH'] },
      ...(process.env['LANG'] === undefined ? {} : { LANG: process.env['LANG'] }),
    });
    const other = (await ask('/two')).env;
    expect(other).toMatchObject({ EVERYWHERE: 'everywhere' });
    expect(Object.keys(other).filter((name) => name.startsWith('TSGI_TEST'))).toEqual([]);
  });
});

describe('tsgi_threads 2', () => {
  it('means two isolates, which share the requests', async () => {
    const held: Incoming[] = [];
    for (let n = 0; n < 4; n++) {
      const connection = await site.connect();
      held.push(connection.request(site.marked('/threads/hold')));
      await held.at(-1)?.whenBytes(1);
    }
    const isolates = held.map(({ body }) => body.toString());
    expect(new Set(isolates).size).toBe(2);
    expect(isolates.filter((isolate) => isolate === isolates[0])).toHaveLength(2);
  });

  it('is known to the application', async () => {
    expect(await ask('/threads')).toMatchObject({ multithread: true, multiprocess: false });
    expect(await ask('/two')).toMatchObject({ multithread: false, multiprocess: false });
  });
});
