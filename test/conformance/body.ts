import { expect } from 'vitest';
import { type Case, refused, type Section } from './case';

const gives = (rule: string, path: string, body: string | Uint8Array, length?: number | null): Case => ({
  rule,
  request: { path },
  expect: { status: 200, body, ...(length === undefined ? {} : { length }) },
});

const kinds: Case[] = [
  gives('an array of strings and bytes is a body', '/array', 'abc'),
  gives('a Set is a body', '/set', 'ab', null),
  gives('an instance of a subclass of Array is a body', '/array-subclass', 'ab'),
  gives('a generator is a body, and its empty chunks transmit nothing', '/generator', 'ab', null),
  gives('an asynchronous generator is a body', '/async-generator', 'ab', null),
  gives('a ReadableStream is a body', '/readable-stream', 'streamed', null),
  gives('a promise of a body is one', '/promise', 'promised'),
  gives('null is the empty body', '/null', ''),
  gives('undefined is the empty body', '/undefined', ''),
  gives('a promise of null is the empty body', '/promise-null', ''),
  gives('of an object that is iterable both ways the asynchronous way is used', '/both-ways', 'asynchronous'),
  gives('next() of an asynchronous iterator may answer without a promise', '/sync-next-of-async', 'xx'),
  gives('what a generator returns is no chunk', '/value-of-return', 'a'),
];

const bytes: Case[] = [
  gives('strings are sent as UTF-8', '/utf8', 'h\u00e9llo \u20ac\u{1f600}\u0000'),
  gives('a lone surrogate becomes U+FFFD, also where its other half is in the next chunk', '/surrogates', 'a\ufffd\ufffdb\ufffd\ufffd'),
  gives('a lone surrogate becomes U+FFFD in an array as well', '/surrogates-array', 'a\ufffd\ufffdb'),
  gives('bytes are sent as they are', '/bytes', Uint8Array.from({ length: 256 }, (_, index) => index), 256),
  gives('a view of a part of a buffer is that part', '/view', 'AB', 2),
  gives('bytes in shared memory are sent', '/shared', 'AAA'),
  gives('a string larger than the window is sent whole', '/large-string', '\u00e9'.repeat(1_500_000), 3_000_000),
  gives('a chunk larger than the window is sent whole, and the next one after it', '/large-chunk', 'x'.repeat(5_000_000) + 'end'),
  gives('many chunks keep their order', '/many-chunks', Array.from({ length: 20_000 }, (_, index) => `${index},`).join('')),
  gives('chunks of one byte are sent', '/one-byte-chunks', '0123456789'.repeat(100)),
  gives('a chunk may be modified at the next pull', '/reused', Array.from({ length: 40 }, (_, index) => String.fromCharCode(65 + (index % 26)).repeat(50_000)).join('')),
]; // prettier-ignore

const notBodies = ['number', 'true', 'object', 'function', 'Response'];
const bareBodies = ['string', 'empty string', 'Uint8Array', 'Buffer', 'Uint16Array'];
const notChunks = [
  'number',
  'null',
  'undefined',
  'object',
  'array',
  'ArrayBuffer',
  'Uint16Array',
  'DataView',
  'promise',
  'boolean',
];

const refusals: Case[] = [
  ...bareBodies.map((kind) =>
    refused(`a bare ${kind} is no body: wrap it in an array`, `/not-body/${encodeURIComponent(kind)}`, 'body-bare'),
  ),
  ...[...notBodies, 'ArrayBuffer'].map((kind) => refused(`${kind} is no body`, `/not-body/${kind}`, 'body-iterable')),
  ...notChunks.map((kind) =>
    refused(`${kind} is no chunk, an error before the commit`, `/not-chunk/${kind}`, 'chunk-type'),
  ),
  ...notChunks.map((kind) =>
    refused(`${kind} is no chunk of an array either`, `/not-chunk-array/${kind}`, 'chunk-type'),
  ),
  ...notChunks.map((kind): Case => ({
    rule: `${kind} is no chunk, a reset after the commit`,
    request: { path: `/not-chunk-late/${kind}` },
    expect: { status: 200, broken: true, body: 'begun' },
    log: [{ rule: 'chunk-type' }],
  })),
  refused('close must be a function', '/close-not-a-function', 'body-close'),
  {
    rule: 'an iterator that cannot be made is a failure before the commit',
    request: { path: '/iterator-throws' },
    expect: { status: 500, page: true },
    log: [{ text: 'the secret reason' }],
  },
  {
    rule: 'a next() that answers no object is a failure, not a loop',
    request: { path: '/next-answers-nothing' },
    expect: { status: 500, page: true },
    log: [{ rule: 'body-result' }],
  },
];

