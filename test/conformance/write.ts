import { expect } from 'vitest';
import { type Case, refused, type Section } from './case';

const EXPIRED = { name: 'TsgiError', code: 'TSGI_EXPIRED' };
const GONE = { name: 'TsgiError', code: 'TSGI_CLIENT_GONE' };
const SPEC = (rule: string) => ({ name: 'TsgiError', code: 'TSGI_SPEC', rule });

const sending: Case[] = [
  {
    rule: 'write keeps call order, and the body comes after accepted writes',
    request: { path: '/order' },
    expect: { status: 200, body: 'one,two,3,four,five', length: null },
  },
  {
    rule: 'the promise of write resolves with nothing',
    request: { path: '/awaited' },
    expect: { status: 200, body: 'one,two' },
    events: [null, null],
  },
  {
    rule: 'an application may write everything and return nothing',
    request: { path: '/only' },
    expect: { status: 200, body: 'all of it' },
  },
  {
    rule: 'a string is written as UTF-8, a lone surrogate as U+FFFD',
    request: { path: '/utf8' },
    expect: { status: 200, body: 'h\u00e9llo \u20ac \u{1f600} \ufffd|\ufffd' },
  },
  {
    rule: 'empty chunks transmit nothing and commit nothing',
    request: { path: '/empty' },
    expect: { status: '500 Still Possible', without: ['X-First'], body: 'body' },
  },
  {
    rule: 'what is written goes out while the application works on',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/flushed' });
      expect((await exchange.whenHead()).status).toBe(200);
      expect((await exchange.whenBytes(5)).toString()).toBe('first');
      await trial.release('second');
      expect((await exchange.whenBytes(11)).toString()).toBe('firstsecond');
      await trial.release('third');
      expect((await exchange.whenDone()).body.toString()).toBe('firstsecondthird');
    },
  },
  {
    rule: 'a chunk larger than the window is sent whole',
    request: { path: '/large' },
    expect: { status: 200, body: '\u20ac'.repeat(700_000) + 'y'.repeat(1_000_000) + 'z' },
  },
  {
    rule: 'a chunk may be modified once its promise has settled',
    request: { path: '/reused' },
    expect: {
      status: 200,
      body: Array.from({ length: 20 }, (_, index) => String.fromCharCode(65 + index).repeat(100_000)).join(''),
    },
  },
];

const when: Case[] = [
  {
    rule: 'write is legal until the body is first pulled, also between the making of a body and its return',
    request: { path: '/between' },
    expect: { status: 200, body: 'before the body was returned,body' },
  },
  {
    rule: 'write throws once the body has been pulled',
    request: { path: '/late' },
    expect: { status: 200, body: 'body' },
    events: [SPEC('write-late')],
  },
  refused('write after the body began is an error that names the rule', '/late-uncaught', 'write-late'),
  {
    rule: 'write throws for what is no chunk',
    request: { path: '/not-a-chunk' },
    expect: { status: 200, body: 'body' },
    events: Array.from({ length: 11 }, () => SPEC('chunk-type')),
  },
  refused('what is no chunk is an error that names the rule', '/not-a-chunk-uncaught', 'chunk-type'),
  {
    rule: 'after the end write rejects with TSGI_EXPIRED, and ignoring that is no unhandled rejection',
    request: { path: '/expired' },
    expect: { status: 200, body: 'answered' },
    run: (trial) => trial.release('later'),
    events: [EXPIRED, { unhandled: 0 }],
  },
  {
    rule: 'an error after a write resets the stream',
    request: { path: '/write-then-throw' },
    expect: { broken: true, body: 'begun' },
    log: [{ text: 'the secret reason' }],
  },
];

const bounds: Case[] = [
  {
    rule: 'beyond the write limit write throws and the exchange is reset',
    mount: { writeLimit: 4 << 20 },
    run: async (trial) => {
      const exchange = await trial.open({ path: '/limit' });
      exchange.pause();
      await trial.whenEvent({ name: 'TsgiError', code: 'TSGI_WRITE_LIMIT' });
      exchange.resume();
      expect((await exchange.whenDone()).complete).toBe(false);
    },
    events: [{ name: 'TsgiError', code: 'TSGI_WRITE_LIMIT' }, true],
    log: [{ text: /write.*limit|limit.*write/i }],
  },
  {
    rule: 'an application that waits for write may send any amount',
    mount: { writeLimit: 4 << 20 },
    request: { path: '/patient' },
    expect: { status: 200, body: Buffer.alloc(24 << 20, 'x') },
  },
  {
    rule: 'the promise of write resolves when the chunk is inside the credit window, not before',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/resolves' });
      exchange.pause();
      await trial.whenEvents(['begun']);
      for (let round = 0; round < 20; round++) {
        expect(await trial.events()).toEqual(['begun']);
      }
      exchange.resume();
      expect((await exchange.whenDone()).body.length).toBe(48 << 20);
    },
    events: ['begun', 'inside the window'],
  },
  {
    rule: 'writes that wait reject when the client goes away, and an ignored one is no unhandled rejection',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/abandoned' });
      exchange.pause();
      await trial.whenEvent('waiting');
      exchange.leave();
    },
    events: ['waiting', GONE, { unhandled: 0 }],
  },
];

export const write: Section = { name: 'write', app: 'write.mjs', cases: [...sending, ...when, ...bounds] };
