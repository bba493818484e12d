import Fastify from 'fastify';

const app = Fastify({ keepAliveTimeout: 90_000 }); // longer than that of the server in front

app.get('/hello', () => 'Hello, world!\n');

app.get('/json', () => ({ message: 'Hello, world!' }));

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
