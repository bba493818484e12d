import { expect } from 'vitest';
import { until } from '../support/until';
import type { Case, Section } from './case';

const EXPIRED = { name: 'TsgiError', code: 'TSGI_EXPIRED' };

const naturally: Case[] = [
  {
    rule: 'after natural completion close() is called, not return(), then on_finish, each once',
    request: { path: '/natural' },
    expect: { status: 200, body: 'xx' },
    events: ['iterate', 'close', 'finish complete'],
  },
  {
    rule: 'an array may have close() as well',
    request: { path: '/natural-array' },
    expect: { status: 200, body: 'x', length: 1 },
    events: ['close', 'finish complete'],
  },
  {
    rule: 'a generator runs to its end',
    request: { path: '/natural-generator' },
    expect: { status: 200, body: 'x' },
    events: ['ran to its end', 'finally', 'finish complete'],
  },
  {
    rule: 'on_finish is called when there is no body at all',
    request: { path: '/natural-null' },
    expect: { status: 200, body: '' },
    events: ['finish complete'],
  },
  {
    rule: 'close() is called on the body',
    request: { path: '/close-this' },
    expect: { status: 200 },
    events: [true],
  },
  {
    rule: 'on_finish comes after close()',
    request: { path: '/close-order' },
    expect: { status: 200 },
    run: async (trial) => {
      await trial.whenEvent('finish complete');
      const events = await trial.events();
      expect(events.indexOf('close begins')).toBe(0);
    },
  },
  {
    rule: 'every callback of on_finish is called, in order, with the reason',
    request: { path: '/finish-each' },
    expect: { status: 200 },
    events: ['one', 'two', 'complete'],
  },
  {
    rule: 'the signal stays quiet when the client stays',
    request: { path: '/signal-quiet' },
    expect: { status: 200 },
    run: (trial) => trial.release('later'),
    events: [{ signal: true, aborted: false }, { aborted: false }],
  },
];

const early: Case[] = [
  {
    rule: 'HEAD ends the body early: return(), then close(), then on_finish, each once',
    request: { method: 'HEAD', path: '/early' },
    expect: { status: 200 },
    events: ['iterate', 'return', 'close', 'finish complete'],
  },
  {
    rule: 'a status without content ends the body early',
    request: { path: '/early-204' },
    expect: { status: 204 },
    events: ['iterate', 'return', 'close', 'finish complete'],
  },
  {
    rule: 'the declared length ends the body early',
    request: { path: '/early-length' },
    expect: { status: 200, body: 'xx' },
    run: async (trial) => {
      await trial.whenEvent('close');
      expect((await trial.events()).slice(0, 3)).toEqual(['iterate', 'return', 'close']);
    },
    log: [{ tag: 1004 }],
    breaks: ['length-excess'],
  },
  {
    rule: 'an error of the body ends it early',
    request: { path: '/early-error' },
    expect: { broken: true },
    events: ['iterate', 'return', 'close', 'finish error'],
    log: [{ rule: 'chunk-type' }],
  },
  {
    rule: 'close() and on_finish are called when the iterator itself failed',
    request: { path: '/early-throw' },
    expect: { broken: true },
    run: async (trial) => {
      await trial.whenEvent('finish error');
      expect((await trial.events()).filter((event) => event !== 'return')).toEqual([
        'iterate',
        'close',
        'finish error',
      ]);
    },
    log: [{ text: 'the secret reason' }],
  },
  {
    rule: 'on_finish is called when the application itself failed',
    request: { path: '/thrown-application' },
    expect: { status: 500, page: true },
    events: ['finish error'],
    log: [{ text: 'the secret reason' }],
  },
];

const clientGone: Case[] = [
  {
    rule: 'client gone: the signal fires, return() is called at once without waiting for next(), then close(), then on_finish',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/gone' });
      await exchange.whenBytes(1);
      exchange.leave();
    },
    events: [{ aborted: false }, 'iterate', { abort: true, reason: true }, 'return', 'close', 'finish client_gone'],
  },
  {
    rule: 'client gone: a generator is ended, its finally runs',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/gone-generator' });
      await exchange.whenBytes(1);
      exchange.leave();
      await trial.whenEvent('finally');
      await trial.whenEvent('finish client_gone');
      expect(await trial.events()).toHaveLength(2);
    },
  },
  {
    rule: 'client gone: what waits is told by the signal',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/gone-signal' });
      await exchange.whenBytes(1);
      exchange.leave();
      await trial.whenEvent('finish client_gone');
      await trial.whenEvent('finally');
      const events = await trial.events();
      expect(events).toContain('TSGI_CLIENT_GONE');
      expect(events).toHaveLength(3);
    },
  },
  {
    rule: 'client gone before the response: startResponse throws TSGI_EXPIRED, the body gets close() and is not iterated',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/gone-waiting' });
      await trial.whenEvents(['called']);
      exchange.leave();
      await trial.whenEvents(['called', 'abort', 'finish client_gone']);
      await trial.release('go on');
    },
    events: ['called', 'abort', 'finish client_gone', EXPIRED, 'close'],
  },
  {
    rule: 'a body that arrives after the end gets close() and is not iterated',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/late-body' });
      await trial.whenEvents(['called']);
      exchange.leave();
      await trial.whenEvents(['called', 'abort']);
      await trial.release('go on');
    },
    events: ['called', 'abort', 'close'],
  },
  {
    rule: 'a plain array that arrives after the end harms nobody',
    run: async (trial) => {
      const exchange = await trial.open({ path: '/late-plain-body' });
      await trial.whenEvents(['called']);
      exchange.leave();
      await trial.whenEvents(['called', 'abort']);
      await trial.release('go on');
    },
    events: ['called', 'abort', 'returns'],
  },
];

const afterwards: Case[] = [
  {
    rule: 'nothing of the server waits for close()',
    request: { path: '/close-hangs' },
    expect: { status: 200, body: 'whole' },
    events: ['close'],
  },
  {
    rule: 'nothing of the server waits for the close() of a body that came in pieces',
    request: { path: '/close-hangs-in-pieces' },
    expect: { status: 200, body: 'whole' },
    events: ['close'],
  },
  {
    rule: 'close() does not wait for return()',
    request: { method: 'HEAD', path: '/return-hangs' },
    expect: { status: 200 },
    events: ['return', 'close'],
  },
  {
    rule: 'after the end every call fails with TSGI_EXPIRED, but for the last words in the log',
    request: { path: '/expired' },
    expect: { status: 200, body: 'answered' },
    run: async (trial) => {
      await trial.release('later');
      const [seen] = (await until('the calls after the end', async () => {
        const events = await trial.events();
        return events.length === 1 && events;
      })) as [Record<string, unknown>];
      const { hints, ...always } = seen;
      expect(always).toEqual({
        startResponse: EXPIRED,
        write: EXPIRED,
        flush: EXPIRED,
        finish: EXPIRED,
        read: EXPIRED,
        errors: 'no error',
      });
      expect([EXPIRED, 'absent']).toContainEqual(hints);
    },
    log: [{ level: 'any', text: 'the last words' }],
  },
  {
    rule: 'after the end write rejects: it does not throw',
    request: { path: '/expired-write' },
    expect: { status: 200, body: 'answered' },
    run: (trial) => trial.release('later'),
    events: ['a promise', EXPIRED],
  },
];

export const closing: Section = {
  name: 'closing',
  app: 'closing.mjs',
  cases: [...naturally, ...early, ...clientGone, ...afterwards],
};
