import Koa from 'koa';

export const application = new Koa();
application.use((context) => {
  context.body = `koa ${context.method} ${context.url}`;
});
