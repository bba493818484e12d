import 'reflect-metadata';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';
import { ConflictFilter } from './conflict.filter';
import { UploadsModule } from './uploads.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(UploadsModule), { logger: false });
  app.setGlobalPrefix('api');
  app.enableCors({ origin: 'https://example.com' });
  app.enableShutdownHooks();
  app.useGlobalFilters(new ConflictFilter(app.get(HttpAdapterHost)));
  app.set('trust proxy', true);
  await app.listen(process.env['PORT'] ?? 3000);
}
void bootstrap();
