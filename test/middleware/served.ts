/** Requests to an application on the mock host, under the validator; whatever breaks a rule fails the test. */
import { expect } from 'vitest';
import type { Application } from '../../src/index';
import { createMockHost, type MockOptions, type MockRequest, type MockResponse } from '../../src/testing/index';

export type Ask = (request?: MockRequest | string) => Promise<MockResponse>;

/** A server of this application, outside of which the validator stands; who wraps it puts another one inside. */
export function serve(application: Application, options: MockOptions = {}): Ask {
  const host = createMockHost(application, options);
  return async (request = {}) => {
    const response = await host.request(typeof request === 'string' ? { path: request } : request);
    await host.settled();
    expect(host.violations).toEqual([]);
    expect(host.faults).toEqual([]);
    return response;
  };
}

/** Every value of a field, in order. */
export function fieldsOf(response: MockResponse, name: string): string[] {
  return response.headers.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
}
