import { describe, expect, it } from 'vitest';
import type { Application, Body, Chunk, StartResponse, Write } from '../../src/spec';
import { createMockHost } from '../../src/testing';
import { answering, hostFor } from './support/hosts';

describe('an array', () => {
  it('of one small string is one message with its length', async () => {
    const host = createMockHost(answering(['héllo']));
    const response = await host.request();
    expect(response).toMatchObject({ status: 200, reason: 'OK', text: 'héllo', contentLength: 6, complete: true });
    expect(response.chunks).toHaveLength(1);
  });

  it.each<[string, Chunk[], string, number]>([
    ['nothing', [], '', 0],
    ['an empty string', [''], '', 0],
    ['strings', ['a', '', 'b'], 'ab', 1],
    ['strings and bytes', ['a', Buffer.from('b'), 'ü'], 'abü', 1],
  ])('of %s is joined', async (_what, chunks, text, messages) => {
    const response = await hostFor(answering(chunks)).request();
    expect(response).toMatchObject({ text, contentLength: Buffer.byteLength(text) });
    expect(response.chunks).toHaveLength(messages);
  });

  it('keeps the halves of a character in two chunks apart', async () => {
    const response = await hostFor(answering(['\ud83d', '\ude00'])).request();
    expect(response.text).toBe('\ufffd\ufffd');
    expect(response.contentLength).toBe(6);
  });

  it('that is larger than the window is sent in pieces, with its length', async () => {
    const chunks = ['x'.repeat(3000), Buffer.alloc(5000, 'y'), 'z'.repeat(10)];
    const response = await hostFor(answering(chunks), { window: 1024 }).request();
    expect(response).toMatchObject({ contentLength: 8010, complete: true });
    expect(response.text).toBe(chunks.join(''));
    expect(Math.max(...response.chunks.map((chunk) => chunk.byteLength))).toBeLessThanOrEqual(1024);
  });

  it('with a chunk of a wrong type fails before anything is sent', async () => {
    const host = hostFor(answering(['fine', 5 as unknown as string]));
    const response = await host.request();
    expect(response).toMatchObject({ status: 500, page: true });
    expect(host.records[0]).toMatchObject({ tag: 1003 });
    expect(host.records[0]?.text).toContain('chunk-type');
  });

  it('with an iterator of its own is pumped by it', async () => {
    const body: Chunk[] = ['not', 'these'];
    (body as Iterable<Chunk>)[Symbol.iterator] = function* () {
      yield 'mine';
    };
    const response = await hostFor(answering(body)).request();
    expect(response).toMatchObject({ text: 'mine', contentLength: undefined });
  });
});

describe('write', () => {
  const writing = (use: (write: Write) => Body | Promise<Body>): Application => {
    return (_environ, startResponse) => use(startResponse('200 OK', []));
  };

  it('goes out before the body and in order, whatever the window', async () => {
    const host = hostFor(
      writing((write) => {
        void write('a'.repeat(700));
        void write(Buffer.from('b'.repeat(700)));
        void write('c'.repeat(700));
        return ['d'];
      }),
      { window: 512 },
    );
    const { text, complete } = await host.request();
    expect(text).toBe('a'.repeat(700) + 'b'.repeat(700) + 'c'.repeat(700) + 'd');
    expect(complete).toBe(true);
  });

  it('resolves when its chunk is inside the window', async () => {
    const settled: string[] = [];
    const host = hostFor(
      writing((write) => {
        for (const name of ['a', 'b', 'c']) {
          void Promise.resolve(write(name.repeat(600))).then(
            () => settled.push(name),
            () => settled.push(`${name} rejected`),
          );
        }
        return new Promise<Body>(() => undefined);
      }),
      { window: 1000 },
    );
    const exchange = host.open({ credit: 'manual' });
    await exchange.receivedAtLeast(1000);
    expect(settled).toEqual(['a']);
    exchange.credit(500);
    await exchange.receivedAtLeast(1500);
    expect(settled).toEqual(['a', 'b']);
    exchange.abort();
    await host.settled();
    expect(settled).toEqual(['a', 'b', 'c rejected']);
  });

  it('keeps its order when there is room again and nobody was told yet', async () => {
    let write: Write = () => undefined;
    let deliver: (body: Body) => void = () => undefined;
    const host = hostFor(
      writing((given) => {
        write = given;
        void write('a'.repeat(1500));
        return new Promise<Body>((resolve) => (deliver = resolve));
      }),
      { window: 1000 },
    );
    const exchange = host.open({ credit: 'manual' });
    await exchange.receivedAtLeast(1000);
    exchange.credit();
    void write('b');
    exchange.resume();
    deliver(['c']);
    expect((await exchange.response).text).toBe(`${'a'.repeat(1500)}bc`);
  });

  it('beyond its limit throws and resets', async () => {
    let thrown: unknown;
    const host = hostFor(
      writing((write) => {
        try {
          for (let count = 0; count < 10; count++) {
            void write('x'.repeat(1000));
          }
        } catch (error) {
          thrown = error;
          throw error;
        }
        return [];
      }),
      { window: 1000, writeLimit: 3000 },
    );
    const response = await host.open({ credit: 'manual' }).response;
    expect(response).toMatchObject({ status: 200, complete: false });
    expect(thrown).toMatchObject({ code: 'TSGI_WRITE_LIMIT' });
    expect(host.records.map(({ tag }) => tag)).toEqual([1006]);
  });

  it('rejects what waits when the client leaves, and nothing of it is unhandled', async () => {
    let code: unknown;
    const host = hostFor(
      writing(async (write) => {
        void write('x'.repeat(1000));
        void write('ignored');
        await Promise.resolve(write('y')).catch((error: unknown) => {
          code = (error as { code?: unknown }).code;
        });
        return [];
      }),
      { window: 1000 },
    );
    const exchange = host.open({ credit: 'manual' });
    await exchange.receivedAtLeast(1000);
    exchange.abort();
    await host.settled();
    expect(code).toBe('TSGI_CLIENT_GONE');
  });

  it('is over when the body is first pulled', async () => {
    let code: unknown;
    const host = hostFor((_environ, startResponse) => {
      const write = startResponse('200 OK', []);
      return (function* () {
        try {
          void write('late');
        } catch (error) {
          code = (error as { rule?: unknown }).rule;
        }
        yield 'body';
      })();
    });
    expect((await host.request()).text).toBe('body');
    expect(code).toBe('write-late');
  });
});

