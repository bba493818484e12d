import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeEnvironment } from '../../src/server/guest/environment';
import { folderOf, runIsolate, type Outcome, type Task } from './support/isolate';

/** Runs an application whose body is given: `answer(text)` is its answer, `path` its PATH_INFO. */
function run(body: string, more: Partial<Task> & { top?: string } = {}): Promise<Outcome> {
  const { top = '', ...task } = more;
  const source = `
    ${top}
    export const application = async (environ, startResponse) => {
      const path = environ.PATH_INFO;
      const answer = (text) => { startResponse('200 OK', []); return [String(text)]; };
      ${body}
    };`;
  return runIsolate({ apps: [{ script: join(folderOf({ 'app.mjs': source }), 'app.mjs') }], ...task });
}

const linesOf = ({ records }: Outcome): Array<[number, string]> =>
  records.map(({ exchange, text }) => [exchange, text]);

describe('process.env', () => {
  it('behaves as that of Node', () => {
    const changes: Array<(env: NodeJS.ProcessEnv) => unknown> = [
      (env) => (env['NUMBER'] = 5 as unknown as string),
      (env) => (env['UNDEFINED'] = undefined),
      (env) => Object.assign(env, { OBJECT: { toString: () => 'text' } }),
      (env) => delete env['A'],
      (env) => delete env['NEVER'],
      (env) => (env as Record<symbol, unknown>)[Symbol('s')],
      (env) => ((env as Record<symbol, unknown>)[Symbol('s')] = 'x'),
      (env) => (env['SYMBOL'] = Symbol('s') as unknown as string),
      (env) =>
        Object.defineProperty(env, 'DEFINED', { value: 7, configurable: true, writable: true, enumerable: true }),
      (env) =>
        Object.defineProperty(env, 'HIDDEN', { value: '7', configurable: true, writable: true, enumerable: false }),
      (env) => Object.defineProperty(env, 'GETTER', { get: () => 'x', configurable: true, enumerable: true }),
      (env) => 'B' in env,
      (env) => 'toString' in env && 'NEVER' in env,
      (env) => Object.hasOwn(env, 'B'),
      (env) => env['NEVER'],
      (env) => Object.getOwnPropertyDescriptor(env, 'B'),
    ];
    const outcome = (env: NodeJS.ProcessEnv): unknown[] =>
      changes.map((change) => {
        try {
          const result = change(env);
          return result === env ? 'itself' : result;
        } catch (error) {
          return `${(error as Error).name}: ${(error as Error).message}`;
        }
      });
    const saved = { ...process.env };
    for (const name of Object.keys(process.env)) {
      delete process.env[name];
    }
    Object.assign(process.env, { A: '1', B: '2' });
    const mine = makeEnvironment({ A: '1', B: '2' });
    const expected = outcome(process.env);
    const after = { ...process.env };
    for (const name of Object.keys(process.env)) {
      delete process.env[name];
    }
    Object.assign(process.env, saved);
    expect(outcome(mine)).toEqual(expected);
    expect({ ...mine }).toEqual(after);
    expect(Object.keys(mine)).toEqual(Object.keys(after));
  });

  it("is the group's own, for child processes too", async () => {
    const top = `import { execFileSync } from 'node:child_process';`;
    const outcome = await run(
      `process.env.ADDED = 5; return answer(Object.keys(process.env).join() + ' ' + execFileSync('/usr/bin/env').toString().split('\\n').sort().join(' '));`,
      { top, environment: { MINE: 'yes' } },
    );
    expect(outcome.responses[0]?.text).toBe('MINE,ADDED  ADDED=5 MINE=yes');
  });
});

