/** Uploads on the wire: 100 Continue, early answers, slow clients, clients that leave. */
import { describe, expect, it } from 'vitest';
import { encodeRequest, type Connection, type Incoming, type RequestBytes } from '../support/http1';
import { freePort } from '../../scripts/lib/port.mjs';
import { until } from '../support/until';
import { app, jsonOf, useApache } from './apache';

const alias = (prefix: string, directives = '') => `
  TSGIScriptAlias ${prefix} ${app('bodies.mjs')}
  <Location ${prefix}>
    ${directives}
  </Location>`;

let impatientPort = 0;
let limitedPort = 0;

const site = useApache(async () => {
  [impatientPort, limitedPort] = [await freePort(), await freePort()];
  const host = (port: number, directives: string) => `
    Listen 127.0.0.1:${port}
    <VirtualHost 127.0.0.1:${port}>
      ${directives}
      ${alias('/buffered', 'TSGIRequestBuffering on')}
      ${alias('/streamed')}
    </VirtualHost>`;
  return {
    modules: ['reqtimeout'],
    conf: {
      main: `
        RequestReadTimeout header=0 body=0
        ${host(impatientPort, 'Timeout 1')}
        ${host(limitedPort, 'RequestReadTimeout header=0 body=1')}`,
      server: `
        ${alias('/buffered', 'TSGIRequestBuffering on')}
        ${alias('/streamed')}
        ${alias('/small', 'LimitRequestBody 10')}`,
    },
  };
});

/** Sends a request head that announces a body, and nothing of the body. */
async function announce(request: RequestBytes, port = site.port): Promise<[Connection, Incoming]> {
  const connection = await site.connect(port);
  const incoming = connection.expect('POST');
  connection.write(encodeRequest({ ...site.marked({ method: 'POST', ...request }), headOnly: true }));
  return [connection, incoming];
}

const expecting = (length: number): [string, string][] => [
  ['Content-Length', String(length)],
  ['Expect', '100-continue'],
];

/** Some other request has gone all the way: what was to happen before it has happened. */
const somethingElse = () => site.text('/buffered/unread');

describe('100 Continue', () => {
  it('comes at once when the body is buffered', async () => {
    const [connection, incoming] = await announce({ target: '/buffered/digest', fields: expecting(3) });
    await until('100 Continue', () => incoming.interim.length > 0);
    connection.write('abc');
    const reply = await incoming.whenDone();
    expect(reply.interim.map(({ status }) => status)).toEqual([100]);
    expect(jsonOf(reply)).toMatchObject({ size: 3 });
  });

  it('comes when the application first reads, when the body is streamed', async () => {
    const [connection, incoming] = await announce({ target: '/streamed/read-later', fields: expecting(3) });
    await site.whenEvents('/streamed', ['called']);
    await somethingElse();
    expect(incoming.interim).toEqual([]);
    await site.release('/streamed', 'read');
    await until('100 Continue', () => incoming.interim.length > 0);
    connection.write('abc');
    const reply = await incoming.whenDone();
    expect(reply.interim.map(({ status }) => status)).toEqual([100]);
    expect(jsonOf(reply)).toBe(3);
  });

  it('does not come when the application does not read', async () => {
    const [connection, incoming] = await announce({ target: '/streamed/unread', fields: expecting(3) });
    const reply = await incoming.whenDone();
    expect(reply).toMatchObject({ status: 200, interim: [], complete: true });
    await until('httpd closes the connection', () => connection.closed !== 'open');
  });

  it('does not come once the response has begun', async () => {
    const [connection, incoming] = await announce({ target: '/streamed/respond-first', fields: expecting(3) });
    expect((await incoming.whenBytes(6)).toString()).toBe('begun\n');
    await site.release('/streamed', 'read');
    await somethingElse();
    connection.write('abc'); // a client need not wait
    const reply = await incoming.whenDone();
    expect(reply).toMatchObject({ interim: [], complete: true });
    expect(reply.body.toString()).toBe('begun\n3\n');
  });

  it('does not come for a body above the limit', async () => {
    const [, incoming] = await announce({ target: '/small/digest', fields: expecting(11) });
    expect(await incoming.whenDone()).toMatchObject({ status: 413, interim: [] });
  });
});

