/**
 * Which framework an export belongs to, told by what it has, never by its class: applications bring their own copies of
 * their frameworks, in any version.
 */
import type { Server } from 'node:http';
import type { Application } from '../spec';
import { fromFetchHandler, type FetchFunction, type FetchHandler } from './from-fetch-handler';
import { fromNodeListener, type NodeListener } from './from-node-listener';

type Start = () => Application | Promise<Application>;

interface Koa {
  callback(): NodeListener;
}

interface Fastify {
  ready(): PromiseLike<unknown>;
  routing: NodeListener;
}

interface Nest {
  init(): Promise<unknown>;
  getHttpAdapter(): { getInstance(): unknown };
}

/** `interface=node`: what takes the requests of `http.createServer`, and the servers themselves. */
export const nodeInterface = {
  name: 'node',
  ownInit: true as const,

  adapt(candidate: unknown, forced: boolean): Start | undefined {
    if (isServer(candidate)) {
      return () => fromNodeListener(candidate);
    }
    // Express, connect, and their routers.
    if (typeof candidate === 'function' && (forced || has(candidate, 'use', 'handle'))) {
      return () => fromNodeListener(candidate as NodeListener);
    }
    if (has<Koa>(candidate, 'use', 'callback')) {
      return () => fromNodeListener(candidate.callback());
    }
    if (has<Fastify>(candidate, 'ready', 'routing', 'inject')) {
      return () => startFastify(candidate);
    }
    if (has<Nest>(candidate, 'init', 'getHttpAdapter')) {
      return () => startNest(candidate);
    }
    return undefined;
  },
};

async function startFastify(app: Fastify): Promise<Application> {
  await app.ready();
  return fromNodeListener((req, res) => app.routing(req, res));
}

/** Its instance is an application of Express or of Fastify. */
async function startNest(app: Nest): Promise<Application> {
  await app.init();
  const start = nodeInterface.adapt(app.getHttpAdapter().getInstance(), true);
  if (start === undefined) {
    throw new TypeError('the HTTP adapter of the NestJS application is neither that of Express nor that of Fastify');
  }
  return start();
}

/** `interface=fetch`: an object with a method `fetch`, as Hono makes and many platforms want it as default export. */
export const fetchInterface = {
  name: 'fetch',

  adapt(candidate: unknown, forced: boolean): Start | undefined {
    if (has<Extract<FetchHandler, object>>(candidate, 'fetch') && !isServer(candidate)) {
      return () => fromFetchHandler(candidate);
    }
    return forced && typeof candidate === 'function' ? () => fromFetchHandler(candidate as FetchFunction) : undefined;
  },
};

/** A server of `node:http`, `node:https` or `node:http2`. */
function isServer(candidate: unknown): candidate is Server {
  return typeof candidate === 'object' && has(candidate, 'listen', 'close', 'address', 'emit', 'setTimeout');
}

/** Whether something has these methods. */
function has<Shape>(candidate: unknown, ...methods: readonly string[]): candidate is Shape {
  return (
    ((typeof candidate === 'object' && candidate !== null) || typeof candidate === 'function') &&
    methods.every((method) => typeof (candidate as Record<string, unknown>)[method] === 'function')
  );
}

/** What a module may export besides a TSGI application, in the order in which `interface=auto` tries. */
export const INTERFACES = [nodeInterface, fetchInterface] as const;
