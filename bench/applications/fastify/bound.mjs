import Fastify from 'fastify';
import { boundOf } from '../bound.mjs';

const app = Fastify();

app.get('/hello', () => 'Hello, world!\n');

await app.ready();

export const application = boundOf((req, res) => app.routing(req, res), 'text/plain; charset=utf-8');
