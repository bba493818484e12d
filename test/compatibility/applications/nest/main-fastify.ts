import 'reflect-metadata';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import { ConflictFilter } from './conflict.filter';

async function bootstrap(): Promise<void> {
  const adapter = new FastifyAdapter({ trustProxy: true });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, { logger: false });
  app.setGlobalPrefix('api');
  app.enableShutdownHooks();
  app.useGlobalFilters(new ConflictFilter(app.get(HttpAdapterHost)));
  await app.listen(process.env['PORT'] ?? 3000, '127.0.0.1');
}
void bootstrap();
