/** What a request wants of a file, by its preconditions and its range (RFC 9110, sections 13 and 14). */
import type { Environ } from '../spec';

/** What tells one state of a file from another. */
export interface Validators {
  /** With its quotes, `"..."` or `W/"..."`. */
  readonly etag: string;
  /** In whole seconds since 1970: `Last-Modified` has no finer ones. */
  readonly modified: number;
  readonly size: number;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** With a range for 206 alone. */
export type Verdict = { status: 200 | 304 | 412 | 416; range?: undefined } | { status: 206; range: ByteRange };

/** In the order of RFC 9110, section 13.2.2. The method is GET or HEAD. */
export function judge(environ: Environ, file: Validators): Verdict {
  const header = (name: string): string | undefined => environ[`HTTP_${name}`] as string | undefined;

  const match = header('IF_MATCH');
  const unmodified = seconds(header('IF_UNMODIFIED_SINCE'));
  if (match === undefined ? file.modified > unmodified : !listHas(match, file.etag, isSameStrongly)) {
    return { status: 412 };
  }
  const none = header('IF_NONE_MATCH');
  const since = seconds(header('IF_MODIFIED_SINCE'));
  if (none === undefined ? file.modified <= since : listHas(none, file.etag, isSameWeakly)) {
    return { status: 304 };
  }
  const range = header('RANGE');
  if (range === undefined || environ.REQUEST_METHOD !== 'GET' || !isStillSame(header('IF_RANGE'), file)) {
    return { status: 200 };
  }
  return cut(range, file.size);
}

/** A date as seconds since 1970; NaN, which no comparison is true for, when there is none. */
function seconds(date: string | undefined): number {
  return date === undefined ? NaN : Math.floor(Date.parse(date) / 1000);
}

function listHas(list: string, etag: string, same: (one: string, other: string) => boolean): boolean {
  return list.trim() === '*' || (list.match(/(?:W\/)?"[^"]*"/g) ?? []).some((one) => same(one, etag));
}

function isSameStrongly(one: string, other: string): boolean {
  return one === other && !one.startsWith('W/');
}

function isSameWeakly(one: string, other: string): boolean {
  return one.replace(/^W\//, '') === other.replace(/^W\//, '');
}

/** Whether the part that the client has already is a part of this file (`If-Range`). */
function isStillSame(condition: string | undefined, file: Validators): boolean {
  if (condition === undefined) {
    return true;
  }
  return condition.includes('"') ? isSameStrongly(condition.trim(), file.etag) : seconds(condition) === file.modified;
}

/**
 * The one range that is asked for. Several ranges, other units and what is malformed are ignored, as RFC 9110, section
 * 14.2 allows: the server has the whole response then and may cut it by itself.
 */
function cut(header: string, size: number): Verdict {
  const [, first = '', last = ''] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header) ?? [];
  if (first === '') {
    const suffix = Math.min(Number(last), size);
    if (last === '' || size === 0) {
      return { status: 200 };
    }
    return suffix === 0 ? { status: 416 } : { status: 206, range: { offset: size - suffix, length: suffix } };
  }
  const offset = Number(first);
  const end = last === '' ? Infinity : Number(last);
  if (end < offset) {
    return { status: 200 };
  }
  if (offset >= size) {
    return { status: 416 };
  }
  return { status: 206, range: { offset, length: Math.min(end + 1, size) - offset } };
}
