import { afterEach, expect } from 'vitest';
import type { Application, Body } from '../../../src/spec';
import { bounded } from '../../support/until';
import { createMockHost, type MockApplication, type MockHost, type MockOptions } from '../../../src/testing';

const hosts: MockHost[] = [];

/** A host without the validator: what `src/server` does by itself. Afterwards it must be at rest and without a fault. */
export function hostFor(application: MockApplication, options: MockOptions = {}): MockHost {
  const host = createMockHost(application, { lint: false, ...options });
  hosts.push(host);
  return host;
}

/** Lets a host go that is not at rest on purpose. */
hostFor.forget = (host: MockHost): void => {
  hosts.splice(hosts.indexOf(host), 1);
};

/** An application that answers 200 with this body. */
export function answering(body: Body): Application {
  return (_environ, startResponse) => {
    startResponse('200 OK', []);
    return body;
  };
}

/** Resolves when the loop has turned: everything that was posted before has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

afterEach(async () => {
  for (const host of hosts.splice(0)) {
    await bounded('the host to be at rest', host.settled());
    expect(host.faults).toEqual([]);
    expect(host.live).toBe(0);
  }
});
