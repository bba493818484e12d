import { describe, expect, it } from 'vitest';
import type { Application, Environ, StartResponse } from '../../src/spec';
import { createMockHost } from '../../src/testing';

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return ['hello'];
};

describe('response', () => {
  it('sends an array as one response with its length', async () => {
    const host = createMockHost(hello);
    const response = await host.request({ path: '/x?y=1' });
    expect(response).toMatchObject({ status: 200, reason: 'OK', text: 'hello', contentLength: 5, complete: true });
    expect(response.chunks).toHaveLength(1);
    expect(host.violations).toEqual([]);
    expect(host.faults).toEqual([]);
    expect(host.live).toBe(0);
    expect(host.unsettled).toBe(0);
  });

  it('pumps an async generator chunk by chunk', async () => {
    const host = createMockHost(async function* (_environ: Environ, startResponse: StartResponse) {
      startResponse('200 OK', []);
      yield 'a';
      await null;
      yield new Uint8Array([98]);
      yield '';
      yield 'c';
    });
    const response = await host.request();
    expect(response).toMatchObject({ status: 200, text: 'abc', contentLength: undefined, complete: true });
    expect(host.faults).toEqual([]);
    expect(host.violations).toEqual([]);
    expect(response.chunks).toHaveLength(3);
  });

  it('echoes a streamed body', async () => {
    const host = createMockHost(
      async (environ, startResponse) => {
        startResponse('200 OK', []);
        return environ['tsgi.input'];
      },
      { streamed: true, window: 1024 },
    );
    const body = 'x'.repeat(100_000);
    const response = await host.request({ method: 'POST', body });
    expect(response.text.length).toBe(body.length);
    expect(host.records).toEqual([]);
    expect(host.faults).toEqual([]);
    expect(host.violations).toEqual([]);
  });
});
