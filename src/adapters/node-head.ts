/** The head of a node:http response as `startResponse` wants it. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Headers } from '../spec';
import { isServerOwned } from './server-owned';

/** What a head says beyond its fields. */
export interface NodeHead {
  status: string;
  headers: Headers;
  /** The declared length, if any. */
  length: number | undefined;
}

/**
 * Takes a head as Node's `_storeHeader` gets it: the first line, and the fields in one of the forms of `writeHead`, or
 * as `setHeader` has checked and stored them, `[name, value]` below the lower-case name. Throws Node's own errors for what
 * Node refuses.
 */
export function readHead(firstLine: string, fields: unknown, stored: boolean): NodeHead {
  const head: NodeHead = { status: statusOf(firstLine), headers: [], length: undefined };
  if (Array.isArray(fields)) {
    readList(head, fields as unknown[]);
  } else if (stored) {
    for (const [name, value] of Object.values(fields as Record<string, [string, unknown]>)) {
      addField(head, name, value, false);
    }
  } else if (typeof fields === 'object' && fields !== null) {
    for (const name of Object.keys(fields)) {
      addField(head, name, (fields as Record<string, unknown>)[name], true);
    }
  }
  return head;
}

/** `HTTP/1.1 200 OK` and a line end, without its beginning and its end. Node allows a tab in the reason, TSGI does not. */
function statusOf(firstLine: string): string {
  const status = firstLine.slice('HTTP/1.1 '.length, -2);
  return status.includes('\t') ? status.replaceAll('\t', ' ') : status;
}

function readList(head: NodeHead, fields: readonly unknown[]): void {
  if (Array.isArray(fields[0])) {
    for (const entry of fields) {
      const [name, value] = entry as [string, unknown];
      addField(head, name, value, true);
    }
    return;
  }
  if (fields.length % 2 !== 0) {
    throw Object.assign(new TypeError(`The argument 'headers' is invalid. Received an array of ${fields.length}`), {
      code: 'ERR_INVALID_ARG_VALUE',
    });
  }
  for (let index = 0; index < fields.length; index += 2) {
    addField(head, fields[index] as string, fields[index + 1], true);
  }
}

function addField(head: NodeHead, name: string, value: unknown, check: boolean): void {
  if (check) {
    validateHeaderName(name);
  }
  if (!Array.isArray(value)) {
    addValue(head, name, value, check);
  } else if (value.length > 1 && name.length === 6 && name.toLowerCase() === 'cookie') {
    addValue(head, name, value.join('; '), check);
  } else {
    for (const one of value) {
      addValue(head, name, one, check);
    }
  }
}

function addValue(head: NodeHead, name: string, value: unknown, check: boolean): void {
  if (check) {
    validateHeaderValue(name, value as string);
  }
  const { length } = name;
  if (length >= 2 && length <= 19) {
    const field = name.toLowerCase();
    if (isServerOwned(field)) {
      return;
    }
    if (field === 'content-length') {
      head.length = Number(value);
    }
  }
  head.headers.push([name, typeof value === 'string' ? value : String(value)]);
}

/** The fields of an interim response, of which Node gives the text: `HTTP/1.1 103 Early Hints`, then a field a line. */
export function readInterim(text: string): { status: number; headers: Headers } {
  const [first = '', ...lines] = text.split('\r\n');
  const headers = lines
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
  return { status: Number(first.slice(9, 12)), headers };
}
