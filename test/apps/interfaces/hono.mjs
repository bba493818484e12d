import { Hono } from 'hono';

const app = new Hono();
app.get('/path', (context) => context.text(`hono ${context.req.method} ${new URL(context.req.url).pathname}`));
export default app;
