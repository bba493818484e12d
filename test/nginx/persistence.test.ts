/** Connections of HTTP/1: kept, pipelined, closed. */
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../support/http1';
import { valuesOf } from '../support/reply';
import { until } from '../support/until';
import { pattern } from '../servers/apps/responses.mjs';
import { app, useNginx } from './nginx';

const site = useNginx(() => ({
  conf: {
    server: `
      location /app { tsgi_pass ${app('responses.mjs')}; }
      location /streamed { tsgi_request_buffering off; tsgi_pass ${app('bodies.mjs')}; }
      location /buffered { tsgi_pass ${app('bodies.mjs')}; }
      location /static { return 200 static; }`,
  },
}));

describe('HTTP/1.1', () => {
  it('keeps a connection for many requests, with and without bodies', async () => {
    const connection = await site.connect();
    for (let round = 0; round < 20; round++) {
      expect((await connection.request({ target: '/app/array' }).whenDone()).body.toString()).toBe('one two three');
      const echo = { method: 'POST', target: '/streamed/echo', chunks: [`round ${round}`, '!'] };
      expect((await connection.request(echo).whenDone()).body.toString()).toBe(`round ${round}!`);
      expect((await connection.request({ target: '/static' }).whenDone()).body.toString()).toBe('static');
    }
    expect(connection.closed).toBe('open');
    expect(connection.stray.length).toBe(0);
  });

  it('answers pipelined requests in their order', async () => {
    const connection = await site.connect();
    const requests = [
      { target: '/app/array' },
      { target: '/app/generated?size=100000' },
      { method: 'POST', target: '/buffered/echo', body: 'a body' },
      { method: 'POST', target: '/streamed/echo', chunks: ['another ', 'body'] },
      { method: 'POST', target: '/streamed/unread', body: 'x'.repeat(3000) },
      { method: 'HEAD', target: '/app/array' },
      { target: '/app/empty' },
      { target: '/static' },
    ];
    const all = requests.map(({ method = 'GET' }) => connection.expect(method));
    connection.write(Buffer.concat(requests.map((request) => encodeRequest(request))));
    const bodies = (await Promise.all(all.map((incoming) => incoming.whenDone()))).map(({ body }) => body);
    expect(bodies[1]?.equals(pattern(0, 100_000))).toBe(true);
    expect(bodies.filter((_body, index) => index !== 1).map(String)).toEqual([
      ...['one two three', 'a body', 'another body', '"not read"', '', '', 'static'],
    ]);
    expect(connection.closed).toBe('open');
  });

  it('closes when the client asks for it', async () => {
    const connection = await site.connect();
    const reply = await connection.request({ target: '/app/array', fields: [['Connection', 'close']] }).whenDone();
    expect(valuesOf(reply, 'Connection')).toEqual(['close']);
    await until('nginx closes the connection', () => connection.closed === 'end');
  });

  it("closes after nginx's own page for a failure, and goes on after the application's", async () => {
    site.expectLog(/TSGI1001/);
    const connection = await site.connect();
    expect((await connection.request({ target: '/app/status?line=500%20Oops' }).whenDone()).status).toBe(500);
    expect((await connection.request({ target: '/app/array' }).whenDone()).status).toBe(200);
    const reply = await connection.request({ target: '/app/fails' }).whenDone();
    expect(reply).toMatchObject({ status: 500, complete: true });
    expect(valuesOf(reply, 'Connection')).toEqual(['close']);
  });
});

describe('HTTP/1.0', () => {
  it('gets no chunks, and an end by the connection', async () => {
    const connection = await site.connect();
    const reply = await connection.request({ target: '/app/generated?size=100000', protocol: 'HTTP/1.0' }).whenDone();
    expect(reply).toMatchObject({ complete: true, length: undefined });
    expect(valuesOf(reply, 'Transfer-Encoding')).toEqual([]);
    expect(reply.body.equals(pattern(0, 100_000))).toBe(true);
    expect(connection.closed).toBe('end');
  });

  it('may keep a connection when lengths are known', async () => {
    const connection = await site.connect();
    const request = { target: '/app/array', protocol: 'HTTP/1.0', fields: [['Connection', 'keep-alive']] } as const;
    for (let round = 0; round < 3; round++) {
      const reply = await connection.request(request).whenDone();
      expect(reply).toMatchObject({ length: 13, complete: true });
      expect(valuesOf(reply, 'Connection')).toEqual(['keep-alive']);
    }
    const last = await connection.request({ ...request, target: '/app/generated?size=12' }).whenDone();
    expect(valuesOf(last, 'Connection')).toEqual(['close']);
    expect(last.body.equals(pattern(0, 12))).toBe(true);
  });

  it('may come without a Host', async () => {
    const connection = await site.connect();
    const incoming = connection.expect();
    connection.write('GET /app/array HTTP/1.0\r\n\r\n');
    expect((await incoming.whenDone()).body.toString()).toBe('one two three');
  });
});

describe('HTTP/0.9', () => {
  it('gets the body alone', async () => {
    const connection = await site.connect();
    let text = '';
    connection.socket.removeAllListeners('data').on('data', (piece) => (text += String(piece)));
    connection.write('GET /app/array\r\n');
    await until('nginx closes the connection', () => connection.closed === 'end');
    expect(text).toBe('one two three');
  });
});
