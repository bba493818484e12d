import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
app.get('/path', (context) => context.text(`hono listens ${context.req.method} ${new URL(context.req.url).pathname}`));
await new Promise((resolve) => serve({ fetch: app.fetch, port: 3000 }, resolve));
