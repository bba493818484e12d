/**
 * The native half under a JavaScript half that keeps no rule: whatever is passed to a function of the binding, it answers
 * with a status, sends nothing illegal, and the exchange ends in order.
 */
import { openSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Binding, type Callbacks, Status } from '../../src/server/binding';
import {
  type App,
  Can,
  type FakeHost,
  type Group,
  loadTsgi,
  makeFakeHost,
  type Message,
  plainView,
  View,
} from '../support/fake-host';
import { descriptorsOf } from '../support/process';
import { seeded } from '../support/seeded';
import { until } from '../support/until';

type Anything = never;

let host: FakeHost;
let app: App;
let binding: Binding;
const messages = new Map<number, Message[]>();
const begun: number[] = [];
let onBegin: ((handle: number) => void) | undefined;

beforeAll(() => {
  host = makeFakeHost({ flags: Can.EarlyHints | Can.Sendfile, ports: 2, drainMax: 2 }, (message) => {
    const mine = messages.get(message.number) ?? [];
    mine.push(message);
    messages.set(message.number, mine);
    if (message.kind === 'data' || message.kind === 'file') {
      host.credit(message.number, message.amount);
    }
  });
  const group = host.group({ name: 'binding' }) as Group;
  binding = loadTsgi().isolate(group);
  const callbacks: Callbacks = {
    begin: (handle) => {
      begun.push(handle);
      onBegin?.(handle);
    },
    body: () => undefined,
    bodyEnd: () => undefined,
    credit: () => undefined,
    abort: () => undefined,
    open: () => undefined,
    stop: () => undefined,
  };
  binding.attach(callbacks);
  app = host.app(group, { script: '/nothing.js', window: 4096 }) as App;
});

beforeEach(() => {
  onBegin = undefined;
});

afterAll(() => {
  host.stop();
});

/** A new exchange: its number for the host, its handle for the binding. */
async function begin(flags = 0): Promise<{ number: number; handle: number }> {
  const known = begun.length;
  const number = host.begin(app, { ...plainView('/'), flags });
  await until('BEGIN', () => begun.length > known);
  return { number, handle: begun[known] as number };
}

const kindsOf = (number: number) =>
  (messages.get(number) ?? []).filter(({ kind }) => kind !== 'log').map(({ kind }) => kind);

async function whenEnded(number: number): Promise<Message> {
  return until('the end', () => messages.get(number)?.find(({ kind }) => kind === 'end'));
}

function head(reason: string, ...fields: [string, string][]): [text: string, fields: number] {
  binding.words[0] = reason.length;
  fields.forEach(([name, value], index) => {
    binding.words[1 + 2 * index] = name.length;
    binding.words[2 + 2 * index] = value.length;
  });
  return [reason + fields.flat().join(''), fields.length];
}

const start = (handle: number, status = 200) => binding.start(handle, status, ...head('OK', ['X-A', 'b']), -1);

