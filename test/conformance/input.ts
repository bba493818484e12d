import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Reply } from '../support/reply';
import { seeded } from '../support/seeded';
import type { Case, Section } from './case';

const json = (reply: Reply): unknown => {
  expect(reply.status, reply.body.toString()).toBe(200);
  return JSON.parse(reply.body.toString());
};

function answers(rule: string, request: NonNullable<Case['request']>, wanted: unknown, more: Partial<Case> = {}): Case {
  return {
    rule,
    request: { method: 'POST', ...request },
    expect: (reply) => {
      expect(json(reply)).toEqual(wanted);
    },
    ...more,
  };
}

function noise(size: number): Buffer {
  const random = seeded(size);
  return Buffer.from(Uint8Array.from({ length: size }, () => Math.floor(random() * 256)));
}

const BUSY = { name: 'TsgiError', code: 'TSGI_INPUT_BUSY' };
const GONE = { name: 'TsgiError', code: 'TSGI_CLIENT_GONE' };
const EXPIRED = { name: 'TsgiError', code: 'TSGI_EXPIRED' };
const LARGE = { name: 'TsgiError', code: 'TSGI_BODY_TOO_LARGE', status: 413 };

const everyByte = Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index));
const large = noise(3_000_000);
const sha256 = createHash('sha256').update(large).digest('hex');

const reading: Case[] = [
  answers('read() resolves with all that is left', { path: '/all', body: 'hello body' }, { bytes: true, text: 'hello body' }),
  answers('a body is bytes, all 256 of them', { path: '/all', body: everyByte }, { bytes: true, text: everyByte.toString('latin1') }),
  answers('read() of an absent body resolves with zero bytes', { path: '/all', method: 'GET' }, { bytes: true, text: '' }),
  answers('read() of a declared empty body resolves with zero bytes', { path: '/all', body: '' }, { bytes: true, text: '' }),
  answers('read(size) gives at most size bytes; zero bytes mean the end, again and again', { path: '/sized', body: 'abcdefghij' }, { tooLong: false, text: 'abcdefghij', again: [0, 0] }),
  answers('a chunked request body is accepted', { path: '/chunks', chunks: ['one', ' two', ' three'] }, { text: 'one two three', empty: 0, odd: 0 }),
  answers('a chunked request body may be empty', { path: '/chunks', chunks: [] }, { text: '', empty: 0, odd: 0 }),
  answers('the asynchronous iterator yields non-empty chunks', { path: '/chunks', body: 'line 1\nline 2' }, { text: 'line 1\nline 2', empty: 0, odd: 0 }),
  answers('a body larger than every buffer arrives whole', { path: '/digest', body: large }, { size: large.length, sha256 }),
  answers('a large chunked body arrives whole', { path: '/digest', chunks: [large.subarray(0, 1), large.subarray(1, 70_000), large.subarray(70_000)] }, { size: large.length, sha256 }),
  answers('a large body arrives whole while it is streamed', { path: '/digest', body: large }, { size: large.length, sha256 }, { mount: { streamed: true } }),
  answers('a large body of unknown length arrives whole while it is streamed', { path: '/digest', chunks: [large.subarray(0, 500_000), large.subarray(500_000)] }, { size: large.length, sha256 }, { mount: { streamed: true } }),
  answers('readLine() gives a line with its end, zero bytes at the end', { path: '/line', body: 'one\n\ntwo\r\nlast' }, ['one\n', '\n', 'two\r\n', 'last', 0]),
  answers('readLine() joins what arrives in pieces', { path: '/line', chunks: ['on', 'e\ntw', 'o', '\n'] }, ['one\n', 'two\n', 0]),
  answers('readLine(size) gives at most size bytes', { path: '/line-sized', body: 'abcde\nf\n' }, ['abc', 'de\n', 'f\n']),
  answers('readLines() gives the lines that are left', { path: '/lines', body: 'a\nb\nc' }, { all: ['a\n', 'b\n', 'c'], end: [] }),
  answers('readLines(hint) stops when it has hint bytes', { path: '/lines-hint', body: 'ab\ncd\nef\ngh' }, { one: ['ab\n'], some: ['cd\n', 'ef\n'], rest: ['gh'] }),
  answers('lines() yields the lines', { path: '/each-line', body: 'a\nb\n\nc' }, ['a\n', 'b\n', '\n', 'c']),
  answers('stream() is a ReadableStream of the bytes', { path: '/stream', body: 'streamed' }, { readable: true, text: 'streamed' }),
  answers('one consumer may read in several ways, one after the other', { path: '/mixed', body: 'line\nxyrest\nend' }, ['line\n', 'xy', 'rest\n', 'end', 0]),
  answers('a consumer may stop and another go on where it stopped', { path: '/break', body: 'one\ntwo\nthree' }, { text: 'one\n', rest: 'two\nthree' }),
]; // prettier-ignore