const pulling: Case[] = [
  {
    rule: 'at most one next() is outstanding',
    request: { path: '/one-at-a-time' },
    expect: { status: 200, body: 'x'.repeat(50) },
    events: [{ most: 1 }],
  },
  {
    rule: 'what is yielded goes out before the next is awaited',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/never-delayed' });
      let sent = '';
      for (const step of ['one', 'two', 'three']) {
        sent += step;
        expect((await exchange.whenBytes(sent.length)).toString()).toBe(sent);
        await trial.release(step);
      }
      expect((await exchange.whenDone()).complete).toBe(true);
    },
  },
  {
    rule: 'a body is pulled only as fast as its client reads',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/pulled-as-read' });
      exchange.pause();
      await trial.whenEvents(['pulled 0']);
      for (let round = 0; round < 20; round++) {
        expect(await trial.events()).toEqual(['pulled 0']);
      }
      exchange.resume();
      expect((await exchange.whenDone()).body.length).toBe(400 * 256 * 1024);
    },
    events: ['pulled 0', 'pulled 399'],
  },
  {
    rule: 'the body is pulled after accepted writes',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/write-then-pull' });
      exchange.pause();
      await trial.whenEvents(['written']);
      for (let round = 0; round < 20; round++) {
        expect(await trial.events()).toEqual(['written']);
      }
      exchange.resume();
      const reply = await exchange.whenDone();
      expect(reply.complete).toBe(true);
      expect(reply.body.length).toBe((32 << 20) + 4);
      expect(reply.body.subarray(-5).toString()).toBe('wbody');
    },
    events: ['written', 'pulled'],
  },
];

export const body: Section = { name: 'body', app: 'body.mjs', cases: [...kinds, ...bytes, ...refusals, ...pulling] };

export const length: Section = {
  name: 'length',
  app: 'body.mjs',
  cases: [
    gives('an array body gets its Content-Length', '/array', 'abc', 3),
    gives('an array body of one chunk gets its Content-Length', '/array-of-one', 'only', 4),
    gives('an empty array has the length 0', '/array-empty', '', 0),
    gives('an array of empty chunks has the length 0', '/array-of-empty', '', 0),
    gives('the length of strings is that of their UTF-8', '/utf8', 'h\u00e9llo \u20ac\u{1f600}\u0000', 15),
    gives('the length of a lone surrogate is that of U+FFFD', '/surrogates-array', 'a\ufffd\ufffdb', 8),
    gives('an array gets no length when something was written before', '/array-after-write', 'written,array', null),
    gives('a declared length is kept', '/length-exact', 'abcdef', 6),
    gives('a declared length holds for any iterable', '/length-generator', 'abcdef', 6),
    gives('a declared length covers writes and body together', '/length-write', 'abcdefghi', 9),
    gives('a declared length may be 0', '/length-zero', '', 0),
    gives('a declared length counts bytes', '/length-utf8', '\u20ac', 3),
    gives('a declared length that is replaced with the headers is the one that counts', '/array-late-start', 'abc', 3),
    gives('a long body of declared length arrives whole', '/length-large', 'x'.repeat(3_000_000), 3_000_000),
    {
      rule: 'a body that ends where its declared length does has come to its natural end',
      request: { path: '/length-natural' },
      expect: { status: 200, body: 'abcdef', length: 6 },
      events: ['next 0', 'next 1', 'next 2', 'close'],
    },
    {
      rule: 'excess over the declared length is cut and logged, and the body is ended early',
      request: { path: '/length-excess' },
      expect: { status: 200, body: 'abcd', length: 4 },
      events: ['next 0', 'next 1', 'return', 'close'],
      log: [{ tag: 1004 }],
      breaks: ['length-excess'],
    },
    {
      rule: 'excess of an array is cut and logged',
      request: { path: '/length-excess-array' },
      expect: { status: 200, body: 'abcd', length: 4 },
      log: [{ tag: 1004 }],
      breaks: ['length-excess'],
    },
    {
      rule: 'excess of write is cut and logged',
      request: { path: '/length-excess-write' },
      expect: { status: 200, body: 'abcd', length: 4 },
      log: [{ tag: 1004 }],
      breaks: ['length-excess'],
    },
    {
      rule: 'excess over a declared length of 0 is cut and logged',
      request: { path: '/length-excess-zero' },
      expect: { status: 200, body: '', length: 0 },
      log: [{ tag: 1004 }],
      breaks: ['length-excess'],
    },
    ...['/length-short-generator', '/length-short-write'].map((path): Case => ({
      rule: `shortage against the declared length resets (${path.slice(8)})`,
      request: { path },
      expect: { status: 200, broken: true, body: 'abcdef' },
      log: [{ rule: 'length-short' }],
    })),
    ...['/length-short', '/length-short-empty'].map((path): Case => ({
      rule: `shortage that is known before the commit is a failure like any other (${path.slice(8)})`,
      request: { path },
      expect: (reply) => {
        expect(reply.complete && reply.status === 200).toBe(false);
      },
      log: [{ rule: 'length-short' }],
    })),
  ],
};
