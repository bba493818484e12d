import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

/** Wants a token for what is below /private. */
@Injectable()
export class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { url = '', headers } = context.switchToHttp().getRequest<IncomingMessage>();
    return !url.startsWith('/api/private') || headers.authorization === 'Bearer token';
  }
}
