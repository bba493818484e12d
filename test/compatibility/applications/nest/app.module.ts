import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { EventsController } from './events.controller';
import { Journal } from './journal';
import { PagesController } from './pages.controller';
import { StreamsController } from './streams.controller';
import { TokenGuard } from './token.guard';

@Module({
  controllers: [PagesController, StreamsController, EventsController],
  providers: [Journal, { provide: APP_GUARD, useClass: TokenGuard }],
})
export class AppModule {
  /** With what only one of the platforms has. */
  static with(...modules: NonNullable<DynamicModule['imports']>): DynamicModule {
    return { module: AppModule, imports: modules };
  }
}
