/**
 * Every way a response may end before its time, at each point of it, over each protocol: the client has either a complete
 * response or one that it can see to be broken. What is right for a case is not written down with it but follows from
 * what had been sent when it ended.
 *
 * The cases of one way to end are under way at the same time, each held at its point, so that one death ends them all.
 */
import { mkdirSync, chmodSync, existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AnySite, TestServer } from '../support/site';
import { until } from '../support/until';
import { FIRST, SECRET, WHOLE } from './apps/endings.mjs';
import { ask, whenDone, type Client, type Protocol } from './endings-client';

/** A server with `endings.mjs` at each of the mounts. */
interface Target {
  server: TestServer;
  /** Where it speaks HTTP/2. */
  http2Port: number;
  /** Has it finish what is live and leave. */
  leave: NodeJS.Signals;
}

interface Own {
  target: () => Target;
  /** One more server, which may end. */
  startMortal: () => Promise<Target>;
  /** What it says of a file that has become shorter, and may say besides. */
  truncated: readonly RegExp[];
  /** Its tag of a response that does not begin in time. */
  late: RegExp;
}

/** Where an application is when it ends. */
const points = ['called', 'informed', 'reading', 'started', 'flushed', 'between', 'sent'] as const;

type Point = (typeof points)[number];

const ways = ['throws', 'rejects', 'destroys', 'exit', 'loop', 'heap', 'timeout', 'reload', 'stop', 'kill'] as const;

type Way = (typeof ways)[number];

interface Case {
  way: Way;
  point: Point;
  protocol: Protocol;
  method: 'GET' | 'HEAD' | 'POST';
  /** It declares the length of its body. */
  length: boolean;
}

const nameOf = ({ point, protocol, method, length }: Case) =>
  `${point}, HTTP/${protocol}, ${method}${length ? ', with a length' : ''}`;

/** Milliseconds and megabytes of the mounts. */
export const LIMITS = { stall: 1500, memory: 96, timeout: 4000 };

/** `site` has `endings.mjs` at each, in a group of its own, with request bodies streamed. */
export const mounts = ['/alive', '/exit', '/loop', '/heap', '/timeout'] as const;

const mountOf = (way: Way) => mounts.find((mount) => mount === `/${way}`) ?? '/alive';

/** Not what there is no such way in, nor what no server can help. */
function makesSense(one: Case): boolean {
  const { way, point, protocol, method, length } = one;
  if ((point === 'reading') !== (method === 'POST')) {
    return false;
  }
  if (protocol === '1.0' && !length && sentIn(one) === 'some') {
    // The kernel closes for a process that was killed, in order. And libuv, here in the client, takes a reset that comes
    // together with data for an end.
    return way !== 'kill' && way !== 'throws';
  }
  return !(
    (way === 'destroys' && ['called', 'informed', 'reading'].includes(point)) || // there is no body yet
    (way === 'timeout' && point === 'reading') // then it is the client who is waited for
  );
}

function casesOf(way: Way): Case[] {
  return points
    .flatMap((point) => (['1.0', '1.1', '2'] as const).map((protocol) => ({ point, protocol })))
    .flatMap((all) => (['GET', 'HEAD', 'POST'] as const).map((method) => ({ ...all, method })))
    .flatMap((all) => [false, true].map((length): Case => ({ way, ...all, length })))
    .filter(makesSense);
}

/** What the client had been sent of the response when it ended. */
function sentIn({ point, method, length }: Case): 'nothing' | 'some' | 'all' {
  if (point === 'flushed' || point === 'between' || point === 'sent') {
    return method === 'HEAD' || (point === 'sent' && length) ? 'all' : 'some';
  }
  return 'nothing';
}

/** The rule. */
function expectedOf(one: Case): string {
  const sent = sentIn(one);
  const goesOn = one.way === 'reload' || one.way === 'stop' || (one.way === 'timeout' && sent === 'some');
  if (sent === 'all' || goesOn) {
    return 'whole';
  }
  if (sent === 'some' || one.way === 'kill') {
    return 'broken';
  }
  return one.way === 'timeout' ? 'page 504' : 'page 500';
}

function outcomeOf({ method }: Case, { status, body, complete }: Client): string {
  const text = body.toString();
  if (text.includes(SECRET)) {
    return `the secret, in ${text}`;
  }
  if (!complete) {
    return WHOLE.startsWith(text) && [0, 200].includes(status) ? 'broken' : `broken ${status} with ${text}`;
  }
  const whole = method === 'HEAD' ? '' : WHOLE;
  if (status === 200 && text === whole) {
    return 'whole';
  }
  const page = method === 'HEAD' ? text === '' : text.includes(String(status));
  return status >= 500 && page ? `page ${status}` : `complete ${status} with ${text}`;
}

/** A case under way. */
interface Running {
  one: Case;
  client: Client;
  /** Made when the application has come to its point. */
  sign: string;
}

