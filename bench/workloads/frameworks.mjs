/** Frameworks: each answers with a text and with JSON, from one file that listens, as people have it. */
import { wrk } from '../load/wrk.mjs';

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * @param {string} name folder in bench/applications
 * @param {string} title
 * @param {{ text?: string, json?: string }} [types] what it has for Content-Type
 * @returns {import('../lib/peer.mjs').Workload[]}
 */
function framework(name, title, { text = TEXT, json = JSON_TYPE } = {}) {
  const common = { application: name, connections: [32], quickConnections: [32], load: wrk };
  return [
    {
      ...common,
      name,
      title: `${title}, GET, 14 bytes of text`,
      request: { method: 'GET', path: '/hello' },
      answer: { type: text, body: Buffer.from('Hello, world!\n') },
    },
    {
      ...common,
      name: `${name}-json`,
      title: `${title}, GET, 27 bytes of JSON`,
      request: { method: 'GET', path: '/json' },
      answer: { type: json, body: Buffer.from(JSON.stringify({ message: 'Hello, world!' })) },
    },
  ];
}

export const frameworks = [
  ...framework('express', 'Express 5'),
  ...framework('express4', 'Express 4'),
  ...framework('fastify', 'Fastify'),
  ...framework('hono', 'Hono on @hono/node-server', { text: 'text/plain; charset=UTF-8', json: 'application/json' }),
  ...framework('koa', 'Koa'),
  ...framework('node', 'node:http'),
];
