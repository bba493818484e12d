/** A site whose applications are asked to run code. */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { AnySite } from '../support/site';

export interface Answer {
  returned?: unknown;
  thrown?: { name: string; code?: string; message: string };
}

export const script = (name: string) => fileURLToPath(new URL(`apps/${name}`, import.meta.url));

/** Where the configuration of a server has which script; `env` is what the group's environment has besides. */
export const mounts: Record<string, { script: string; env?: Record<string, string> }> = {
  '/main-cjs': { script: script('main.cjs') },
  '/main-mjs': { script: script('main.mjs') },
  '/host': { script: script('host.mjs') },
  '/without-node': { script: script('host.mjs'), env: { PATH: '/nowhere' } },
  // An isolate that dies again soon is replaced after a pause, so each death has an application to itself.
  ...Object.fromEntries(['exit', 'abort', 'kill'].map((how) => [`/dies-${how}`, { script: script('host.mjs') }])),
};

export class Guest {
  constructor(readonly site: AnySite) {}

  /** What the code of a function comes to, in the application at this mount. */
  async ask(code: string, mount = '/host'): Promise<Answer> {
    return (await this.site.json({ method: 'POST', target: mount, body: code })) as Answer;
  }

  async run(code: string, mount?: string): Promise<unknown> {
    const { returned, thrown } = await this.ask(code, mount);
    expect(thrown).toBeUndefined();
    return returned;
  }

  async refusal(code: string, mount?: string): Promise<Answer['thrown']> {
    return (await this.ask(code, mount)).thrown;
  }
}