describe('a head that breaks a rule', () => {
  const heads: [string, number, string, [string, string][]][] = [
    ['an interim status', 199, 'OK', []],
    ['no status', 0, 'OK', []],
    ['a status beyond all', 1000, 'OK', []],
    ['a status far beyond', 65_736, 'OK', []],
    ['a negative status', -200, 'OK', []],
    ['a line end in the reason', 200, 'O\nK', []],
    ['a line end in a name', 200, 'OK', [['X-A\r\nX-Injected', 'b']]],
    ['an empty name', 200, 'OK', [['', 'b']]],
    ['a line end in a value', 200, 'OK', [['X-A', 'b\r\nX-Injected: yes']]],
    ['NUL in a value', 200, 'OK', [['X-A', 'b\0c']]],
    ['what becomes a line feed when it is cut to a byte', 200, 'OK', [['X-A', 'b\u010ac']]],
    ['what becomes NUL when it is cut to a byte', 200, 'OK', [['X-A', 'b\u0100c']]],
    ['a field of the connection', 200, 'OK', [['Transfer-Encoding', 'chunked']]],
    ['two lengths that differ', 200, 'OK', [['Content-Length', '1'], ['content-length', '2']]],
    ['a length that is none', 200, 'OK', [['Content-Length', '0x5']]],
  ]; // prettier-ignore

  it.each(heads)('%s is refused, and the exchange goes on', async (_what, status, reason, fields) => {
    const { number, handle } = await begin();
    const [text, count] = head(reason, ...fields);
    expect(binding.start(handle, status, text, count, -1)).toBe(Status.Invalid);
    expect(binding.respond(handle, status, ...head(reason, ...fields), 'body')).toBe(Status.Invalid);
    expect(binding.respond(handle, 200, ...head('Fine'), 'body')).toBeGreaterThanOrEqual(0);
    expect((await whenEnded(number)).amount).toBe(0);
    expect(kindsOf(number)).toEqual(['start', 'data', 'end']);
  });

  it.each([
    ['longer than the text', [200]],
    ['shorter than the text', [1]],
    ['a name that goes on beyond the text', [2, 0xffffffff, 0]],
    ['a value that goes on beyond the text', [2, 3, 0xffffffff]],
    ['lengths whose sum is right only when it overflows', [2, 0xffffffff, 0x00000003]],
  ])('cuts that do not fit are refused (%s)', async (_what, cuts) => {
    const { number, handle } = await begin();
    binding.words.set(cuts);
    expect(binding.start(handle, 200, 'OKX-A', (cuts.length - 1) / 2, -1)).toBe(Status.Invalid);
    expect(binding.end(handle, 500)).toBeGreaterThanOrEqual(0);
    expect((await whenEnded(number)).amount).toBe(500);
  });

  it.each([5000, 2 ** 31, 2 ** 32 + 1])('a count of fields beyond the cuts is refused (%d)', async (count) => {
    const { number, handle } = await begin();
    binding.words.fill(0);
    expect(binding.start(handle, 200, '', count, -1)).toBe(Status.Invalid);
    binding.end(handle, 500);
    await whenEnded(number);
  });
});

describe('a handle that names nothing', () => {
  const handles: [string, unknown][] = [
    ['zero', 0],
    ['a number never given', 2 ** 40 + 7],
    ['beyond all slots', 2 ** 52],
    ['negative', -1],
    ['a fraction', 1.5],
    ['not a number', NaN],
    ['infinite', Infinity],
    ['text', 'handle'],
    ['nothing', undefined],
    ['an object', {}],
  ];

  it.each(handles)('gets a status from every function (%s)', (_what, handle) => {
    const bad = handle as Anything;
    for (const status of [
      binding.start(bad, 200, ...head('OK'), -1),
      binding.respond(bad, 200, ...head('OK'), 'body'),
      binding.data(bad, 'text', 0),
      binding.file(bad, 0, 0, 1),
      binding.end(bad, 0),
      binding.inform(bad, 103, ...head('Early Hints')),
      binding.want(bad, 1),
    ]) {
      expect(status).toBeLessThan(0);
    }
    expect(binding.rawHeaders(bad)).toBeUndefined();
  });

  it('is also that of an exchange that has ended, and of its slot when that is used again', async () => {
    const { number, handle } = await begin();
    expect(binding.end(handle, 500)).toBeGreaterThanOrEqual(0);
    await whenEnded(number);
    const next = await begin();
    expect(next.handle).not.toBe(handle);
    expect(start(handle)).toBe(Status.Expired);
    expect(binding.data(handle, 'text', 0)).toBe(Status.Expired);
    expect(binding.end(handle, 0)).toBe(Status.Expired);
    expect(binding.want(handle, 1)).toBe(Status.Expired);
    expect(binding.rawHeaders(handle)).toBeUndefined();
    expect(binding.end(next.handle, 500)).toBeGreaterThanOrEqual(0);
  });
});

