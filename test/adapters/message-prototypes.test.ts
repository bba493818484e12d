/** Messages that are created with the prototypes that Express is going to give them: nobody can tell, but for the time. */
import { createServer, IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { fromNodeListener } from '../../src/adapters';
import { createMockHost } from '../../src/testing';

/** The part of Express that is used here; it has no types of its own. */
type Express = RequestListener & {
  request: IncomingMessage & { number?: () => string };
  response: ServerResponse;
  get(path: string, listener: RequestListener): Express;
};

const require = createRequire(import.meta.url);
const express = require('express') as () => Express;
const versions: [string, () => Express][] = [
  ['5', express],
  ['4', require('express4') as () => Express],
];

setFlagsFromString('--allow-natives-syntax');
const sameHiddenClass = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;

/** What the application, asked some times, has as request and response when it has answered. */
async function messagesOf(
  listener: (note: RequestListener) => Parameters<typeof fromNodeListener>[0],
  headers: [string, string][] = [],
): Promise<[IncomingMessage, ServerResponse][]> {
  const seen: [IncomingMessage, ServerResponse][] = [];
  const host = createMockHost(
    fromNodeListener(
      listener((req, res) => {
        seen.push([req, res]);
        res.setHeader('X-Seen', 'yes');
        res.end('hello');
      }),
    ),
  );
  for (let count = 0; count < 50; count++) {
    expect((await host.request({ path: '/a', headers: [['Host', 'localhost'], ...headers] })).text).toBe('hello');
  }
  expect([host.violations, host.faults]).toEqual([[], []]);
  return seen;
}

const shape = ([req, res]: [IncomingMessage, ServerResponse]): unknown =>
  [req, res].map((message) => Reflect.ownKeys(message));

const chains = ([req, res]: [IncomingMessage, ServerResponse]): unknown =>
  [req, res].map((message) => Object.getPrototypeOf(message) as object);

describe.each(versions)('under Express %s', (_version, make) => {
  it.each<[string, (app: Express) => Parameters<typeof fromNodeListener>[0]]>([
    ['the application', (app) => app],
    ['a server of it', (app) => createServer(app)],
  ])('messages share their hidden classes: %s', async (_form, listenerOf) => {
    const app = make();
    const seen = await messagesOf((note) => listenerOf(app.get('/a', note)));
    const [[beforeReq, beforeRes], [req, res]] = seen.slice(-2) as [(typeof seen)[0], (typeof seen)[0]];
    expect([sameHiddenClass(beforeReq, req), sameHiddenClass(beforeRes, res)]).toEqual([true, true]);
    expect(req).toBeInstanceOf(IncomingMessage);
    expect(res).toBeInstanceOf(ServerResponse);
    expect(chains([req, res])).toEqual([app.request, app.response]);
  });

  it('messages have the same properties in the same order as those that were changed later', async () => {
    const born = await messagesOf((note) => make().get('/a', note));
    const changed = await messagesOf((note) => {
      const app = make().get('/a', note);
      return (req, res) => {
        app(req, res);
      };
    });
    expect(shape(born[0] as never)).toEqual(shape(changed[0] as never));
  });
});

describe('nobody sees the prototypes too early:', () => {
  const plain = [IncomingMessage.prototype, ServerResponse.prototype];

  it('a listener around the application', async () => {
    const before: unknown[] = [];
    await messagesOf((note) => {
      const app = express().get('/a', note);
      return (req, res) => {
        before.push(chains([req, res]));
        app(req, res);
      };
    });
    expect(before).toEqual(Array(50).fill(plain));
  });

  it('a listener of the server before the application', async () => {
    const before: unknown[] = [];
    await messagesOf((note) => {
      const server = createServer();
      server.on('request', (req, res) => before.push(chains([req, res])));
      return server.on('request', express().get('/a', note));
    });
    expect(before).toEqual(Array(50).fill(plain));
  });

  it('a listener that joins later', async () => {
    const before: unknown[] = [];
    let count = 0;
    const server = createServer();
    server.on(
      'request',
      express().get('/', (_req, res) => {
        if (++count === 2) {
          server.prependListener('request', (req, response) => before.push(chains([req, response])));
        }
        res.end();
      }),
    );
    const host = createMockHost(fromNodeListener(server));
    for (let requests = 0; requests < 4; requests++) {
      await host.request();
    }
    expect(before).toEqual([plain, plain]);
  });

  it('a listener of checkExpectation', async () => {
    const before: unknown[] = [];
    await messagesOf(
      (note) =>
        createServer(express().get('/a', note)).on('checkExpectation', (req, res) => {
          before.push(chains([req, res]));
          note(req, res);
        }),
      [['Expect', 'the unexpected']],
    );
    expect(before).toEqual(Array(50).fill(plain));
  });
});

describe('the application', () => {
  it('may replace what Node has: it is called from the moment on when Express gives it', async () => {
    const app = express();
    const set: string[] = [];
    app.response.setHeader = function (name, value) {
      set.push(name);
      return ServerResponse.prototype.setHeader.call(this, name, value) as typeof this;
    };
    const [first] = await messagesOf((note) => app.get('/a', note));
    expect(set.slice(0, 2)).toEqual(['X-Seen', 'X-Seen']); // and not X-Powered-By, which comes before
    expect(chains(first as never)).toEqual([app.request, app.response]);
  });

  it('may have other prototypes from one request to the next', async () => {
    const app = express().get('/', (req, res) => {
      res.end((req as unknown as { number?: () => string }).number?.() ?? 'none');
    });
    const host = createMockHost(fromNodeListener(app));
    expect((await host.request()).text).toBe('none');
    app.request = Object.assign(Object.create(app.request) as Express['request'], { number: () => 'one' });
    expect((await host.request()).text).toBe('one');
  });

  it('may have prototypes of no use', async () => {
    const handle = (): void => undefined;
    const listener = Object.assign((_req: IncomingMessage, res: ServerResponse) => res.end('hello'), { handle });
    for (const wrong of [undefined, null, 1, {}, IncomingMessage.prototype]) {
      const host = createMockHost(fromNodeListener(Object.assign(listener, { request: wrong, response: wrong })));
      expect((await host.request()).text).toBe('hello');
    }
  });

  it('may be served by classes of its own', async () => {
    class Request extends IncomingMessage {}
    class Response extends ServerResponse {}
    const app = express();
    const [first] = await messagesOf((note) =>
      createServer({ IncomingMessage: Request, ServerResponse: Response as never }, app.get('/a', note)),
    );
    expect(chains(first as never)).toEqual([app.request, app.response]);
  });
});
