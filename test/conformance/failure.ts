import { expect } from 'vitest';
import type { Case, Section } from './case';

const kinds = ['Error', 'subclass', 'string', 'object', 'null', 'undefined', 'number', 'symbol', 'hostile', 'cause'];
/** Kinds whose record can and must quote the reason. */
const telling = new Set(['Error', 'subclass', 'string', 'object', 'symbol', 'cause']);
const record = (kind: string) => (telling.has(kind) ? { text: 'the secret reason' } : {});

const before = ['throws', 'rejects', 'throws-started', 'generator', 'async-generator'];

export const failure: Section = {
  name: 'failure',
  app: 'failing.mjs',
  cases: [
    ...before.flatMap((scene) =>
      (scene === 'throws' ? kinds : ['Error', 'null']).map((kind): Case => ({
        rule: `before the commit the server's own 500 page, and a record (${scene}: ${kind})`,
        request: { path: `/${scene}/${kind}` },
        expect: { status: 500, page: true, without: ['X-Secret'] },
        log: [record(kind)],
      })),
    ),
    ...['after-chunk', 'flushed-then-throws'].flatMap((scene) =>
      ['Error', 'undefined'].map((kind): Case => ({
        rule: `after the commit a reset that the client cannot take for an end, and a record (${scene}: ${kind})`,
        request: { path: `/${scene}/${kind}` },
        expect: { broken: true, body: 'begun' },
        log: [record(kind)],
      })),
    ),
    {
      rule: 'a failure long after the commit resets what the client is reading',
      run: async (trial) => {
        const exchange = await trial.open({ path: '/after-async-chunk/Error' });
        expect((await exchange.whenBytes(5)).toString()).toBe('begun');
        await trial.release('fail');
        expect((await exchange.whenDone()).complete).toBe(false);
      },
      log: [{ text: 'the secret reason' }],
    },
    {
      rule: 'the record has the stack, with the names of function and file',
      request: { path: '/stack' },
      expect: { status: 500, page: true },
      log: [{ text: 'the secret reason' }, { text: /theGuiltyFunction.*failing\.mjs:\d+/s }],
    },
    {
      rule: 'the record has the cause of the error',
      request: { path: '/throws/cause' },
      expect: { status: 500, page: true },
      log: [{ text: 'outer' }, { text: 'the secret reason' }],
    },
    {
      rule: 'a record of any length arrives',
      request: { path: '/throws/long' },
      expect: { status: 500, page: true },
      log: [{ text: 'the secret reason' }, { text: 'xxxxxxxxxx' }],
    },
    {
      rule: 'no text of the application can forge a line of the log',
      request: { path: '/throws/lines' },
      expect: { status: 500, page: true },
      run: (trial) => {
        const forged = trial.records().filter((entry) => entry.level === 'alert' || entry.text.includes('\u0007'));
        expect(forged.filter(() => trial.target !== 'mock' && trial.target !== 'mock+lint')).toEqual([]);
        return Promise.resolve();
      },
      log: [{ text: 'the secret reason' }, { text: 'forged line' }],
    },
    {
      rule: 'a promise-like whose then throws is a failure',
      request: { path: '/bad-thenable' },
      expect: { status: 500, page: true },
      log: [{ text: 'the secret reason' }],
    },
    {
      rule: 'a body whose iterator cannot be had is a failure',
      request: { path: '/getter-throws' },
      expect: { status: 500, page: true },
      log: [{ text: 'the secret reason' }],
    },
    ...['close-throws', 'close-rejects', 'finish-throws'].map((scene): Case => ({
      rule: `what fails after the response was complete is logged and changes nothing (${scene})`,
      request: { path: `/${scene}` },
      expect: { status: 200, body: 'whole' },
      ...(scene === 'finish-throws' ? { events: ['the next one ran'] } : {}),
      log: [{ text: 'the secret reason', level: 'warn' }],
    })),
    {
      rule: 'a return() that fails is logged, and close() is called all the same',
      request: { method: 'HEAD', path: '/return-throws' },
      expect: { status: 200 },
      events: ['return', 'close'],
      log: [{ text: 'the secret reason', level: 'warn' }],
    },
    {
      rule: 'a failed exchange leaves the next one alone',
      run: async (trial) => {
        for (let round = 0; round < 5; round++) {
          expect((await trial.request({ path: '/throws/Error' })).status).toBe(500);
          const reply = await trial.request({ path: '/fine' });
          expect([reply.status, reply.body.toString()]).toEqual([200, 'fine']);
        }
      },
      log: [{ text: 'the secret reason' }],
    },
  ],
};
