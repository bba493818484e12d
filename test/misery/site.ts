/** A server that is steered by `control.ts`, with the scenes mounted three times. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from 'vitest';
import { useApache } from '../apache/apache';
import { useNginx } from '../nginx/nginx';
import type { RequestBytes } from '../support/http1';
import type { Reply } from '../support/reply';
import type { Connection } from '../support/http1';
import { MessageControl } from './messages';
import { scenes, type Scene } from './scenes';

/** What these tests ask of a server, whichever it is. */
export interface MiserableSite {
  connect(): Promise<Connection>;
  request(request: RequestBytes): Promise<Reply>;
  marked(request: RequestBytes): RequestBytes;
  allowLog(...patterns: RegExp[]): void;
  whenQuiet(): Promise<void>;
}

/** One server for a file of tests, and the control of what happens to it. */
export interface Misery {
  readonly site: MiserableSite;
  readonly control: MessageControl;
  /** What it may log of departures and of memory that is short. */
  readonly noises: readonly RegExp[];
}

const script = fileURLToPath(new URL('apps/misery.mjs', import.meta.url));
const ofScenes = [/on purpose|a line|and another/, /TSGI\d{4}/];

export function useMiserableNginx(): Misery {
  const pass = `tsgi_pass ${script}`;
  const site = useNginx(() => ({
    conf: {
      server: `
        location /app { ${pass}; }
        location /narrow { tsgi_buffer_size 4k; ${pass}; }
        location /streamed { tsgi_request_buffering off; tsgi_buffer_size 4k; ${pass}; }`,
    },
  }));
  const noises = [...ofScenes, /failed \(12: Cannot allocate memory\)/, /did not complete its response/];
  return { site, control: useControl(), noises };
}

export function useMiserableApache(): Misery {
  const alias = (prefix: string) => `TSGIScriptAlias ${prefix} ${script} group=${prefix.slice(1)}`;
  const site = useApache(() => ({
    conf: {
      server: `
        ${alias('/app')}
        ${alias('/narrow')}
        ${alias('/streamed')}
        <Location /app>
          TSGIRequestBuffering On
        </Location>
        <Location /narrow>
          TSGIBufferSize 4k
        </Location>
        <Location /streamed>
          TSGIBufferSize 4k
        </Location>`,
    },
  }));
  return { site, control: useControl(), noises: [...ofScenes, /Cannot allocate memory/] };
}

/** Once the server runs, which the file of the control is waiting for. */
function useControl(): MessageControl {
  const control = new MessageControl();
  beforeAll(() => control.clear());
  afterAll(() => control.close());
  return control;
}

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
