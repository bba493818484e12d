import { TsgiError, type Headers } from '../spec';
import type { Binding } from './binding';

/** The head of a response, packed as `Binding.words` describes it: made when `startResponse` is called. */
export interface Head {
  /** The reason, then name and value of each field. */
  readonly text: string;
  /** Length of the reason, then of each name and value. */
  readonly cuts: readonly number[];
}

const CONTENT_LENGTH = /^content-length$/i;

/**
 * Packs headers that `checkHeaders` has accepted; what the application does with its array afterwards changes nothing.
 * `dropLength` leaves out Content-Length (status 204: RFC 9110, section 8.6).
 */
export function packHead(reason: string, headers: Headers, dropLength: boolean): Head {
  let text = reason;
  const cuts = [reason.length];
  for (const [name, value] of headers) {
    if (dropLength && name.length === 14 && CONTENT_LENGTH.test(name)) {
      continue;
    }
    text += name + value;
    cuts.push(name.length, value.length);
  }
  return { text, cuts };
}

/** The number of fields of a packed head. */
export function fieldCount(head: Head): number {
  return (head.cuts.length - 1) / 2;
}

/** Puts the cuts of a head where the next call of the binding looks for them. */
export function loadCuts(binding: Binding, head: Head): void {
  const { words } = binding;
  const { cuts } = head;
  for (let index = 0; index < cuts.length; index++) {
    words[index] = cuts[index] as number;
  }
}

/** Throws when a head has more fields than the binding can take over in one call. */
export function checkFieldCount(binding: Binding, head: Head): void {
  if (head.cuts.length > binding.words.length) {
    const most = Math.floor((binding.words.length - 1) / 2);
    throw TsgiError.of({
      rule: 'headers-count',
      message: `there must be at most ${most} headers, not ${fieldCount(head)}`,
    });
  }
}
