import Fastify from 'fastify';

const app = Fastify();
app.get('/path', async (request) => `fastify listens ${request.method} ${request.url}`);
const address = await app.listen({ port: 3000, host: '127.0.0.1' });
if (address !== 'http://127.0.0.1:3000') {
  throw new Error(`it listens on ${address}`);
}