export function endingCases(site: AnySite, own: Own): void {
  describe('a response is complete or visibly broken when it ends by', () => {
    it.each(ways.filter((way) => way !== 'kill' && way !== 'stop'))('%s', { timeout: 90_000 }, async (way) => {
      site.allowLog(/TSGI100[128] /, /TSGI1031 /, /TSGI310[345] /, site.brokenOff, own.late);
      if (way === 'reload') {
        site.allowNewWorkers();
      }
      await endAll(own.target(), way, openFolder(site, way));
    });

    it.each(['stop', 'kill'] as const)('%s', { timeout: 90_000 }, async (way) => {
      const target = await own.startMortal();
      try {
        await endAll(target, way, openFolder(site, way));
      } finally {
        expect(await target.server.stop(), 'exit code').toBe(0);
      }
    });
  });

  fileCases(site, own);
}

/** All cases of one way to end, under way at the same time. */
async function endAll(target: Target, way: Way, folder: string): Promise<void> {
  await until('the application', async () => (await statusOf(target, mountOf(way))) === 200);
  const begun = casesOf(way).map((one, index) => begin(target, one, join(folder, String(index))));
  const all = await Promise.all(begun);
  try {
    for (const running of all) {
      await until(
        () => `${nameOf(running.one)} to be where it ends`,
        () => isThere(running),
        { within: 30_000 },
      );
    }
    await end(target, way, all, join(folder, 'go'));
    await Promise.all(all.map(({ client }) => whenDone(client)));
  } finally {
    all.forEach(({ client }) => client.leave());
  }
  const table = (tell: (running: Running) => string) =>
    Object.fromEntries(all.map((running) => [nameOf(running.one), tell(running)]));
  expect(table(({ one, client }) => outcomeOf(one, client))).toEqual(table(({ one }) => expectedOf(one)));
}

async function statusOf(target: Target, path: string): Promise<number> {
  const client = await ask({ protocol: '1.1', port: target.server.port, method: 'GET', target: path });
  await whenDone(client);
  client.leave();
  return client.status;
}

function fileCases(site: AnySite, own: Own): void {
  describe('a file that becomes shorter while it is sent', () => {
    it.each(['1.0', '1.1', '2'] as const)('over HTTP/%s', async (protocol) => {
      site.expectLog(...own.truncated);
      const file = join(openFolder(site, `file-${protocol}`), 'file');
      writeFileSync(file, '');
      truncateSync(file, 64 << 20);
      const target = `/alive?file=${file}`;
      const port = portOf(own.target(), protocol);
      const client = await ask({ protocol, port, method: 'GET', target });
      await until('the response to begin', () => client.size > 0);
      client.pause();
      truncateSync(file, 1 << 20);
      client.resume();
      await whenDone(client);
      expect(client).toMatchObject({ status: 200, complete: false });
      client.leave();
    });
  });
}

/** Where applications may write, whoever their server's user is. */
function openFolder(site: AnySite, name: string): string {
  const folder = join(site.folder, `ends-${name}`);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  return folder;
}

const portOf = ({ server, http2Port }: Target, protocol: Protocol) => (protocol === '2' ? http2Port : server.port);

async function begin(server: Target, one: Case, path: string): Promise<Running> {
  const { way, point, protocol, method, length } = one;
  const sign = `${path}.there`;
  const query = new URLSearchParams({ where: point, how: way, sign, go: join(path, '../go') });
  const target = `${mountOf(way)}?${query.toString()}${length ? '&length' : ''}`;
  return { one, sign, client: await ask({ protocol, port: portOf(server, protocol), method, target }) };
}

/** The application is at its point, and the client has what was sent before it; or it is over already. */
function isThere({ one, sign, client }: Running): boolean {
  const sent = { between: FIRST.length, sent: WHOLE.length }[one.point as string] ?? 0;
  const arrived = client.status > 0 && client.size >= (one.method === 'HEAD' ? 0 : sent);
  return client.done || ((arrived || sentIn(one) === 'nothing') && existsSync(sign));
}

async function end(target: Target, way: Way, all: Running[], go: string): Promise<void> {
  switch (way) {
    case 'exit':
    case 'loop':
    case 'heap':
      expect(await statusOf(target, `/${way}/${way}`)).toBe(500);
      return;
    case 'kill':
      process.kill(target.server.workerPids()[0] ?? 0, 'SIGKILL');
      return;
    case 'reload':
      await target.server.reload();
      sendRest(all);
      break;
    case 'stop':
      process.kill(target.server.masterPid, target.leave);
      await until('no worker to take requests', () => target.server.workerPids().length === 0, { within: 30_000 });
      sendRest(all);
      break;
    case 'timeout':
      await Promise.all(all.filter(({ one }) => sentIn(one) === 'nothing').map(({ client }) => whenDone(client)));
      break;
    default:
  }
  writeFileSync(go, '');
}

const sendRest = (all: Running[]) =>
  all.filter(({ one }) => one.method === 'POST').forEach(({ client }) => client.sendRest());
