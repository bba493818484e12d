/** What a host may do with tsgi.node that no client of a web server can bring about. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type App,
  bootIsolate,
  Can,
  type FakeHost,
  type FakeHostOptions,
  type Group,
  makeFakeHost,
  type Message,
  plainView,
  type RequestView,
  View,
} from '../support/fake-host';
import { descriptorsOf } from '../support/process';
import { until } from '../support/until';

const APPS = join(__dirname, '../apps');
let groups = 0;

/** One host with one isolate, and what came of each exchange. */
class Bench {
  readonly host: FakeHost;
  readonly #messages = new Map<number, Message[]>();
  readonly #group: Group;

  constructor(options: FakeHostOptions = {}) {
    this.host = makeFakeHost({ flags: Can.Sendfile, ...options }, (message) => {
      const mine = this.of(message.number);
      mine.push(message);
      this.#messages.set(message.number, mine);
    });
    this.#group = this.host.group({ name: `bench-${++groups}` }) as Group;
    bootIsolate(this.#group);
  }

  app(script: string, options = {}): App {
    return this.host.app(this.#group, { script: join(APPS, script), ...options }) as App;
  }

  of(number: number, kind?: Message['kind']): Message[] {
    const mine = this.#messages.get(number) ?? [];
    return kind === undefined ? mine : mine.filter((one) => one.kind === kind);
  }

  bytes(number: number): Buffer {
    return Buffer.concat(this.of(number).flatMap(({ bytes }) => bytes ?? []));
  }

  async whenEnded(number: number): Promise<number> {
    const [end] = await until('the end', () => {
      const ends = this.of(number, 'end');
      return ends.length > 0 && ends;
    });
    return (end as Message).amount;
  }

  /** A whole exchange; its body as text. */
  async answer(app: App, view: RequestView): Promise<string> {
    const number = this.host.begin(app, view);
    this.host.bodyEnd(number, 0);
    await this.whenEnded(number);
    return this.bytes(number).toString('latin1');
  }
}

let bench: Bench;
let input: App;
let environ: App;
let body: App;
let folder: string;

beforeAll(() => {
  bench = new Bench();
  input = bench.app('input.mjs');
  environ = bench.app('environ.mjs');
  body = bench.app('body.mjs', { window: 4096 });
  folder = mkdtempSync(join(tmpdir(), 'tsgi-addon-'));
});

afterAll(() => {
  bench.host.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a view', () => {
  it('may lack everything that is not required', async () => {
    const dump = JSON.parse(await bench.answer(environ, plainView('/dump'))) as Record<string, unknown>;
    for (const name of ['SERVER_ADDR', 'SERVER_SOFTWARE', 'REMOTE_PORT', 'REMOTE_USER', 'DOCUMENT_ROOT', 'HTTPS']) {
      expect(dump).not.toHaveProperty(name);
    }
    expect(dump['QUERY_STRING']).toBe('');
  });

  it('of a sub-request shows no body, whatever the request has', async () => {
    const number = bench.host.begin(environ, {
      ...plainView('/dump'),
      flags: View.NoBody,
      contentLength: 5,
      headers: [
        ['Host', 'localhost'],
        ['Content-Type', 'text/plain'],
        ['Content-Length', '5'],
      ],
    });
    await bench.whenEnded(number);
    const dump = JSON.parse(bench.bytes(number).toString()) as Record<string, unknown>;
    expect(dump).not.toHaveProperty('CONTENT_LENGTH');
    expect(dump).not.toHaveProperty('CONTENT_TYPE');
  });

  it('of a sub-request has an input that is at its end, without any BODY_END', async () => {
    const number = bench.host.begin(input, { ...plainView('/all'), flags: View.NoBody });
    await bench.whenEnded(number);
    expect(bench.bytes(number).toString()).toBe('{"bytes":true,"text":""}');
    expect(bench.of(number, 'want')).toEqual([]);
  });

  it('may have a thousand fields, repeated ones among them', async () => {
    const fields = Array.from({ length: 1000 }, (_, index): [string, string] => [`X-${index % 100}`, String(index)]);
    const dump = JSON.parse(await bench.answer(environ, { ...plainView('/dump'), headers: fields })) as Record<
      string,
      string
    >;
    expect(dump['HTTP_X_7']).toBe('7, 107, 207, 307, 407, 507, 607, 707, 807, 907');
    expect(dump['tsgi.raw_headers']).toHaveLength(2000);
  });

  it('outside the mount leaves no exchange', () => {
    expect(bench.host.begin(environ, plainView('/application', '/app'))).toBe(-6);
    expect(bench.host.live()).toBe(0);
  });
});

describe('a body', () => {
  it('that is in a file is read from there, and its descriptor is closed', async () => {
    const path = join(folder, 'spooled');
    writeFileSync(path, 'x'.repeat(1000) + 'y'.repeat(700_000));
    const before = descriptorsOf(process.pid).size;
    for (let round = 0; round < 5; round++) {
      const number = bench.host.begin(input, { ...plainView('/digest'), method: 'POST' });
      const fd = openSync(path, 'r');
      expect(bench.host.body(number, Buffer.from('in memory'))).toBe(0);
      expect(bench.host.bodyFile(number, fd, 1000, 700_000)).toBe(0);
      closeSync(fd);
      bench.host.bodyEnd(number, 0);
      expect(await bench.whenEnded(number)).toBe(0);
      expect(JSON.parse(bench.bytes(number).toString())).toMatchObject({ size: 700_009 });
    }
    await until('the descriptors', () => descriptorsOf(process.pid).size <= before);
  });

  it('that is in a file that nobody reads is closed all the same', async () => {
    const path = join(folder, 'unread');
    writeFileSync(path, 'z'.repeat(100_000));
    const before = descriptorsOf(process.pid).size;
    for (let round = 0; round < 20; round++) {
      const number = bench.host.begin(input, { ...plainView('/unread'), method: 'POST' });
      const fd = openSync(path, 'r');
      bench.host.bodyFile(number, fd, 0, 100_000);
      closeSync(fd);
      bench.host.bodyEnd(number, 0);
      expect(await bench.whenEnded(number)).toBe(0);
    }
    await until('the descriptors', () => descriptorsOf(process.pid).size <= before);
  });

  it.each([
    [400, 'TSGI_BODY_MALFORMED'],
    [413, 'TSGI_BODY_TOO_LARGE'],
  ])('that ends with %i fails the read with that status', async (status, code) => {
    const number = bench.host.begin(input, { ...plainView('/rejects'), method: 'POST' });
    bench.host.body(number, Buffer.from('begun'));
    bench.host.bodyEnd(number, status);
    expect(await bench.whenEnded(number)).toBe(0);
    const events = JSON.parse(await bench.answer(input, plainView('/_events'))) as Record<string, unknown>[];
    expect(events.slice(-2)).toEqual([
      { first: { name: 'TsgiError', code, status } },
      { again: { name: 'TsgiError', code, status } },
    ]);
  });

  it('that stopped arriving fails the read with 408', async () => {
    const number = bench.host.begin(input, { ...plainView('/rejects'), method: 'POST' });
    bench.host.bodyEnd(number, 408);
    expect(await bench.whenEnded(number)).toBe(0);
    const events = JSON.parse(await bench.answer(input, plainView('/_events'))) as { again?: { status?: number } }[];
    expect(events.at(-1)?.again?.status).toBe(408);
  });

  it('is not asked for by an application that only looks at environ and copies it', async () => {
    const view = { ...plainView('/nature'), method: 'POST', flags: View.BodyLater };
    const number = bench.host.begin(environ, view);
    await bench.whenEnded(number);
    expect(bench.of(number, 'want')).toEqual([]);
    const reader = bench.host.begin(environ, { ...view, requestUri: '/copy', path: '/copy' });
    await until('a wish for its body', () => bench.of(reader, 'want').length > 0);
    bench.host.bodyEnd(reader, 0);
    await bench.whenEnded(reader);
  });

  it('is never sent beyond what is wanted', async () => {
    const number = bench.host.begin(input, { ...plainView('/slow'), method: 'POST' });
    const wanted = bench.host.wanted(number);
    expect(wanted).toBe(256 * 1024);
    expect(bench.host.body(number, Buffer.alloc(wanted + 1))).toBe(-1);
    expect(bench.host.body(number, Buffer.alloc(wanted))).toBe(0);
    expect(bench.host.body(number, Buffer.alloc(1))).toBe(-1);
    bench.host.abort(number, 1);
  });
});

describe('credit', () => {
  it('bounds what is under way, and whatever its pieces are everything arrives', async () => {
    const number = bench.host.begin(body, plainView('/one-byte-chunks'));
    bench.host.bodyEnd(number, 0);
    let owed = 0;
    let most = 0;
    let looked = 0;
    await until(
      'the end',
      () => {
        const mine = bench.of(number);
        for (const { kind, amount } of mine.slice(looked)) {
          owed += kind === 'data' ? amount : 0;
        }
        looked = mine.length;
        most = Math.max(most, owed);
        while (owed > 0) {
          const piece = Math.min(owed, 1000);
          bench.host.credit(number, piece);
          owed -= piece;
        }
        return bench.of(number, 'end').length > 0;
      },
      { within: 20_000 },
    );
    // The window, and one message that overdraws it.
    expect(most).toBeLessThanOrEqual(4096 + 256);
    expect(bench.bytes(number).toString()).toBe('0123456789'.repeat(100));
  });
});

describe('a file', () => {
  it('goes to the host as it is, unless middleware looks at its bytes', async () => {
    const extensions = bench.app('extensions.mjs');
    const plain = bench.host.begin(extensions, plainView('/file-path'));
    await bench.whenEnded(plain);
    expect(bench.of(plain).map(({ kind }) => kind)).toEqual(['start', 'file', 'end']);
    expect(bench.bytes(plain).toString()).toBe('the file');
    const wrapped = bench.host.begin(extensions, plainView('/file-through-middleware'));
    await until('something', () => bench.of(wrapped, 'data').length > 0);
    bench.host.abort(wrapped, 1);
    expect(bench.of(wrapped, 'file')).toEqual([]);
  });
});

describe('log records', () => {
  it('carry the id of their request and its number', async () => {
    const logging = bench.app('logging.mjs');
    const number = bench.host.begin(logging, { ...plainView('/errors'), requestId: 'id-of-this-one' });
    await bench.whenEnded(number);
    const [record] = bench.of(number, 'log');
    expect(record).toMatchObject({ requestId: 'id-of-this-one', tag: 0, text: 'first line' });
  });
});

describe('a host that drains', () => {
  it('begins nothing any more, and what lives goes on', async () => {
    const own = new Bench();
    const app = own.app('input.mjs');
    const number = own.host.begin(app, { ...plainView('/all'), method: 'POST' });
    own.host.drain();
    expect(own.host.begin(app, plainView('/all'))).toBe(-7);
    own.host.body(number, Buffer.from('still here'));
    own.host.bodyEnd(number, 0);
    expect(await own.whenEnded(number)).toBe(0);
    expect(own.bytes(number).toString()).toContain('still here');
    own.host.stop();
  });

  it('has room for so many groups and no more', () => {
    const host = makeFakeHost({ maxGroups: 2 }, () => undefined);
    expect(typeof host.group({ name: 'one' })).toBe('object');
    expect(typeof host.group({ name: 'two' })).toBe('object');
    expect(typeof host.group({ name: 'one' })).toBe('object');
    expect(host.group({ name: 'three' })).toBe(-7);
    host.stop();
  });
});
