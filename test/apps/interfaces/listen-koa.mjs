import Koa from 'koa';

const app = new Koa();
app.use((context) => {
  context.body = `koa listens ${context.method} ${context.url}`;
});
app.listen(3000);