describe('a body', () => {
  it('that is out of order is refused', async () => {
    const { number, handle } = await begin();
    expect(binding.data(handle, 'text', 0)).toBe(Status.Order);
    expect(binding.file(handle, 0, 0, 1)).toBe(Status.Order);
    expect(binding.end(handle, 0)).toBe(Status.Order);
    expect(start(handle)).toBe(Status.Ok);
    expect(start(handle)).toBe(Status.Order);
    expect(binding.inform(handle, 103, ...head('Early Hints'))).toBe(Status.Order);
    expect(binding.respond(handle, 200, ...head('OK'), 'body')).toBeLessThan(0);
    expect(binding.end(handle, 0)).toBeGreaterThanOrEqual(0);
    await whenEnded(number);
    expect(kindsOf(number)).toEqual(['start', 'end']);
  });

  it('of the wrong type, or from a wrong place on, sends nothing that was not there', async () => {
    const { number, handle } = await begin();
    start(handle);
    const bytes = Buffer.from('0123456789');
    for (const chunk of [null, undefined, 17, {}, [], () => 1, Symbol('x'), true, 10n]) {
      expect(binding.data(handle, chunk as Anything, 0)).toBeLessThanOrEqual(0);
    }
    for (const offset of [10, 11, 2 ** 31, -1, 2 ** 53, Infinity, NaN]) {
      expect([0, 10]).toContain(binding.data(handle, bytes, offset)); // nothing, or all that there is
    }
    expect(binding.data(handle, bytes, 4)).toBe(6);
    expect(binding.data(handle, new Uint8Array(0), 0)).toBeLessThanOrEqual(0);
    expect(binding.data(handle, '', 0)).toBeLessThanOrEqual(0);
    binding.end(handle, 0);
    await whenEnded(number);
    const sent = (messages.get(number) ?? []).filter(({ kind }) => kind === 'data');
    expect(new Set(sent.map(({ bytes: piece }) => piece?.toString()))).toEqual(new Set(['0123456789', '456789']));
  });

  it('that exceeds the window is taken in part, a string not at all', async () => {
    const { number, handle } = await begin();
    start(handle);
    expect(binding.data(handle, 'x'.repeat(5000), 0)).toBe(Status.Again);
    expect(binding.data(handle, Buffer.alloc(5000), 0)).toBe(4096);
    expect([0, Status.Again]).toContain(binding.data(handle, Buffer.alloc(5000), 4096));
    expect(binding.data(handle, 'y', 0)).toBe(Status.Again);
    binding.end(handle, 500);
    await whenEnded(number);
  });

  it('that exceeds the declared length is refused, and a short one is no success', async () => {
    const { number, handle } = await begin();
    binding.start(handle, 200, ...head('OK', ['Content-Length', '4']), -1);
    expect(binding.data(handle, '12', 0)).toBe(2);
    expect(binding.data(handle, '345', 0)).toBeLessThan(0);
    expect(binding.data(handle, Buffer.from('345'), 0)).toBeLessThanOrEqual(2);
    expect(binding.end(handle, 0)).toBeGreaterThanOrEqual(0);
    await whenEnded(number);
    const short = await begin();
    binding.start(short.handle, 200, ...head('OK', ['Content-Length', '4']), -1);
    expect(binding.end(short.handle, 0)).toBeGreaterThanOrEqual(0);
    expect((await whenEnded(short.number)).amount).toBe(500);
  });

  it('in a file has to be an open one', async () => {
    const before = descriptorsOf(process.pid).size;
    const { number, handle } = await begin();
    start(handle);
    for (const fd of [-1, 2 ** 30]) {
      expect(binding.file(handle, fd, 0, 10)).toBeLessThan(0);
    }
    binding.end(handle, 500);
    await whenEnded(number);
    await until('the descriptors', () => descriptorsOf(process.pid).size <= before);
  });
});