describe('worker threads', () => {
  it.each([
    ['imported', `import { Worker, SHARE_ENV } from 'node:worker_threads';`],
    [
      'required',
      `import { createRequire } from 'node:module'; const { Worker, SHARE_ENV } = createRequire(import.meta.url)('worker_threads');`,
    ],
  ])('%s have the environment and the output of the application', async (_what, top) => {
    const code = `console.log('from', Object.entries(process.env).join()); process.env.CHANGED = 1;`;
    const outcome = await run(
      `const options = { '/own': { env: { A: 'b' } }, '/share': { env: SHARE_ENV }, '/inherit': {} }[path];
       await new Promise((resolve) => new Worker(${JSON.stringify(code)}, { eval: true, ...options }).on('exit', resolve));
       return answer(Worker.name + String(process.env.CHANGED));`,
      { top, environment: { MINE: 'yes' }, requests: [{ path: '/own' }, { path: '/share' }, { path: '/inherit' }] },
    );
    expect(outcome.responses.map(({ text }) => text)).toEqual(Array(3).fill('Workerundefined'));
    expect(linesOf(outcome).map(([, text]) => text)).toEqual(['from A,b', 'from MINE,yes', 'from MINE,yes']);
    expect(outcome.output).toBe('');
  });
});

describe('output', () => {
  it('goes to the log, line by line, under the request that made it', async () => {
    const outcome = await run(
      `
      console.log('one %d', 1);
      process.stdout.write('tw');
      await new Promise((resolve) => setTimeout(resolve, 2));
      process.stdout.write(Buffer.from('o\\nthree\\n'));
      console.error('error');
      process.stdout.write('left over');
      queueMicrotask(() => console.log(path));
      return answer('');`,
      { top: `console.log('outside');`, requests: [{ path: '/a' }, { path: '/b' }] },
    );
    const of = (exchange: number, path: string): Array<[number, string]> => [
      [exchange, 'one 1'],
      [exchange, 'two\nthree'],
      [exchange, 'error'],
      [exchange, `left over${path}`],
    ];
    expect(linesOf(outcome)).toEqual([[0, 'outside'], ...of(1, '/a'), ...of(2, '/b')]);
    expect(outcome.output).toBe('');
    expect(outcome.records[0]).toMatchObject({ level: 3, tag: 0, app: expect.stringMatching(/app\.mjs$/) as string });
  });

  it('of requests that run side by side is told apart', async () => {
    const source = `
      export const application = (environ, startResponse) => {
        startResponse('200 OK', []);
        return (async function* () {
          for (let count = 0; count < 3; count++) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            console.log(environ.PATH_INFO);
            yield 'x';
          }
        })();
      };`;
    const { records } = await runIsolate({
      apps: [{ script: join(folderOf({ 'app.mjs': source }), 'app.mjs') }],
      requests: [{ path: '/1' }, { path: '/2' }, { path: '/3' }],
    });
    expect(records.every(({ exchange, text }) => text === `/${exchange}`)).toBe(true);
    expect(records).toHaveLength(9);
  });

  it('cannot be ended, and is no terminal', async () => {
    const outcome = await run(
      `process.stdout.end('bye\\n'); process.stdout.destroy(); console.log(process.stdout.isTTY); return answer('');`,
    );
    expect(linesOf(outcome)).toEqual([
      [1, 'bye'],
      [1, 'undefined'],
    ]);
  });

  it("has Node's warnings", async () => {
    const outcome = await run(`process.emitWarning('careful'); return answer('');`, { turns: 5 });
    expect(outcome.records).toEqual([expect.objectContaining({ level: 4, tag: 0 })]);
    expect(outcome.records[0]?.text).toContain('careful');
    expect(outcome.output).toBe('');
  });
});