describe('an answer before the end of the upload', () => {
  it.each(['/streamed/unread', '/streamed/unread-large'])('reaches the client whole (%s)', async (target) => {
    const connection = await site.connect();
    const body = Buffer.alloc(20_000_000, 'u');
    const reply = await connection.request({ method: 'POST', target, body }).whenDone();
    expect(reply.complete).toBe(true);
    expect(reply.body.length).toBe(target.endsWith('large') ? 3_000_000 : '"not read"'.length);
  });

  it('reaches a client that waits for it before it goes on', async () => {
    const [connection, incoming] = await announce({ target: '/streamed/unread', fields: [['Content-Length', '10']] });
    connection.write('half.');
    expect(jsonOf(await incoming.whenDone())).toBe('not read');
    connection.write('half.');
    expect((await connection.request({ target: '/streamed/unread' }).whenDone()).status).toBe(200);
  });
});

describe('a slow client', () => {
  it('is waited for, byte by byte', async () => {
    for (const mount of ['/buffered', '/streamed']) {
      const [connection, incoming] = await announce({
        target: `${mount}/digest`,
        fields: [['Content-Length', '5']],
      });
      for (const byte of 'slow!') {
        connection.write(byte);
        await somethingElse();
      }
      expect(jsonOf(await incoming.whenDone())).toMatchObject({ size: 5 });
    }
  });

  describe.each(['its timeout', 'mod_reqtimeout'])('that stops is given up by %s', (what) => {
    it.each(['/streamed', '/buffered'])('at %s', async (mount) => {
      const port = what === 'its timeout' ? impatientPort : limitedPort;
      const [connection, incoming] = await announce(
        { target: `${mount}/digest`, fields: [['Content-Length', '5']] },
        port,
      );
      connection.write('ab');
      const reply = await incoming.whenDone();
      expect(reply).toMatchObject({ status: 408, complete: true });
      expect(reply.reason).toBe(mount === '/streamed' ? 'TSGI_CLIENT_GONE' : 'Request Timeout');
    });
  });
});

describe('a client that leaves during its upload', () => {
  it.each(['reset', 'close'] as const)('fails the read, fires the signal (%s)', async (how) => {
    const [connection] = await announce({ target: '/streamed/until-gone', fields: [['Content-Length', '1000']] });
    connection.write('first');
    await site.whenEvents('/streamed', ['first 5']);
    connection[how]();
    await until('the exchange ends', async () => (await site.events('/streamed')).length >= 4);
    const events = await site.events('/streamed');
    expect(events.slice(0, 1)).toEqual(['first 5']);
    expect(events.slice(1).sort()).toEqual(['TSGI_CLIENT_GONE', 'finish client_gone', 'signal']);
  });

  it('in chunks, does so too', async () => {
    const [connection] = await announce({ target: '/streamed/until-gone', chunks: [] });
    connection.write('5\r\nfirst\r\n');
    await site.whenEvents('/streamed', ['first 5']);
    connection.socket.end(); // half a connection is none
    await until('the exchange ends', async () => (await site.events('/streamed')).includes('finish client_gone'));
    expect(await site.events('/streamed')).not.toContain('end');
  });

  it('while it is buffered, never reaches the application', async () => {
    const [connection] = await announce({ target: '/buffered/until-gone', fields: [['Content-Length', '1000']] });
    connection.write('first');
    await somethingElse();
    connection.reset();
    await somethingElse();
    expect(await site.events('/buffered')).toEqual([]);
  });

  it('while the application does not read, is noticed', async () => {
    const [connection] = await announce({ target: '/streamed/unread-later', fields: [['Content-Length', '1000']] });
    await site.whenEvents('/streamed', ['called']);
    connection.reset();
    await site.release('/streamed', 'answer');
  });
});
