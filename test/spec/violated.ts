import { expect } from 'vitest';
import { TsgiError } from '../../src/index';

/** Expects that a call, or the promise it returns, fails because a rule is broken, with exactly this message. */
export async function violated(rule: string, message: string, call: () => unknown): Promise<void> {
  let error: unknown;
  try {
    await call();
  } catch (caught) {
    error = caught;
  }
  expectViolation(error, rule, message);
}

export function expectViolation(error: unknown, rule: string, message: string): void {
  expect(error).toBeInstanceOf(TsgiError);
  const { code, rule: named, message: text } = error as TsgiError;
  expect({ code, rule: named, message: text }).toEqual({ code: 'TSGI_SPEC', rule, message: `${rule}: ${message}` });
}
