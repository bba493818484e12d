import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();

app.get('/hello', (context) => context.text('Hello, world!\n'));

app.get('/json', (context) => context.json({ message: 'Hello, world!' }));

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' });
server.keepAliveTimeout = 90_000; // longer than that of the server in front
