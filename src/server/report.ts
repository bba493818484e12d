import { dirname, sep } from 'node:path';
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

/** Frames of a stack that say only how the server came to call the application. */
const OWN_FRAME = new RegExp(`^ +at .*(?:${escape(dirname(__filename) + sep)}|AsyncLocalStorage\\.run )`);
/** How `inspect` shows an error without frames. */
const BRACKETED = /^\[([^]*)\]$/;

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
    const text = inspect(error, { depth: 3, breakLength: 120, maxStringLength: 4096, maxArrayLength: 20 });
    return withoutOwnFrames(error instanceof Error ? text.replace(BRACKETED, '$1') : text);
  } catch {
    return 'something was thrown that cannot be described (its inspection throws)';
  }
}

/** The same without the frames of the server itself. */
export function withoutOwnFrames(text: string): string {
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    if (!OWN_FRAME.test(line)) {
      kept.push(line);
    } else if (line.endsWith(' {') && kept.length > 0) {
      kept.push(`${kept.pop()} {`); // properties follow
    }
  }
  return kept.join('\n');
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
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
