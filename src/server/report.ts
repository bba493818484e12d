import { inspect } from 'node:util';
import { TsgiError } from '../spec';
import type { Binding } from './binding';
import { Tags, type LogTag } from './log-tags';

/** To whom a record of the log belongs: an exchange, or an application outside any request (`handle` 0). */
export interface LogScope {
  readonly handle: number;
  readonly appId: number;
}

/** What is logged outside of every application. */
export const NO_SCOPE: LogScope = { handle: 0, appId: 0 };

/** Writes one tagged record. */
export function report(binding: Binding, scope: LogScope, tag: LogTag, text: string): void {
  binding.log(scope.handle, scope.appId, tag.level, tag.tag, text);
}

/**
 * What the log tells of something that was thrown: its (source-mapped) stack, its causes and the properties that
 * libraries add, such as `code`. Whatever was thrown, this does not throw.
 */
export function describeError(error: unknown): string {
  try {
    return inspect(error, { depth: 3, breakLength: 120, maxStringLength: 4096, maxArrayLength: 20 });
  } catch {
    return 'something was thrown that cannot be described (its inspection throws)';
  }
}

/** The first line of what was thrown, for records that repeat a known failure. */
export function summarizeError(error: unknown): string {
  const text = describeError(error);
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** The tag of a failure that ended an exchange. */
export function tagOfFailure(error: unknown, committed: boolean): LogTag {
  if (error instanceof TsgiError) {
    if (error.code === 'TSGI_WRITE_LIMIT') {
      return Tags.WriteLimit;
    }
    if (error.rule === 'length-short') {
      return Tags.LengthShort;
    }
    if (error.code === 'TSGI_SPEC') {
      return Tags.RuleBroken;
    }
  }
  return committed ? Tags.AppFailedLate : Tags.AppFailed;
}