describe('a declared length', () => {
  const declaring = (length: number, body: Body): Application => {
    return (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', String(length)]]);
      return body;
    };
  };
  async function* generate(...chunks: Chunk[]): AsyncGenerator<Chunk> {
    yield* chunks;
  }

  it.each<[string, Body]>([
    ['an array', ['hello', ' world']],
    ['an asynchronous iterable', generate('hel', 'lo', ' world')],
    ['a chunk that crosses it', generate('hello world')],
  ])('cuts the excess of %s', async (_what, body) => {
    const host = hostFor(declaring(5, body));
    expect(await host.request()).toMatchObject({ text: 'hello', contentLength: 5, complete: true });
    await host.settled();
    expect(host.records.map(({ tag }) => tag)).toEqual([1004]);
  });

  it('that nothing was sent of fails with 500', async () => {
    const host = hostFor(declaring(5, ['four']));
    expect(await host.request()).toMatchObject({ status: 500, page: true });
    expect(host.records.map(({ tag }) => tag)).toEqual([1005]);
  });

  it('that is not reached resets', async () => {
    const host = hostFor(declaring(5, generate('four')));
    expect(await host.request()).toMatchObject({ status: 200, complete: false });
    expect(host.records.map(({ tag }) => tag)).toEqual([1005]);
  });

  it('counts write and body together', async () => {
    const host = hostFor((_environ, startResponse) => {
      void startResponse('200 OK', [['content-length', '6']])('abc');
      return ['def', 'g'];
    });
    expect(await host.request()).toMatchObject({ text: 'abcdef', complete: true });
    expect(host.records.map(({ tag }) => tag)).toEqual([1004]);
  });
});

describe('responses without content', () => {
  const respond = (status: string, headers: Array<[string, string]>, body: Body): Application => {
    return (_environ, startResponse) => {
      startResponse(status, headers);
      return body;
    };
  };

  it.each<[string, string, string, Array<[string, string]>, Chunk[], number | undefined]>([
    ['HEAD of an array', 'HEAD', '200 OK', [], ['hello'], 5],
    ['HEAD of an empty array', 'HEAD', '200 OK', [], [], undefined],
    ['HEAD with a length', 'HEAD', '200 OK', [['Content-Length', '77']], [], 77],
    ['204', 'GET', '204 No Content', [['Content-Length', '5']], ['hello'], undefined],
    ['304', 'GET', '304 Not Modified', [], ['hello'], undefined],
    ['304 with a length', 'GET', '304 Not Modified', [['Content-Length', '9']], [], 9],
  ])('%s', async (_what, method, status, headers, chunks, length) => {
    const host = hostFor(respond(status, headers, chunks));
    const response = await host.request({ method });
    expect(response).toMatchObject({ text: '', contentLength: length, complete: true, page: false });
    expect(host.records).toEqual([]);
  });

  it('write discards and resolves', async () => {
    const host = hostFor(
      async (_environ: unknown, startResponse: StartResponse) => {
        const write = startResponse('200 OK', []);
        for (let count = 0; count < 5; count++) {
          await write('x'.repeat(1000));
        }
        return ['y'];
      },
      { window: 100 },
    );
    expect(await host.request({ method: 'HEAD' })).toMatchObject({ text: '', complete: true });
  });
});

describe('the head', () => {
  it('is what it was when startResponse was called', async () => {
    const host = hostFor((_environ, startResponse) => {
      const headers: Array<[string, string]> = [['X-A', 'before']];
      startResponse('200 Fine', headers);
      headers[0] = ['X-A', 'after'];
      headers.push(['X-B', 'after']);
      return [];
    });
    expect(await host.request()).toMatchObject({ reason: 'Fine', headers: [['X-A', 'before']] });
  });

  it('may have no more fields than the binding takes', async () => {
    const many = Array.from({ length: 600 }, (_, index): [string, string] => [`X-${index}`, '']);
    const host = hostFor((_environ, startResponse) => {
      startResponse('200 OK', many);
      return [];
    });
    expect(await host.request()).toMatchObject({ status: 500, page: true });
    expect(host.records[0]?.text).toContain('at most 512 headers');
  });
});