const oneConsumer: Case[] = [
  answers(
    'a size that is none rejects and takes nothing',
    { path: '/bad-size', body: 'all of it' },
    {
      refused: Array.from({ length: 5 }, () => ({ name: 'TsgiError', code: 'TSGI_SPEC', rule: 'input-size' })),
      text: 'all of it',
    },
    { breaks: ['input-size'] },
  ),
  {
    rule: 'the second of two readers is told that there is one consumer',
    mount: { streamed: true },
    run: async (trial) => {
      const exchange = await trial.open({ method: 'POST', path: '/second-consumer', declares: 4, sendLater: true });
      exchange.send('ab');
      exchange.send('cd');
      expect(json(await exchange.whenDone())).toEqual({ second: BUSY, third: BUSY, body: 'abcd' });
    },
  },
  {
    rule: 'an iterator beside an iterator is told that there is one consumer',
    mount: { streamed: true },
    request: { method: 'POST', path: '/second-iterator', chunks: ['some', 'body'] },
    expect: (reply) => {
      expect(json(reply)).toEqual({ second: BUSY, text: 'somebody' });
    },
  },
  {
    rule: 'a reader beside a stream is told that there is one consumer',
    mount: { streamed: true },
    request: { method: 'POST', path: '/second-stream', body: 'some body' },
    expect: (reply) => {
      expect(json(reply)).toEqual({ second: BUSY, first: true });
    },
  },
];

const whileItArrives: Case[] = [
  {
    rule: 'a streamed body is given to the application while it arrives',
    mount: { streamed: true },
    run: async (trial) => {
      const exchange = await trial.open({ method: 'POST', path: '/early', declares: 6, sendLater: true });
      exchange.send('one');
      await trial.whenEvents(['one']);
      exchange.send('two');
      await exchange.whenDone();
    },
    events: ['one', 'two', 0],
  },
  {
    rule: 'what an application echoes comes back while the body still arrives',
    mount: { streamed: true },
    run: async (trial) => {
      const exchange = await trial.open({ method: 'POST', path: '/echo', sendLater: true });
      exchange.send('ping');
      expect((await exchange.whenBytes(4)).toString()).toBe('ping');
      exchange.send('pong');
      expect((await exchange.whenBytes(8)).toString()).toBe('pingpong');
      exchange.finish();
      expect((await exchange.whenDone()).complete).toBe(true);
    },
  },
  {
    rule: 'a body that is not read is held back, and arrives whole when it is read',
    mount: { streamed: true },
    run: async (trial) => {
      const exchange = await trial.open({ method: 'POST', path: '/slow', declares: large.length, sendLater: true });
      exchange.send(large);
      await trial.release('read');
      expect(json(await exchange.whenDone())).toEqual({ size: large.length });
    },
  },
];

const failing: Case[] = [
  {
    rule: 'a client that goes away rejects the read, and every later one: it never looks like the end',
    mount: { streamed: true },
    run: async (trial) => {
      const exchange = await trial.open({ method: 'POST', path: '/rejects-read', declares: 100, sendLater: true });
      exchange.send('first');
      await trial.whenEvents([5]);
      exchange.leave();
    },
    events: [5, GONE, EXPIRED],
  },
  {
    rule: 'a client that goes away in the middle of a chunked body rejects the iteration',
    mount: { streamed: true },
    run: async (trial) => {
      const exchange = await trial.open({ method: 'POST', path: '/rejects', sendLater: true });
      exchange.send('first');
      await trial.whenEvents(['reading']);
      exchange.leave();
    },
    events: ['reading', { first: GONE }, { again: EXPIRED }],
  },
  {
    rule: 'a client that goes away breaks the stream',
    mount: { streamed: true },
    run: async (trial) => {
      const exchange = await trial.open({ method: 'POST', path: '/rejects-stream', declares: 100, sendLater: true });
      exchange.send('first');
      await trial.whenEvents(['reading']);
      exchange.leave();
    },
    events: ['reading', GONE],
  },
  {
    rule: 'a body over the limit rejects with status 413',
    mount: { streamed: true, bodyLimit: 1000 },
    request: { method: 'POST', path: '/rejects', chunks: ['x'.repeat(600), 'y'.repeat(600)] },
    expect: (reply) => {
      expect([200, 413]).toContain(reply.status);
    },
    run: async (trial) => {
      await trial.whenEvent({ again: LARGE });
      expect((await trial.events()).filter((event) => event !== 'reading')).toEqual([
        { first: LARGE },
        { again: LARGE },
      ]);
    },
    log: [{ host: 'nginx', text: /client intended to send too large/ }],
  },
  {
    rule: 'after the end of the exchange every read rejects with TSGI_EXPIRED',
    request: { method: 'POST', path: '/expired', body: 'x' },
    expect: { status: 200, body: '"answered"' },
    run: (trial) => trial.release('later'),
    events: [{ read: EXPIRED, readLine: EXPIRED, readLines: EXPIRED, iterator: EXPIRED, lines: EXPIRED }],
  },
];

const unread: Case[] = [
  {
    rule: 'a response comes whole although the body was not read',
    request: { method: 'POST', path: '/unread', body: noise(200_000) },
    expect: { status: 200, body: '"not read"' },
  },
  {
    rule: 'a response comes whole although a streamed body was not read',
    mount: { streamed: true },
    request: { method: 'POST', path: '/unread', body: noise(2_000_000) },
    expect: { status: 200, body: '"not read"' },
  },
  {
    rule: 'a response comes whole although a streamed body was read in part',
    mount: { streamed: true },
    request: { method: 'POST', path: '/some', body: noise(2_000_000) },
    expect: { status: 200, body: '{"some":true}' },
  },
];

export const input: Section = {
  name: 'tsgi.input',
  app: 'input.mjs',
  cases: [...reading, ...oneConsumer, ...whileItArrives, ...failing, ...unread],
};
