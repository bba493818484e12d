import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { Journal } from './journal';

@Controller('events')
export class EventsController {
  constructor(private readonly journal: Journal) {}

  @Get()
  all(): string[] {
    return this.journal.events;
  }

  @Delete()
  @HttpCode(204)
  forget(): void {
    this.journal.events.length = 0;
  }
}
