import Koa from 'koa';

const app = new Koa();

app.use((context) => {
  if (context.path === '/hello') {
    context.body = 'Hello, world!\n';
  } else if (context.path === '/json') {
    context.body = { message: 'Hello, world!' };
  }
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
server.keepAliveTimeout = 90_000; // longer than that of the server in front
