import { Controller, Get, Header, Query, Req, Sse, StreamableFile, type MessageEvent } from '@nestjs/common';
import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { finalize, interval, map, take, type Observable } from 'rxjs';
import { Journal } from './journal';

@Controller('streams')
export class StreamsController {
  constructor(private readonly journal: Journal) {}

  @Get('file')
  @Header('X-From', 'disk')
  file(): StreamableFile {
    return new StreamableFile(createReadStream(process.env['HELLO'] ?? ''), {
      type: 'text/plain',
      disposition: 'attachment; filename="hello.txt"',
    });
  }

  @Get('bytes')
  bytes(): StreamableFile {
    return new StreamableFile(Buffer.from('some bytes'), { length: 10 });
  }

  @Get('large')
  large(): StreamableFile {
    return new StreamableFile(Readable.from(Array.from({ length: 64 }, (_, index) => Buffer.alloc(65_536, index))));
  }

  @Get('missing')
  missing(): StreamableFile {
    return new StreamableFile(createReadStream('/there/is/no/such/file'));
  }

  @Sse('ticks')
  ticks(@Query('last') last?: string): Observable<MessageEvent> {
    return interval(5).pipe(
      take(Number(last ?? Infinity)),
      map((count) => ({ id: String(count), type: 'tick', data: { count } })),
      finalize(() => this.journal.events.push('ticks over')),
    );
  }

  @Get('waits')
  async waits(@Req() request: IncomingMessage | { raw: IncomingMessage }): Promise<string> {
    const raw = 'raw' in request ? request.raw : request;
    this.journal.events.push('waiting');
    await new Promise((resolve) => raw.once('close', resolve));
    this.journal.events.push('left');
    return 'for nobody';
  }
}
