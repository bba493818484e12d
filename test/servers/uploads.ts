/** Uploads on the wire: 100 Continue, early answers, slow clients, clients that leave. */
import { describe, expect, it } from 'vitest';
import { encodeRequest, type Connection, type Incoming, type RequestBytes } from '../support/http1';
import { jsonOf, type AnySite } from '../support/site';
import { until } from '../support/until';

/** What gives up a client that sends no more, and where. */
export interface Impatience {
  what: string;
  mount: string;
  /** Where it is not the site's own. */
  port?: () => number;
  /** Status and reason; none where the server just closes. */
  answer?: string;
}

interface Own {
  /** What the server logs of a body that is declared above its limit. */
  tooLarge: readonly RegExp[];
  impatient: readonly Impatience[];
}

/** `site` has `bodies.mjs` at /buffered, at /streamed, and at /small, which takes ten bytes. */
export function uploadCases(site: AnySite, own: Own): void {
  continueCases(site, own);
  earlyAnswerCases(site);
  slowCases(site, own);
  leavingCases(site);
}

/** Sends a request head that announces a body, and nothing of the body. */
async function announce(site: AnySite, request: RequestBytes, port = site.port): Promise<[Connection, Incoming]> {
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
const somethingElse = (site: AnySite) => site.text('/buffered/unread');

function continueCases(site: AnySite, own: Own): void {
  describe('100 Continue', () => {
    it('comes at once when the body is buffered', async () => {
      const [connection, incoming] = await announce(site, { target: '/buffered/digest', fields: expecting(3) });
      await until('100 Continue', () => incoming.interim.length > 0);
      connection.write('abc');
      const reply = await incoming.whenDone();
      expect(reply.interim.map(({ status }) => status)).toEqual([100]);
      expect(jsonOf(reply)).toMatchObject({ size: 3 });
    });

    it('comes when the application first reads, when the body is streamed', async () => {
      const [connection, incoming] = await announce(site, { target: '/streamed/read-later', fields: expecting(3) });
      await site.whenEvents('/streamed', ['called']);
      await somethingElse(site);
      expect(incoming.interim).toEqual([]);
      await site.release('/streamed', 'read');
      await until('100 Continue', () => incoming.interim.length > 0);
      connection.write('abc');
      const reply = await incoming.whenDone();
      expect(reply.interim.map(({ status }) => status)).toEqual([100]);
      expect(jsonOf(reply)).toBe(3);
    });

    it('does not come when the application does not read', async () => {
      const [connection, incoming] = await announce(site, { target: '/streamed/unread', fields: expecting(3) });
      const reply = await incoming.whenDone();
      expect(reply).toMatchObject({ status: 200, interim: [], complete: true });
      await until('the server closes the connection', () => connection.closed !== 'open');
    });

    it('does not come once the response has begun', async () => {
      const [connection, incoming] = await announce(site, { target: '/streamed/respond-first', fields: expecting(3) });
      expect((await incoming.whenBytes(6)).toString()).toBe('begun\n');
      await site.release('/streamed', 'read');
      await somethingElse(site);
      connection.write('abc'); // a client need not wait
      const reply = await incoming.whenDone();
      expect(reply).toMatchObject({ interim: [], complete: true });
      expect(reply.body.toString()).toBe('begun\n3\n');
    });

    it('does not come for a body above the limit', async () => {
      site.expectLog(...own.tooLarge);
      const [, incoming] = await announce(site, { target: '/small/digest', fields: expecting(11) });
      expect(await incoming.whenDone()).toMatchObject({ status: 413, interim: [] });
    });
  });
}

function earlyAnswerCases(site: AnySite): void {
  describe('an answer before the end of the upload', () => {
    it.each(['/streamed/unread', '/streamed/unread-large'])('reaches the client whole (%s)', async (target) => {
      const connection = await site.connect();
      const body = Buffer.alloc(20_000_000, 'u');
      const reply = await connection.request({ method: 'POST', target, body }).whenDone();
      expect(reply.complete).toBe(true);
      expect(reply.body.length).toBe(target.endsWith('large') ? 3_000_000 : '"not read"'.length);
    });

    it('reaches a client that waits for it before it goes on', async () => {
      const [connection, incoming] = await announce(site, {
        target: '/streamed/unread',
        fields: [['Content-Length', '10']],
      });
      connection.write('half.');
      expect(jsonOf(await incoming.whenDone())).toBe('not read');
      connection.write('half.');
      expect((await connection.request({ target: '/streamed/unread' }).whenDone()).status).toBe(200);
    });
  });
}

function slowCases(site: AnySite, own: Own): void {
  describe('a slow client', () => {
    it('is waited for, byte by byte', async () => {
      for (const mount of ['/buffered', '/streamed']) {
        const [connection, incoming] = await announce(site, {
          target: `${mount}/digest`,
          fields: [['Content-Length', '5']],
        });
        for (const byte of 'slow!') {
          connection.write(byte);
          await somethingElse(site);
        }
        expect(jsonOf(await incoming.whenDone())).toMatchObject({ size: 5 });
      }
    });

    it.each(own.impatient)('that stops is given up by $what at $mount', async ({ mount, port, answer }) => {
      const fields: [string, string][] = [['Content-Length', '5']];
      const [connection, incoming] = await announce(site, { target: `${mount}/digest`, fields }, port?.());
      connection.write('ab');
      await until('the server gives up', () => incoming.state !== 'open');
      expect(incoming.head && `${incoming.head.status} ${incoming.head.reason}`).toBe(answer);
      expect(incoming.state).toBe(answer === undefined ? 'broken' : 'complete');
    });
  });
}

function leavingCases(site: AnySite): void {
  describe('a client that leaves during its upload', () => {
    it.each(['reset', 'close'] as const)('fails the read, fires the signal (%s)', async (how) => {
      const [connection] = await announce(site, {
        target: '/streamed/until-gone',
        fields: [['Content-Length', '1000']],
      });
      connection.write('first');
      await site.whenEvents('/streamed', ['first 5']);
      connection[how]();
      await until('the exchange ends', async () => (await site.events('/streamed')).length >= 4);
      const events = await site.events('/streamed');
      expect(events.slice(0, 1)).toEqual(['first 5']);
      expect(events.slice(1).sort()).toEqual(['TSGI_CLIENT_GONE', 'finish client_gone', 'signal']);
    });

    it('in chunks, does so too', async () => {
      const [connection] = await announce(site, { target: '/streamed/until-gone', chunks: [] });
      connection.write('5\r\nfirst\r\n');
      await site.whenEvents('/streamed', ['first 5']);
      connection.socket.end(); // half a connection is none
      await until('the exchange ends', async () => (await site.events('/streamed')).includes('finish client_gone'));
      expect(await site.events('/streamed')).not.toContain('end');
    });

    it('while it is buffered, never reaches the application', async () => {
      const [connection] = await announce(site, {
        target: '/buffered/until-gone',
        fields: [['Content-Length', '1000']],
      });
      connection.write('first');
      await somethingElse(site);
      connection.reset();
      await somethingElse(site);
      expect(await site.events('/buffered')).toEqual([]);
    });

    it('while the application does not read, is noticed', async () => {
      const [connection] = await announce(site, {
        target: '/streamed/unread-later',
        fields: [['Content-Length', '1000']],
      });
      await site.whenEvents('/streamed', ['called']);
      connection.reset();
      await site.release('/streamed', 'answer');
    });
  });
}
