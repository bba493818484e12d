/** HTTP/2 between client and httpd. */
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bounded, until } from '../support/until';
import { pattern } from '../nginx/apps/responses.mjs';
import { app, useApache } from './apache';

const alias = (prefix: string, script: string, directives = '') => `
  TSGIScriptAlias ${prefix} ${app(script)}
  <Location ${prefix}>
    ${directives}
  </Location>`;

const site = useApache(() => ({
  modules: ['http2'],
  threads: 128,
  conf: {
    main: 'Protocols h2c http/1.1\nH2MaxWorkers 128\nH2MaxSessionStreams 200\nH2EarlyHints on',
    server: `
      ${alias('/app', 'responses.mjs')}
      ${alias('/environ', 'environ.mjs')}
      ${alias('/bodies', 'bodies.mjs', 'TSGIRequestBuffering on')}
      ${alias('/streamed', 'bodies.mjs')}
      ${alias('/small', 'bodies.mjs', 'LimitRequestBody 10')}`,
  },
}));

let session: ClientHttp2Session;
let mark = '';
let marks = 0;

beforeEach(() => {
  mark = `h2-${++marks}`;
  session = connect(site.server.origin);
  session.on('error', () => {});
});

afterEach(() => session.destroy());

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
  /** RST_STREAM's code; 0 is none. */
  reset: number;
}

function open(path: string, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
  const stream = session.request(
    { ':path': path, 'x-trial': mark, ...headers },
    { endStream: headers[':method'] !== 'POST' },
  );
  stream.on('error', () => {});
  return stream;
}

function finished(stream: ClientHttp2Stream): Promise<Answer> {
  return bounded(
    'the end of a stream',
    new Promise((resolve) => {
      let headers: Record<string, unknown> = {};
      const pieces: Buffer[] = [];
      stream.on('response', (given) => (headers = given));
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('close', () =>
        resolve({ status: Number(headers[':status']), headers, body: Buffer.concat(pieces), reset: stream.rstCode }),
      );
    }),
  );
}

const ask = (path: string, headers: OutgoingHttpHeaders = {}) => finished(open(path, headers));
const events = async (mount: string) => JSON.parse((await ask(`${mount}/_events`)).body.toString()) as unknown[];
const release = (mount: string, gate: string) => ask(`${mount}/_release/${gate}`);

async function whenEvent(mount: string, expected: unknown) {
  let last: unknown[] = [];
  await until(
    () => `the event ${String(expected)}; there are ${JSON.stringify(last)}`,
    async () => (last = await events(mount)).includes(expected),
  );
}

async function post(path: string, body: Uint8Array, headers: OutgoingHttpHeaders = {}) {
  const stream = open(path, { ':method': 'POST', ...headers });
  stream.end(body);
  return finished(stream);
}

describe('a request', () => {
  it('is told as such', async () => {
    const { body } = await ask('/environ/a%20b?q', { cookie: ['a=1', 'b=2'], 'x-other': 'one' });
    expect(JSON.parse(body.toString())).toMatchObject({
      ...{ SERVER_PROTOCOL: 'HTTP/2.0', PATH_INFO: '/a b', QUERY_STRING: 'q', REQUEST_METHOD: 'GET' },
      ...{ HTTP_HOST: `127.0.0.1:${site.port}`, HTTP_COOKIE: 'a=1; b=2', HTTP_X_OTHER: 'one' },
    });
  });

  it.each(['/bodies', '/streamed'])('may have a body of any size (%s)', async (mount) => {
    for (const size of [0, 1, 16_384, 3_000_000]) {
      const reply = await post(`${mount}/echo`, pattern(0, Math.ceil(size / 4) * 4).subarray(0, size));
      expect(reply).toMatchObject({ status: 200, reset: 0 });
      expect(reply.body.length).toBe(size);
    }
  });

  it('above the limit fails the read', async () => {
    const stream = open('/small/digest', { ':method': 'POST' });
    const answer = finished(stream);
    stream.write('more than ten bytes');
    expect(await answer).toMatchObject({ status: 413 });
  });
});

