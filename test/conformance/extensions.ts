import { expect } from 'vitest';
import { type Reply, valuesOf } from '../support/reply';
import { type Case, merged, type Section } from './case';
import type { TargetName } from './target';

const SPEC = { name: 'TsgiError', code: 'TSGI_SPEC' };

/** The pairs of tsgi.raw_headers that a case has sent. */
function pairsOf(reply: Reply): unknown[][] {
  const raw = JSON.parse(reply.body.toString()) as string[];
  expect(raw.length % 2).toBe(0);
  const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]]] : []));
  return pairs.filter(([name]) => /^(x-one|x-two|cookie)$/i.test(String(name)));
}

const noHints: Partial<Record<TargetName, string>> = {
  nginx: 'this nginx cannot send 103, so tsgi.early_hints is absent there',
};

const SIZE = 1_000_003;
const content = Buffer.alloc(SIZE);
for (let index = 0; index < SIZE; index++) {
  content[index] = (index * 31 + (index >> 8)) & 0xff;
}

const OPTIONAL = ['signal', 'flush_headers', 'early_hints', 'on_finish', 'raw_headers', 'file_wrapper'].map(
  (name) => `tsgi.${name}`,
);

const presence: Case[] = [
  {
    rule: 'an extension that the host lacks is absent, and what is reserved for later is not there',
    request: { path: '/which' },
    expect: (reply, { target }) => {
      const seen = JSON.parse(reply.body.toString()) as { present: string[]; undefined: string[] };
      expect(seen.undefined).toEqual([]);
      const extensions = seen.present.filter((name) => OPTIONAL.includes(name));
      const wanted = OPTIONAL.filter((name) => name !== 'tsgi.early_hints' || noHints[target] === undefined);
      expect(extensions.sort()).toEqual(wanted.sort());
      for (const reserved of ['tsgi.upgrade', 'tsgi.internal_redirect', 'tsgi.trailers']) {
        expect(seen.present).not.toContain(reserved);
      }
    },
  },
  {
    rule: 'tsgi.raw_headers is flat, in the original case and order',
    request: { path: '/raw-headers', fields: [['X-one', '1'], ['x-TWO', 'a'], ['cookie', 'b=2']] },
    expect: (reply) => {
      expect(pairsOf(reply)).toEqual([['X-one', '1'], ['x-TWO', 'a'], ['cookie', 'b=2']]);
    },
  },
  {
    rule: 'tsgi.raw_headers has repeated headers as often as they came',
    not: merged,
    request: {
      path: '/raw-headers',
      fields: [['X-one', '1'], ['x-TWO', 'a'], ['X-One', '2'], ['Cookie', 'a=1'], ['cookie', 'b=2']],
    },
    expect: (reply) => {
      expect(pairsOf(reply)).toEqual([['X-one', '1'], ['x-TWO', 'a'], ['X-One', '2'], ['Cookie', 'a=1'], ['cookie', 'b=2']]);
    },
  },
  {
    rule: 'tsgi.raw_headers is one array',
    request: { path: '/raw-headers-same' },
    expect: { status: 200, body: '{"array":true,"same":true}' },
  },
]; // prettier-ignore

const interim: Case[] = [
  {
    rule: 'flush_headers sends the head before there is a body',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/flush-headers' });
      const head = await exchange.whenHead();
      expect(head.status).toBe(200);
      expect(valuesOf(head, 'X-Early')).toEqual(['yes']);
      expect(exchange.size).toBe(0);
      await trial.release('body');
      expect((await exchange.whenDone()).body.toString()).toBe('body');
    },
  },
  {
    rule: 'flush_headers throws before startResponse',
    request: { path: '/flush-idle' },
    expect: { status: 200, body: 'body' },
    events: [{ ...SPEC, rule: 'flush-before-start' }],
  },
  {
    rule: 'flush_headers commits',
    request: { path: '/flush-commits' },
    expect: { broken: true },
    events: [true],
    log: [{ text: 'the secret reason' }],
  },
  {
    rule: 'flush_headers may be called again',
    request: { path: '/flush-twice' },
    expect: { status: 200, body: 'body' },
    events: ['no error'],
  },
  {
    rule: 'early_hints sends 103 until the commit, as often as it is called',
    not: noHints,
    request: { path: '/hints' },
    expect: (reply) => {
      expect(reply.interim.map((head) => [head.status, ...valuesOf(head, 'Link')])).toEqual([
        [103, '</style.css>; rel=preload'],
        [103, '</more.css>; rel=preload'],
        [103, '</last.css>; rel=preload'],
      ]);
      expect([reply.status, reply.body.toString()]).toEqual([200, 'body']);
      expect(valuesOf(reply, 'Link')).toEqual([]);
    },
  },
  {
    rule: 'early_hints throws after the commit',
    not: noHints,
    request: { path: '/hints-late' },
    expect: { status: 200, body: 'x' },
    events: [{ ...SPEC, rule: 'hints-late' }],
  },
  {
    rule: 'early_hints checks its headers',
    not: noHints,
    request: { path: '/hints-bad' },
    expect: { status: 200, body: 'body' },
    events: [
      { ...SPEC, rule: 'header-value' },
      { ...SPEC, rule: 'headers-array' },
    ],
  },
];

