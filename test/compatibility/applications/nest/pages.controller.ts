import {
  Body,
  Controller,
  Delete,
  ForbiddenException,
  Get,
  Header,
  Headers,
  HttpCode,
  Ip,
  Options,
  Param,
  ParseIntPipe,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Conflict } from './conflict.filter';
import { EnvelopeInterceptor } from './envelope.interceptor';
import { Journal } from './journal';
import { PersonPipe, type Person } from './person.pipe';

@Controller()
export class PagesController {
  constructor(private readonly journal: Journal) {}

  @Get()
  home(): string {
    return 'home';
  }

  @Get('started')
  started(): string[] {
    return this.journal.started;
  }

  @Get('client')
  client(@Ip() ip: string, @Headers('user-agent') agent: string | undefined, @Req() request: IncomingMessage): object {
    return { ip: ip.replace('::ffff:', ''), agent: agent ?? null, url: request.url, method: request.method };
  }

  @Get('users/:id')
  user(@Param('id', ParseIntPipe) id: number, @Query() query: Record<string, string>): object {
    return { id, query };
  }

  @Post('people')
  create(@Body(PersonPipe) person: Person): Person {
    return person;
  }

  @Post('body')
  @HttpCode(200)
  body(@Body() body: unknown): object {
    return { body: body ?? null };
  }

  @Get('enveloped')
  @UseInterceptors(EnvelopeInterceptor)
  @Header('Cache-Control', 'no-store')
  enveloped(): number[] {
    return [1, 2];
  }

  @Get('redirect')
  @Redirect('https://example.com/there', 301)
  redirect(): void {}

  @Get('redirect/:to')
  @Redirect()
  elsewhere(@Param('to') to: string): object {
    return { url: `/api/${to}`, statusCode: 307 };
  }

  @Delete('users/:id')
  @HttpCode(204)
  remove(): void {}

  @Options('users')
  @HttpCode(204)
  @Header('Allow', 'GET, POST, OPTIONS')
  options(): void {}

  @Get('private')
  hidden(): string {
    return 'private';
  }

  @Get('forbidden')
  forbidden(): never {
    throw new ForbiddenException('not for you');
  }

  @Get('conflict')
  conflict(): never {
    throw new Conflict('in conflict');
  }

  @Get('throws')
  async throws(): Promise<never> {
    throw new Error('thrown on purpose');
  }

  @Get('null')
  nothing(): null {
    return null;
  }

  @Get('by-hand')
  byHand(@Res() response: ServerResponse | { raw: ServerResponse }): void {
    const raw = 'raw' in response ? response.raw : response;
    raw.writeHead(203, { 'Content-Type': 'text/plain', 'Set-Cookie': ['a=1', 'b=2'] });
    raw.end('by hand');
  }
}
