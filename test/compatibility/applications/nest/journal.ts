import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { appendFileSync } from 'node:fs';

/** What has happened, for who asks later. */
@Injectable()
export class Journal
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly started: string[] = [];
  readonly events: string[] = [];

  async onModuleInit(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.started.push('onModuleInit');
  }

  onApplicationBootstrap(): void {
    this.started.push('onApplicationBootstrap');
  }

  onModuleDestroy(): void {
    this.ending('onModuleDestroy');
  }

  beforeApplicationShutdown(signal?: string): void {
    this.ending(`beforeApplicationShutdown ${signal}`);
  }

  onApplicationShutdown(signal?: string): void {
    this.ending(`onApplicationShutdown ${signal}`);
  }

  /** Nobody can ask any more: it goes into a file. */
  private ending(event: string): void {
    appendFileSync(process.env['JOURNAL'] ?? 'journal', `${event}\n`);
  }
}
