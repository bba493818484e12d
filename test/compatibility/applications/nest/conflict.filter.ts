import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

export class Conflict extends Error {}

/** Answers what is no exception of HTTP. */
@Catch(Conflict)
export class ConflictFilter implements ExceptionFilter<Conflict> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: Conflict, host: ArgumentsHost): void {
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { conflict: error.message }, 409);
  }
}
