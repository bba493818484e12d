import { describe, expect, test } from 'vitest';
import { fileWrapperOf, FileWrapper, lint, type Application, type Body } from '../../src/index';
import { requestLog, urlMap, type RequestLogEntry } from '../../src/middleware/index';
import { acceptAll, makeEnviron, run, type HostOptions } from '../spec/host';

const now = (): Date => new Date(Date.UTC(2000, 9, 10, 13, 55, 36));

/** What is logged of one request, and the outcome. */
async function logged(application: Application, options: HostOptions = {}): Promise<[string, ...unknown[]]> {
  const lines: string[] = [];
  const outcome = await run(requestLog(lint(application), { sink: (line) => lines.push(line), now }), options);
  expect(lines).toHaveLength(1);
  return [lines[0] ?? '', outcome];
}

const answering =
  (body: () => Body, status = '200 OK'): Application =>
  (_environ, startResponse) => {
    startResponse(status, []);
    return body();
  };

describe('requestLog', () => {
  test('the common log format', async () => {
    const [line] = await logged(
      answering(() => ['hello']),
      { environ: { REMOTE_ADDR: '127.0.0.1', REMOTE_USER: 'frank', REQUEST_URI: '/app/page?a=1' } },
    );
    expect(line).toBe('127.0.0.1 - frank [10/Oct/2000:13:55:36 +0000] "GET /app/page?a=1 HTTP/1.1" 200 5');
  });

  test.each<[string, () => Body, string]>([
    ['an array', () => ['h\xe9', Buffer.from('x')], '200 4'],
    [
      'a generator',
      () =>
        (function* () {
          yield 'ab';
          yield 'c';
        })(),
      '200 3',
    ],
    [
      'an asynchronous generator',
      async function* () {
        yield 'ab';
        yield await Promise.resolve('cd');
      },
      '200 4',
    ],
    ['no body', () => null, '200 -'],
  ])('bytes of %s', async (_name, body, end) => {
    const [line, outcome] = await logged(answering(body));
    expect(line.endsWith(` ${end}`), line).toBe(true);
    expect(outcome).toMatchObject({ violations: [], error: undefined });
  });

  test('bytes that were written', async () => {
    const [line] = await logged((_environ, startResponse) => {
      void startResponse('200 OK', [])('written');
      return null;
    });
    expect(line).toMatch(/ 200 7$/);
  });

  test('no bytes are sent for HEAD, 204 and 304', async () => {
    const [head] = await logged(
      answering(() => ['hello']),
      { environ: { REQUEST_METHOD: 'HEAD' } },
    );
    expect(head).toMatch(/"HEAD .*" 200 -$/);
    const [none] = await logged(answering(() => ['hello'], '304 Not Modified'));
    expect(none).toMatch(/ 304 -$/);
  });

  test('failures', async () => {
    const [early] = await logged(() => {
      throw new Error('failed');
    });
    expect(early).toMatch(/ 500 -$/);
    const [started] = await logged(
      answering(async function* () {
        yield await Promise.reject<string>(new Error('failed'));
      }),
    );
    expect(started).toMatch(/ 500 -$/);
    const [late] = await logged(
      answering(function* () {
        yield 'abc';
        throw new Error('failed');
      }),
    );
    expect(late).toMatch(/ 200 3$/);
    const [left] = await logged(
      answering(() => new Set(['ab', 'cd'])),
      { leaveAfter: 1 },
    );
    expect(left).toMatch(/ 200 2$/);
  });

  test('what the client sends cannot forge a line', async () => {
    const [line] = await logged(
      answering(() => null),
      {
        environ: { REMOTE_USER: 'a"b\\', REQUEST_METHOD: 'GET', REQUEST_URI: '/\xe9"\x80' },
      },
    );
    expect(line).toBe('- - a\\"b\\\\ [10/Oct/2000:13:55:36 +0000] "GET /\\xe9\\"\\x80 HTTP/1.1" 200 -');
  });

  test('the lines go to tsgi.errors unless told otherwise', async () => {
    const outcome = await run(
      requestLog(
        answering(() => ['x']),
        { now },
      ),
    );
    expect(outcome.log).toBe('- - - [10/Oct/2000:13:55:36 +0000] "GET /app/page HTTP/1.1" 200 1\n');
    expect(outcome.violations).toEqual([]);
  });

  test('the combined format', async () => {
    const lines: string[] = [];
    const application = requestLog(
      answering(() => ['x']),
      { sink: (line) => lines.push(line), now, format: 'combined' },
    );
    await run(application, { environ: { HTTP_REFERER: 'http://a/"', HTTP_USER_AGENT: 'curl\\1' } });
    await run(application);
    expect(lines.map((line) => line.replace(/.*" 200 1 /, ''))).toEqual(['"http://a/\\"" "curl\\\\1"', '"-" "-"']);
  });

  test('a format of one’s own', async () => {
    const entries: RequestLogEntry[] = [];
    let time = 0;
    const application = requestLog(urlMap({ '/page': answering(() => ['hello'], '404 Not Found') }), {
      format: (entry) => `entry ${entries.push(entry)}`,
      now: () => new Date((time += 25)),
    });
    const outcome = await run(application);
    expect(outcome.log).toBe('entry 1\n');
    expect(entries[0]).toMatchObject({
      request: 'GET /app/page HTTP/1.1',
      time: new Date(25),
      milliseconds: 25,
      status: 404,
      bytes: 5,
      reason: 'complete',
    });
    expect(entries[0]?.environ.SCRIPT_NAME).toBe('/app/page');
  });

  test.each<[string, Application]>([
    [
      'throws',
      () => {
        throw new Error('failed');
      },
    ],
    ['rejects', () => Promise.reject(new Error('failed'))],
  ])('a host without on_finish has its line when the application %s', async (_name, application) => {
    const [line] = await logged(application, { environ: { 'tsgi.on_finish': undefined } });
    expect(line).toMatch(/ 500 -$/);
  });

  test('a host without on_finish has its line when the application has answered', async () => {
    const [line] = await logged(
      answering(() => ['abc']),
      { environ: { 'tsgi.on_finish': undefined } },
    );
    expect(line).toMatch(/ 200 3$/);
  });

  test('a body keeps its close and its brand', async () => {
    const file = new FileWrapper(__filename);
    const application = requestLog(
      answering(() => file),
      { sink: () => undefined },
    );
    const body = lint(application)(makeEnviron(), acceptAll) as unknown as { close(): Promise<void> };
    expect(fileWrapperOf(body)).toBe(file);
    await body.close();
    await expect(file.range()).rejects.toMatchObject({ code: 'TSGI_EXPIRED' });

    let closed = 0;
    const [, outcome] = await logged(answering(() => Object.assign(new Set(['a']), { close: () => void closed++ })));
    expect(closed).toBe(1);
    expect(outcome).toMatchObject({ violations: [], calls: ['next', 'next'] });
  });

  test.each<[string, (ended: () => void) => Body]>([
    [
      'a generator',
      function* (ended) {
        try {
          yield 'ab';
          yield 'cd';
        } finally {
          ended();
        }
      },
    ],
    [
      'an asynchronous generator',
      async function* (ended) {
        try {
          yield 'ab';
          yield await Promise.resolve('cd');
        } finally {
          ended();
        }
      },
    ],
  ])('%s that is given up hears of it', async (_name, body) => {
    let ended = 0;
    const [line] = await logged(
      answering(() => body(() => void ended++)),
      { leaveAfter: 1 },
    );
    expect(line).toMatch(/ 200 2$/);
    expect(ended).toBe(1);
  });

  test('what is wrong is left to the server to refuse', async () => {
    for (const body of [42, { [Symbol.iterator]: () => ({ next: () => 1 }) }, [1]]) {
      const outcome = await run(
        requestLog(
          answering(() => body as unknown as Body),
          { sink: () => undefined },
        ),
      );
      expect(outcome.violations).toHaveLength(1);
    }
  });
});
