import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { boundOf } from '../bound.mjs';

const app = new Hono();

app.get('/hello', (context) => context.text('Hello, world!\n'));

export const application = boundOf(getRequestListener(app.fetch), 'text/plain; charset=UTF-8');
