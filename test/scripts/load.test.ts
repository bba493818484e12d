/** The clients of a load see whatever is wrong with an answer. */
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Clients, type Kind } from '../../scripts/lib/load/clients.mjs';
import { Histogram } from '../../scripts/lib/load/histogram.mjs';

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  sockets.forEach((socket) => socket.destroy());
  server?.close();
});

/** A server whose answers are these pieces, each written in a turn of its own; what else it does is done then. */
async function answering(pieces: readonly string[], then: (socket: Socket, asked: number) => void = () => {}) {
  server = createServer((socket) => {
    sockets.add(socket);
    let asked = 0;
    socket.setNoDelay(true).on('error', () => {});
    socket.on('data', async () => {
      const count = ++asked;
      for (const piece of pieces) {
        socket.write(piece, 'latin1');
        await new Promise(setImmediate);
      }
      then(socket, count);
    });
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return (listening.address() as AddressInfo).port;
}

const hello: Kind = {
  ...{ name: 'hello', weight: 1, bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n') },
  expected: { statuses: [200], body: Buffer.from('hello') },
};

async function load(port: number, more: Partial<Kind> = {}, restarting = false) {
  const job = { port, connections: 1, requests: 3, kinds: [{ ...hello, ...more }], seed: 1, restarting };
  const { requests, kinds, failures } = await new Clients(job).run();
  return {
    requests,
    failed: failures.map(({ problem, count }) => `${count} ${problem}`),
    retried: kinds['hello']?.retried,
  };
}

const length = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('a load', () => {
  it.each([
    ['with a length', [`${length}hello`]],
    ['in pieces', [...`${length}hello`]],
    ['in chunks', [`${chunked}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`]],
    ['in chunks in pieces', [...`${chunked}2\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\n`]],
  ])('is content with a whole answer %s', async (_title, pieces) => {
    expect(await load(await answering(pieces))).toEqual({ requests: 3, failed: [], retried: 0 });
  });

  it.each<[string, string[], string]>([
    ['another status', ['HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'], '3 status 503'],
    ['another body', [`${length}hullo`], '3 a wrong body from byte 0 on'],
    ['too short a body', [length.replace('5', '4'), 'hell'], '3 a body of 4 bytes, not 5'],
    ['too long a body', [length.replace('5', '6'), 'hello!'], '3 a wrong body from byte 0 on'],
    ['an end that is no chunk', [`${chunked}5\r\nhello\r\nend\r\n`], '3 not a chunk size: end'],
    ['no head at all', ['hello\r\n\r\n'], '3 not a status line: hello'],
  ])('finds %s', async (_title, pieces, problem) => {
    expect((await load(await answering(pieces))).failed[0]).toContain(problem);
  });

  it.each([
    ['a length', `${length}hel`],
    ['chunks', `${chunked}5\r\nhello\r\n`],
  ])('finds an answer with %s that ends before its time', async (_title, text) => {
    expect((await load(await answering([text], (socket) => socket.end()))).failed).toEqual(['3 closed']);
  });

  it('asks again only while the server restarts, and only where it had closed before', async () => {
    const closesBefore = (socket: Socket, asked: number) => asked === 1 && socket.end();
    const port = await answering([`${length}hello`], closesBefore);
    expect((await load(port, {}, true)).failed).toEqual([]);
    const never = await answering([], (socket) => socket.end());
    expect((await load(never, {}, true)).failed).toEqual(['3 closed']);
  });

  it('leaves where it is told to', async () => {
    const port = await answering([chunked, '5\r\nhello\r\n']);
    expect(await load(port, { leaveAfter: 3 })).toEqual({ requests: 3, failed: [], retried: 0 });
    expect((await load(port, { leaveAfter: 0 })).failed).toEqual([]);
  });
});

describe('a histogram', () => {
  it('knows latencies to about three percent', () => {
    const histogram = new Histogram();
    for (let n = 1; n <= 1000; n++) {
      histogram.add(n / 10);
    }
    for (const share of [0.5, 0.9, 0.99]) {
      expect(histogram.percentile(share) / (100 * share)).toBeCloseTo(1, 1);
    }
    expect(histogram.max).toBe(100);
    expect(new Histogram().percentile(0.5)).toBeNaN();
  });
});