describe('what would end a process', () => {
  const alive = { turns: 2000 };

  it.each<[string, string, number, RegExp, RegExp]>([
    [
      'an exception in a timer',
      `setTimeout(() => { throw new Error('timer'); }, 1); return answer('');`,
      1030,
      /timer\n +at .*app\.mjs/,
      /nothing caught: Error: timer/,
    ],
    [
      'a rejection',
      `Promise.reject(new TypeError('nobody')); return answer('');`,
      1030,
      /nobody\n +at .*app\.mjs/,
      /TypeError: nobody/,
    ],
    ['a rejection with something else', `Promise.reject(5); return answer('');`, 1030, /5/, /nothing caught: .*5/],
    [
      "an 'error' that nobody listens for",
      `setImmediate(() => process.emit('error', new Error('emitted'))); return answer('');`,
      1030,
      /emitted/,
      /emitted/,
    ],
    [
      'process.exit',
      `setTimeout(() => process.exit(3), 1); return answer('');`,
      1031,
      /process\.exit\(3\)[^]*app\.mjs/,
      /process\.exit\(3\)/,
    ],
    [
      'a listener that throws in its turn',
      `process.on('uncaughtException', () => { throw new Error('second'); }); setTimeout(() => { throw new Error('first'); }, 1); return answer('');`,
      1030,
      /second/,
      /second/,
    ],
  ])('%s ends the isolate', async (_what, body, tag, text, reason) => {
    const { records, deaths, output } = await run(body, alive);
    expect(records.map((record) => record.tag)).toEqual([tag]);
    expect(records[0]?.text).toMatch(text);
    expect(deaths).toEqual([expect.stringMatching(reason)]);
    expect(output).toBe('');
  });

  it.each([
    ['uncaughtException', `setTimeout(() => { throw new Error('handled'); }, 1);`],
    ['unhandledRejection', `Promise.reject(new Error('handled'));`],
  ])("listeners for '%s' are honoured", async (event, body) => {
    const outcome = await run(`${body} return answer('');`, {
      top: `process.on('${event}', (error) => console.log('mine', error.message, process.listenerCount('uncaughtException')));`,
      turns: 20,
    });
    expect(outcome.deaths).toEqual([]);
    expect(outcome.records.map(({ text }) => text)).toEqual([`mine handled ${event === 'uncaughtException' ? 1 : 0}`]);
  });

  it("runs 'exit' listeners and uncaughtExceptionMonitor, as Node does", async () => {
    const outcome = await run(`setTimeout(() => { throw new Error('seen'); }, 1); return answer('');`, {
      top: `process.on('uncaughtExceptionMonitor', (error) => console.log('monitor', error.message));`,
      ...alive,
    });
    expect(outcome.records.map(({ text }) => text.split('\n')[0])).toEqual(['monitor seen', 'Error: seen']);
    const exit = await run(`process.exit(0);`, {
      top: `process.on('exit', (code) => console.log('exit', code));`,
      requests: [],
      turns: 1,
    });
    expect(exit.records).toEqual([]);
  });

  it('fails the exchange and nothing else when the application itself throws', async () => {
    const outcome = await run(`throw new Error('mine');`, { turns: 5 });
    expect(outcome.deaths).toEqual([]);
    expect(outcome.responses).toEqual([{ status: 500, text: '', page: true }]);
    expect(outcome.records.map(({ tag }) => tag)).toEqual([1001]);
  });
});

describe('signals', () => {
  it('are not taken from the server by a listener', async () => {
    const caught = `(BigInt('0x' + /SigCgt:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]) & 1n)`;
    const body = `process.on('SIGHUP', () => console.log('told')); process.emit('SIGHUP'); return answer(${caught});`;
    const top = `import { readFileSync } from 'node:fs';`;
    const guest = await run(body, { top });
    expect(guest.responses[0]?.text).toBe('0');
    expect(linesOf(guest)).toEqual([[1, 'told']]);
    const free = await run(body, { top, embedded: false });
    expect(free.responses[0]?.text).toBe('1');
  });
});

describe('under a stock node', () => {
  it('process stays what it is', async () => {
    const outcome = await run(`console.log('to the terminal'); return answer(process.env.REAL);`, { embedded: false });
    expect(outcome.responses[0]?.text).toBe('of the server');
    expect(outcome.records).toEqual([]);
    expect(outcome.output).toBe('to the terminal');
  });
});