/** A regular file is as long as it is, and the response says so. */
const file = (rule: string, path: string, body: string | Uint8Array, more: Partial<Case> = {}): Case => ({
  rule: `file_wrapper: ${rule}`,
  request: { path },
  expect: { status: 200, body, length: /readable|write|middleware|foreign/.test(path) ? null : body.length },
  ...more,
});

const files: Case[] = [
  file('a path', '/file-path', 'the file'),
  file('a large file arrives whole', '/file-large', content),
  file('a large file arrives whole where the host may not send files', '/file-large', content, {
    mount: { sendfile: false },
  }),
  file('offset and length', '/file-range', content.subarray(1000, 501_000)),
  file('offset and length where the host may not send files', '/file-range', content.subarray(1000, 501_000), {
    mount: { sendfile: false },
  }),
  file('an offset alone', '/file-offset', 'file'),
  file('an offset past the end is nothing', '/file-past-end', ''),
  file('a length past the end ends with the file', '/file-long-length', 'the file'),
  file('a length of 0 is nothing', '/file-empty-length', ''),
  file('a declared length that is right', '/file-declared', content.subarray(0, 2000)),
  file('a declared length that is less cuts', '/file-declared-less', content.subarray(0, 1000), {
    log: [{ tag: 1004 }],
    breaks: ['length-excess'],
  }),
  file('a descriptor, which is closed with the body', '/file-fd', 'the file', { events: [{ open: false }] }),
  file('a FileHandle', '/file-handle', 'the file'),
  file('a Readable', '/file-readable', 'from a stream'),
  file('a part of a Readable', '/file-readable-range', 'om a '),
  file('after a write', '/file-after-write', 'written,the file'),
  file('a plain iterable to middleware', '/file-through-middleware', Buffer.concat([content, Buffer.from(' 1000')])),
  file('something that only looks like one is a plain body', '/file-foreign', 'a plain body'),
  {
    rule: 'file_wrapper: a declared length that the file does not reach resets',
    request: { path: '/file-declared-more' },
    expect: (reply) => {
      expect(reply.complete && reply.status === 200).toBe(false);
    },
    log: [{ rule: 'length-short' }],
  },
  {
    rule: 'file_wrapper: a file that is not there is a failure before the commit',
    request: { path: '/file-missing' },
    expect: { status: 500, page: true },
    log: [{ text: 'ENOENT' }],
  },
  {
    rule: 'file_wrapper: a folder is a failure',
    request: { path: '/file-folder' },
    expect: (reply) => {
      expect(reply.complete && reply.status === 200).toBe(false);
    },
    log: [{ text: 'EISDIR' }],
  },
  {
    rule: 'file_wrapper: HEAD sends no byte of it',
    request: { method: 'HEAD', path: '/file-large' },
    expect: { status: 200, body: '' },
  },
  {
    rule: 'file_wrapper: 204 sends no byte of it',
    request: { path: '/file-bodyless' },
    expect: { status: 204, body: '', without: ['Content-Length'] },
  },
  {
    rule: 'file_wrapper: it is iterated once',
    request: { path: '/file-twice' },
    expect: { status: 200, body: 'body' },
    events: ['the file', { ...SPEC, rule: 'file-iterated-twice' }],
  },
  {
    rule: 'file_wrapper: its arguments are checked at the call',
    request: { path: '/file-bad' },
    expect: { status: 200, body: 'body' },
    events: [
      { ...SPEC, rule: 'file-source' },
      { ...SPEC, rule: 'file-source' },
      { ...SPEC, rule: 'file-source' },
      { ...SPEC, rule: 'file-options' },
      { ...SPEC, rule: 'file-options' },
      { ...SPEC, rule: 'file-options' },
    ],
  },
];

export const extensions: Section = {
  name: 'extensions',
  app: 'extensions.mjs',
  cases: [...presence, ...interim, ...files],
};
