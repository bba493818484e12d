/** One nginx whose worker is steered by `control.ts`, with the scenes mounted three times. */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { useNginx } from '../nginx/nginx';
import { scenes, type Scene } from './scenes';
import type { Reply } from '../support/reply';

const pass = `tsgi_pass ${fileURLToPath(new URL('apps/misery.mjs', import.meta.url))}`;

export const useMiserableNginx = () =>
  useNginx(() => ({
    conf: {
      server: `
        location /app { ${pass}; }
        location /narrow { tsgi_buffer_size 4k; ${pass}; }
        location /streamed { tsgi_request_buffering off; tsgi_buffer_size 4k; ${pass}; }`,
    },
  }));

/** A response that claims to be whole and well must be. */
export function expectHonest(scene: Scene, reply: Reply): void {
  if (!reply.complete || reply.status !== 200) {
    return;
  }
  const { body } = scene;
  expect(body, 'an application that fails has no whole response').toBeDefined();
  if (typeof body === 'function') {
    expect(body(reply.body)).toBe(true);
  } else {
    expect(reply.body.toString()).toBe(body);
  }
}

export const wholeScene = scenes[0] as Scene;
