/** What `environ.mjs` says of the environ that it was called with. */
import { expect } from 'vitest';
import type { Reply } from '../support/reply';
import type { Case, Trial } from './case';

export type Dump = Record<string, unknown>;

export const read = (reply: Reply): Dump => {
  expect(reply.status, reply.body.toString()).toBe(200);
  return JSON.parse(reply.body.toString('latin1')) as Dump;
};

/** JSON carries text as UTF-8; environ carries bytes as code units. */
export const text = (reply: Reply): Dump => JSON.parse(reply.body.toString('utf8')) as Dump;

/** A case that looks at the strings of environ. */
export function dump(
  rule: string,
  request: Partial<NonNullable<Case['request']>>,
  look: (environ: Dump, trial: Trial) => void,
  more: Partial<Case> = {},
): Case {
  return {
    rule,
    request: { path: '/dump', ...request },
    expect: (reply, trial) => {
      expect(reply.status, reply.body.toString()).toBe(200);
      look(text(reply), trial);
    },
    ...more,
  };
}
