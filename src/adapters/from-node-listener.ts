import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { quote, type Application } from '../spec';
import { MessagePrototypes } from './message-prototypes';
import { NodeExchange, type HandleRequest, type NodeExchangeOptions } from './node-exchange';
import { messageClassesOf, type ResponseInternals } from './node-internals';

/** A listener of `http.createServer`: a plain function, an Express or connect application, `app.callback()` of Koa. */
export type NodeListener = (req: IncomingMessage, res: ServerResponse) => unknown;

export interface FromNodeListenerOptions {
  /**
   * Whether `req.url` lacks the mount prefix, as below `app.use(prefix, …)` of Express; it is on unless told. The prefix
   * is then in `req.baseUrl`, the whole in `req.originalUrl`. Off: `req.url` is the whole path.
   */
  stripMount?: boolean;
}

const requestStarts = channel('http.server.request.start');
const responseFinishes = channel('http.server.response.finish');
const EXPECT_CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

/**
 * Makes a TSGI application of a listener of node:http, or of an `http.Server` (which need not listen: its own listeners
 * are called). The listener gets genuine `IncomingMessage` and `ServerResponse` objects; nothing is parsed or serialised
 * again.
 *
 *     export const application = fromNodeListener(express().get('/', (req, res) => res.send('hello')));
 */
export function fromNodeListener(
  listener: NodeListener | Server,
  { stripMount = true }: FromNodeListenerOptions = {},
): Application {
  const server = isServer(listener) ? listener : undefined;
  if (server === undefined && typeof listener !== 'function') {
    throw new TypeError(`a listener is a function (req, res) or an http.Server, not ${quote(listener)}`);
  }
  const given = server as
    (Server & { joinDuplicateHeaders?: boolean; rejectNonStandardBodyWrites?: boolean }) | undefined;
  const options: NodeExchangeOptions = {
    stripMount,
    server,
    joinDuplicateHeaders: given?.joinDuplicateHeaders ?? false,
    rejectNonStandardBodyWrites: given?.rejectNonStandardBodyWrites ?? false,
  };
  const handle: HandleRequest =
    server === undefined ? (listener as NodeListener) : (req, res) => server.emit('request', req, res);
  const prototypes = new MessagePrototypes(messageClassesOf(server));
  const expecting: HandleRequest = (req, res) => expectation(server, handle, req, res);
  return (environ, startResponse) => {
    const watched = requestStarts.hasSubscribers || responseFinishes.hasSubscribers;
    const expects = environ['HTTP_EXPECT'] !== undefined;
    const classes = watched || expects ? prototypes.plain : prototypes.of(soleListener(listener));
    const exchange = new NodeExchange(environ, startResponse, options, classes);
    if (watched) {
      publish(exchange);
    }
    return exchange.run(expects ? expecting : handle);
  };
}

/** Whether it is a server: of Node, or of a library that makes its own. */
function isServer(listener: unknown): listener is Server {
  const server = listener as Partial<Server> | null | undefined;
  return typeof server === 'object' && typeof server?.emit === 'function' && typeof server.listenerCount === 'function';
}

/** Who alone gets the requests. */
function soleListener(listener: NodeListener | Server): unknown {
  if (typeof listener === 'function') {
    return listener;
  }
  const listeners = listener.listeners('request');
  return listeners.length === 1 ? listeners[0] : undefined;
}

/** What Node's server does with a request that has `Expect`. */
function expectation(
  server: Server | undefined,
  handle: HandleRequest,
  req: IncomingMessage,
  res: ServerResponse,
): unknown {
  const continues = EXPECT_CONTINUE.test(req.headers.expect ?? '');
  const event = continues ? 'checkContinue' : 'checkExpectation';
  if (continues) {
    (res as unknown as ResponseInternals)._expect_continue = true;
  }
  if (server !== undefined && server.listenerCount(event) > 0) {
    return server.emit(event, req, res);
  }
  if (continues) {
    res.writeContinue();
    return handle(req, res);
  }
  return res.writeHead(417).end();
}

/** Tells what Node's server tells to those who watch it. */
function publish({ req: request, res: response, socket }: NodeExchange): void {
  const { server } = socket;
  requestStarts.publish({ request, response, socket, server });
  response.prependOnceListener('finish', () => {
    responseFinishes.publish({ request, response, socket, server });
  });
}