describe('a callback that throws', () => {
  it('ends nothing twice that it has ended itself', async () => {
    onBegin = (handle) => {
      binding.end(handle, 502);
      throw new Error('expected');
    };
    const ended = await begin();
    expect((await whenEnded(ended.number)).amount).toBe(502);
    expect(kindsOf(ended.number)).toEqual(['end']);
    onBegin = undefined;
    const [one, other] = [await begin(), await begin()];
    expect(one.handle).not.toBe(other.handle); // each in a slot of its own
    for (const { number, handle } of [one, other]) {
      binding.respond(handle, 200, ...head('OK'), 'fine');
      expect((await whenEnded(number)).amount).toBe(0);
    }
  });

  it('fails its exchange and no other', async () => {
    onBegin = () => {
      throw new Error('expected');
    };
    const failed = await begin();
    expect((await whenEnded(failed.number)).amount).toBeGreaterThanOrEqual(500);
    onBegin = undefined;
    const { number, handle } = await begin();
    expect(binding.respond(handle, 200, ...head('OK'), 'fine')).toBeGreaterThanOrEqual(0);
    expect((await whenEnded(number)).amount).toBe(0);
  });
});

describe('the log', () => {
  it('takes any text, level, tag and handle', () => {
    for (const text of ['', '\n', 'line\n'.repeat(50), '\ud800', '\0', 'x'.repeat(100_000), 17, undefined, null]) {
      for (const [handle, level, tag] of [
        [0, 3, 0],
        [-1, -1, -1],
        [NaN, 99, 99_999],
        [2 ** 53, 1, 1],
      ] as const) {
        binding.log(handle, 0, level, tag, text as Anything);
        binding.log(handle, 2 ** 31, level, tag, text as Anything);
      }
    }
  });
});

const ANYTHING: readonly unknown[] = [
  0, 1, -1, 200, 204, 1e9, 2 ** 53, NaN, 1.5, '', 'text', 'x'.repeat(6000), undefined, null, {}, [], new Uint8Array(9),
  Buffer.alloc(5000),
]; // prettier-ignore

it('random calls, thousands of them, leave order behind', { timeout: 60_000 }, async () => {
  const random = seeded(20261122);
  const pick = <T>(...list: T[]): T => list[Math.floor(random() * list.length)] as T;
  const fd = openSync('/dev/null', 'r');
  const numbers: number[] = [];
  const anything = () => pick(...ANYTHING);
  onBegin = (handle) => {
    for (let call = 0; call < 12; call++) {
      const about = (pick(0, 0, 0, 1) === 1 ? anything() : pick(handle, handle, ...begun.slice(-3))) as Anything;
      const other = () => anything() as Anything;
      pick(
        () => binding.start(about, pick(200, 204, 304, 100, 999), ...head('OK', ['X-A', 'b']), pick(-1, 0, 5, 1e15)),
        () => binding.start(about, other(), other(), other(), other()),
        () => binding.respond(about, 200, ...head('OK'), other()),
        () => binding.respond(about, other(), other(), other(), other()),
        () => binding.data(about, other(), pick(0, 0, 5, -1)),
        () => binding.data(about, pick<string | Uint8Array>('abc', Buffer.alloc(100)), 0),
        () => binding.file(about, pick(fd, -1), pick(0, -1, 1e15), pick(0, 1, 100, -5)),
        () => binding.inform(about, pick(103, 102, 200), ...head('Hints')),
        () => binding.want(about, other()),
        () => binding.end(about, pick(0, 500, 200, 99_999)),
        () => binding.log(about, other(), other(), other(), other()),
        () => binding.rawHeaders(about),
      )();
    }
    if (random() < 0.8) {
      binding.end(handle, 500);
    }
  };
  for (let round = 0; round < 4000; round++) {
    const number = host.begin(app, {
      ...plainView('/'),
      flags: pick(0, View.Head, View.NoBody, View.BodyLater),
      ...(random() < 0.3 ? { abortAfter: Math.floor(random() * 4) } : {}),
    });
    numbers.push(number);
    host.bodyEnd(number, 0);
    if (round % 50 === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await until('all to have begun or gone', () => host.live() <= 0 || begun.length > 0);
  await new Promise((resolve) => setImmediate(resolve));
  for (const number of numbers) {
    host.abort(number, 1);
  }
  await until('no live exchange', () => host.live() === 0);
  for (const number of numbers) {
    const kinds = kindsOf(number);
    expect(kinds.join(' ')).toMatch(/^(?:want ?|inform ?)*(?:start ?(?:want ?|data ?|file ?)*)?(?:end)?$/);
  }
});
