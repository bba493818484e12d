import { expect } from 'vitest';
import { valuesOf } from '../support/reply';
import type { Case, Section } from './case';
import type { MountOptions } from './target';

const NO_LOADER = 'the mock host is given applications that are loaded already';

/** Starting an isolate for each would take its time; and they must not get in each other's way. */
const shared = { group: 'interfaces' };

/** What the application answers to GET /path. */
const is = (rule: string, file: string, body: string, options: MountOptions = {}): Case => ({
  rule,
  app: `interfaces/${file}`,
  mount: { ...shared, ...options },
  request: { path: '/path' },
  expect: { status: 200, body },
});

const exported: readonly Case[] = [
  is('an application of Express 4 is recognised', 'express4.cjs', 'express 4 GET /path'),
  is('so is one of connect', 'connect.cjs', 'connect GET /path'),
  is('of Koa', 'koa.mjs', 'koa GET /path'),
  is('of Fastify, which is made ready first', 'fastify.mjs', 'fastify GET /path ready'),
  is('of NestJS on Express', 'nest-express.mjs', 'nest on express GET /path'),
  is('of NestJS on Fastify', 'nest-fastify.mjs', 'nest on fastify GET /path'),
  is('a server that does not listen', 'server.mjs', 'server GET /path'),
  {
    ...is('an application of Express 5, below its mount', 'express5.mjs', ''),
    expect: (reply) => {
      expect(reply.body.toString()).toMatch(/^express 5 GET \/path below \/.+$/);
    },
  },
];

const said: readonly Case[] = [
  is('interface=node calls a plain function with request and response', 'functions.mjs', 'function of node GET /path', {
    callable: 'node',
    interface: 'node',
  }),
  is('interface=fetch calls a plain function with a Request', 'functions.mjs', 'function of fetch GET', {
    callable: 'fetching',
    interface: 'fetch',
  }),
  is('interface=tsgi calls a plain function with environ', 'functions.mjs', 'function of tsgi GET', {
    callable: 'tsgi',
    interface: 'tsgi',
  }),
  is('interface=listen passes over what is exported', 'both.mjs', 'listening', { interface: 'listen' }),
  is('with auto, what is exported wins over what listens', 'both.mjs', 'exported'),
];

const listening: readonly Case[] = [
  is('a server of node:http that listens is the application', 'listen-http.mjs', 'listens GET /path'),
  is('app.listen() of Express, in the main module', 'listen-express.cjs', 'express listens GET /path'),
  is('app.listen() of Koa', 'listen-koa.mjs', 'koa listens GET /path'),
  is('listen() of Fastify, which tells its address', 'listen-fastify.mjs', 'fastify listens GET /path'),
  is('listen() of NestJS, in a function that nobody awaits', 'listen-nest.cjs', 'nest listens GET /path'),
  is('serve() of Hono', 'listen-hono.mjs', 'hono listens GET /path'),
  is('a server that listens later', 'listen-late.mjs', 'listens late GET /path'),
  {
    ...is('a server that listens is as Node leaves it, may close, and listen again', 'life.mjs', ''),
    expect: (reply) => {
      const closed = { listening: false, handle: false, address: null };
      const address = { address: '127.0.0.1', family: 'IPv4', port: 3000 };
      expect(JSON.parse(reply.body.toString())).toEqual({
        reply: 'second life',
        steps: [
          closed,
          'listening',
          'callback',
          { listening: true, handle: true, address },
          'ERR_SERVER_ALREADY_LISTEN',
          0,
          'close',
          ['closed', null],
          closed,
          'close',
          ['closed', 'ERR_SERVER_NOT_RUNNING'],
          { listening: true, handle: true, address: { address: '::', family: 'IPv6', port: 3000 } },
          'listening',
          'connected to the other',
        ],
      });
    },
  },
];

export const interfaces: Section = {
  name: 'interfaces',
  app: 'interfaces/fetch.mjs',
  not: { mock: NO_LOADER, 'mock+lint': NO_LOADER, node: NO_LOADER },
  cases: [
    {
      ...is('an object with fetch is a fetch handler, whose cookies stay apart', 'fetch.mjs', ''),
      expect: (reply) => {
        expect(reply.body.toString()).toBe('fetch GET /path');
        expect(valuesOf(reply, 'Set-Cookie')).toEqual(['a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT', 'b=2']);
      },
    },
    is('so is an application of Hono', 'hono.mjs', 'hono GET /path'),
    ...exported,
    ...said,
    ...listening,
  ],
};