describe('many streams', () => {
  it('run side by side on one connection', async () => {
    const streams = Array.from({ length: 100 }, (_, n) => ask(`/app/generated?size=${4 * (n + 1) * 1000}`));
    const held = open('/app/chunks');
    const answers = await Promise.all(streams);
    answers.forEach(({ body, reset }, n) => {
      expect(reset).toBe(0);
      expect(body.equals(pattern(0, 4 * (n + 1) * 1000))).toBe(true);
    });
    held.close(constants.NGHTTP2_CANCEL);
  });

  it('each send their chunks at once', async () => {
    const stream = open('/app/chunks');
    let text = '';
    stream.on('data', (piece) => (text += String(piece)));
    for (const n of [1, 2, 3]) {
      await until(`event ${n}`, () => text.endsWith(`data: ${n}\n\n`));
      await release('/app', `after${n}`);
    }
    await until('the end', () => stream.closed);
    expect(stream.rstCode).toBe(0);
  });
});

describe('early hints', () => {
  it('come before the response, which has a head of its own', async () => {
    const stream = open('/app/hinted');
    const hints: Record<string, unknown>[] = [];
    stream.on('headers', (headers) => hints.push({ ...headers }));
    const { status, headers, body } = await finished(stream);
    expect(hints).toHaveLength(1);
    expect(hints[0]).toMatchObject({ ':status': 103, link: '</a>; rel=preload, </b>; rel=preload' });
    expect([status, headers['x-final'], headers['link'], body.toString()]).toEqual([200, 'yes', undefined, 'hinted']);
  });
});

describe('a client that resets a stream', () => {
  it('fires the signal, and the connection goes on', async () => {
    const stream = open('/app/silent');
    await whenEvent('/app', 'called');
    stream.close(constants.NGHTTP2_CANCEL);
    await whenEvent('/app', 'signal');
    await whenEvent('/app', 'finish client_gone');
    expect((await ask('/app/array')).body.toString()).toBe('one two three');
  });

  it('ends an endless response', async () => {
    const stream = open('/app/endless');
    await until('some of it', () => stream.readableLength > 0);
    stream.close(constants.NGHTTP2_CANCEL);
    await whenEvent('/app', 'returned');
    await whenEvent('/app', 'finish client_gone');
  });

  it('fails the read of its body', async () => {
    const stream = open('/streamed/until-gone', { ':method': 'POST' });
    stream.write('first');
    await whenEvent('/streamed', 'first 5');
    stream.destroy(new Error('close() would end the body first'));
    await whenEvent('/streamed', 'TSGI_CLIENT_GONE');
    await whenEvent('/streamed', 'finish client_gone');
    expect(await events('/streamed')).not.toContain('end');
  });

  it('by leaving altogether, ends all of its streams', async () => {
    open('/app/silent');
    open('/app/silent');
    await until('both', async () => (await events('/app')).length === 2);
    session.destroy();
    session = connect(site.server.origin);
    await until('both are gone', async () => (await events('/app')).filter((event) => event === 'signal').length === 2);
  });
});

describe('a failure after the response began', () => {
  it('resets the stream, and the connection goes on', async () => {
    site.expectLog(/TSGI1002/, /TSGI4024/);
    const stream = open('/app/broken');
    const answer = finished(stream);
    await new Promise((resolve) => stream.once('data', resolve));
    await release('/app', 'fail');
    const { status, body, reset } = await answer;
    expect(status).toBe(200);
    expect(body.toString()).toBe('the first half');
    expect(reset).not.toBe(constants.NGHTTP2_NO_ERROR);
    expect((await ask('/app/array')).body.toString()).toBe('one two three');
  });
});

describe('flow control', () => {
  it('holds the application, not the memory of the server', async () => {
    const stream = open('/app/repeated?size=50000000');
    stream.pause();
    let last = -1;
    await until('the application stands still', async () => {
      const now = Number((await ask('/app/produced')).body.toString());
      const stands = now > 0 && now === last;
      last = now;
      return stands;
    });
    expect(last).toBeLessThan(2_000_000);
    let size = 0;
    stream.on('data', (piece: Buffer) => (size += piece.length));
    stream.resume();
    await until('the rest', () => stream.closed);
    expect([size, stream.rstCode]).toEqual([50_000_000, 0]);
  });

  it('holds an upload that nobody reads', async () => {
    const stream = open('/streamed/first', { ':method': 'POST' });
    const answer = finished(stream);
    stream.end(Buffer.alloc(10_000_000));
    await until('the upload stands', () => stream.writableLength > 0);
    await release('/streamed', 'rest');
    expect(await answer).toMatchObject({ status: 200 });
  });
});
