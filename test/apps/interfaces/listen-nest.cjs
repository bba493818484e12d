const { create } = require('./nest.cjs');

async function bootstrap() {
  const app = await create('nest listens');
  await app.listen(3000);
}
bootstrap();
