import Fastify from 'fastify';

const app = Fastify();
let ready = 'not ready';
app.addHook('onReady', async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  ready = 'ready';
});
app.get('/path', async (request) => `fastify ${request.method} ${request.url} ${ready}`);
export default app;
