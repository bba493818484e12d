/** Where one request ends and the next begins: what two parties could disagree about, the server refuses or closes behind. */
import { describe, expect, it } from 'vitest';
import { encodeRequest, type Connection, type Incoming } from '../support/http1';
import type { Reply } from '../support/reply';
import { jsonOf, type AnySite } from '../support/site';
import { until } from '../support/until';
import { ALL, HIDDEN, chunks, codings, heads, lengths, type Framing } from './framings';

interface Own {
  /** What the server logs of requests that it refuses, and of bodies that do not come whole. */
  logs: readonly RegExp[];
}

const mounts = ['/streamed', '/buffered'];

/** `site` has `frames.mjs` at /streamed, where bodies are not buffered, and at /buffered. */
export function smugglingCases(site: AnySite, own: Own): void {
  describe.each(mounts)('a request whose end is doubtful, at %s', (mount) => {
    for (const framing of [...codings, ...lengths, ...chunks, ...heads]) {
      it(framing.title, () => meetFate(site, own, mount, framing));
    }
  });
  methodCases(site);
  unreadCases(site);
  laterCases(site, own);
}

const hiddenAt = (site: AnySite, mount: string) => encodeRequest(site.marked(`${mount}/hidden`)).toString('latin1');

/** The request as bytes, with whatever is odd about it. */
function bytesOf(site: AnySite, mount: string, { head, rest }: Framing): Buffer {
  const behind = rest.replaceAll(HIDDEN, hiddenAt(site, mount));
  const [, trial] = site.marked('').fields?.at(-1) ?? [];
  const lines = `POST ${mount}/frame HTTP/1.1\r\nHost: localhost\r\nX-Trial: ${trial}\r\n${head}`;
  return Buffer.from(`${lines.replaceAll(ALL, String(behind.length))}\r\n${behind}`, 'latin1');
}

async function meetFate(site: AnySite, own: Own, mount: string, framing: Framing): Promise<void> {
  site.allowLog(...own.logs);
  const connection = await site.connect();
  const first = connection.expect('POST');
  connection.write(bytesOf(site, mount, framing));
  const reply = await first.whenDone();
  const { body, refused } = framing.fate;
  if (reply.status === 200 && body !== undefined) {
    expectFramed(reply, body);
    await checkNext(site, mount, connection);
  } else {
    expect([reply.status >= 400, refused], `status ${reply.status}`).toEqual([true, true]);
    await until('the connection is closed', () => connection.closed !== 'open');
  }
  await checkNothingElse(site, mount, connection);
}

/** The application is told of a length or of a coding that has no end known yet, not of both. */
function expectFramed(reply: Reply, body: string): void {
  const told = jsonOf(reply) as { body: string; length?: string; coding?: string };
  expect(told.body).toBe(body);
  expect([String(body.length), undefined]).toContain(told.length);
  expect(told.length !== undefined && told.coding !== undefined, 'told of two ends').toBe(false);
}

/** The next request is answered as such, or the connection has come to its end and nothing is. */
async function checkNext(site: AnySite, mount: string, connection: Connection, next?: Incoming): Promise<void> {
  const incoming = next ?? connection.request(site.marked(`${mount}/next`));
  const { status, body } = await incoming.whenDone();
  expect([200, 0]).toContain(status);
  expect(status === 200 ? body.toString() : '"next"').toBe('"next"');
}

async function checkNothingElse(site: AnySite, mount: string, connection: Connection): Promise<void> {
  expect(connection.stray.toString()).toBe('');
  expect(await site.events(mount)).not.toContain('hidden');
}

function methodCases(site: AnySite): void {
  describe.each(mounts)('a body at %s', (mount) => {
    it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('of %s is its body, not a request', async (method) => {
      for (const framing of ['body', 'chunks'] as const) {
        const hidden = hiddenAt(site, mount);
        const how = framing === 'body' ? { body: hidden } : { chunks: [hidden] };
        const connection = await site.connect();
        const first = connection.expect(method);
        connection.write(encodeRequest(site.marked({ method, target: `${mount}/frame`, ...how })));
        const reply = await first.whenDone();
        expect(reply).toMatchObject({ status: 200, complete: true });
        if (method !== 'HEAD') {
          expectFramed(reply, hidden);
          expect(jsonOf(reply)).toMatchObject({ method });
        }
        await checkNext(site, mount, connection);
        await checkNothingElse(site, mount, connection);
      }
    });
  });
}

/** Ways in which an exchange ends before its body was read, with the status, and what is logged. */
const earlyEnds = [
  ['unread', 200, []],
  ['fails', 500, [/TSGI1001 /]],
  ['breaks', 200, [/TSGI1002 /]],
  ['no-such-scene', 404, []],
] as const;

/** The body comes behind the end of the exchange, all of it requests. */
function unreadCases(site: AnySite): void {
  describe.each(earlyEnds)('a body behind the end of an exchange (%s)', (scene, status, logs) => {
    it.each(['with a length', 'in chunks'])('is no request (%s)', async (framing) => {
      site.expectLog(...logs);
      site.allowLog(site.brokenOff);
      const mount = '/streamed';
      const hidden = Buffer.from(hiddenAt(site, mount).repeat(20), 'latin1');
      const connection = await site.connect();
      const first = connection.expect('POST');
      const how = framing === 'in chunks' ? { chunks: [hidden] } : { body: hidden };
      const whole = encodeRequest(site.marked({ method: 'POST', target: `${mount}/${scene}`, ...how }));
      const head = whole.indexOf('\r\n\r\n') + 4;
      connection.write(whole.subarray(0, head));
      expect((await first.whenDone()).status).toBe(status);
      const next = connection.expect();
      connection.write(Buffer.concat([whole.subarray(head), encodeRequest(site.marked(`${mount}/next`))]));
      await checkNext(site, mount, connection, next);
      await checkNothingElse(site, mount, connection);
    });
  });
}

/** A client that was not told to go on may leave the body out: whether it did, nobody knows. */
function laterCases(site: AnySite, own: Own): void {
  describe('a body that waits to be asked for', () => {
    it('and was not, leaves no doubt about the next request', async () => {
      const mount = '/streamed';
      for (const behind of [hiddenAt(site, mount), `abcd${hiddenAt(site, mount)}`]) {
        site.allowLog(...own.logs);
        const connection = await site.connect();
        const first = connection.expect('POST');
        const fields: [string, string][] = [
          ['Expect', '100-continue'],
          ['Content-Length', '4'],
        ];
        const request = site.marked({ method: 'POST', target: `${mount}/unread`, fields, headOnly: true });
        connection.write(encodeRequest(request));
        const reply = await first.whenDone();
        expect(reply).toMatchObject({ status: 200, interim: [] });
        connection.write(behind);
        await until('the connection is closed', () => connection.closed !== 'open');
        await checkNothingElse(site, mount, connection);
      }
    });
  });
}
