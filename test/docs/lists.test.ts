/** What stands in TypeScript and in C alike: the lists are compared, since neither side can be made from the other. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkHeaders } from '../../src/spec';
import {
  AbortReason,
  BeginFlag,
  HEADER_KEY,
  Level,
  REQUIRED_KEYS,
  SPELLED_KEY,
  Status,
} from '../../src/server/binding';

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** `NAME = value` of an enum in C, by name without its prefix. */
function constants(path: string, prefix: string): Record<string, number> {
  const entry = new RegExp(`\\b${prefix}([A-Z_]+) = (-?\\d+)(u << (\\d+))?`, 'g');
  return Object.fromEntries(
    [...read(path).matchAll(entry)].map(([, name = '', value, shifted, places]) => [
      name.toLowerCase().replaceAll('_', ''),
      shifted === undefined ? Number(value) : Number(value) << Number(places),
    ]),
  );
}

/** An object of constants, its names as `constants` writes them. */
function lowered(object: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));
}

describe('lists that stand in two languages', () => {
  it('statuses', () => {
    expect(lowered(Status)).toEqual(constants('native/include/tsgi/status.h', 'TSGI_'));
  });

  it('levels', () => {
    const { critical, ...rest } = lowered(Level);
    expect({ crit: critical, ...rest }).toEqual(constants('native/include/tsgi/message.h', 'TSGI_LEVEL_'));
  });

  it('reasons of an abort', () => {
    expect(lowered(AbortReason)).toEqual(constants('native/include/tsgi/api.h', 'TSGI_ABORT_'));
  });

  it('flags of BEGIN', () => {
    expect(constants('native/include/tsgi/view.h', 'TSGI_VIEW_')).toMatchObject(lowered(BeginFlag));
  });

  it('numbers of environ keys', () => {
    const header = read('native/core/environ_keys.h');
    expect(header).toContain(`#define TSGI_HEADER_KEY 0x${HEADER_KEY.toString(16)}u`);
    expect(header).toContain(`#define TSGI_SPELLED_KEY 0x${SPELLED_KEY.toString(16)}u`);
    expect(header).toContain(`#define TSGI_ENVIRON_REQUIRED ${REQUIRED_KEYS}\n`);
  });

  it('response fields that belong to the server', () => {
    const [, list = ''] = /forbidden\[\] = \{([^}]+)\}/.exec(read('native/core/header.c')) ?? [];
    const native = [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name).sort();
    const [, pattern = ''] = /SERVER_OWNED =\s*\/\^\(\?:([^)]+)\)/.exec(read('src/spec/headers.ts')) ?? [];
    const own = pattern
      .split('|')
      .flatMap((name) => (name.endsWith('s?') ? [name.slice(0, -2), name.slice(0, -1)] : [name]));
    expect(native).toEqual(own.sort());
    expect(checkHeaders([['Trailers', 'x']])?.rule).toBeDefined();
  });
});
