/** A browser, and applications that have a session with it. */
import { expect, vi } from 'vitest';
import { lint, type Application, type Environ } from '../../src/index';
import { memoryStore, sessionOf, sessions, type SessionStore, type SessionsOptions } from '../../src/middleware/index';
import type { MockRequest, MockResponse } from '../../src/testing/index';
import { fieldsOf, serve } from './served';

export const SECRET = 's'.repeat(32);

export interface Visits {
  n?: number;
}

/** A store that tells what was done with it. */
export class ToldStore implements SessionStore {
  readonly calls: string[] = [];
  readonly #inner = memoryStore();
  /** What holds an operation up. */
  gate: Promise<unknown> = Promise.resolve();
  fails = false;

  async #told<T>(name: string, run: () => T | Promise<T>): Promise<T> {
    await this.gate;
    this.calls.push(name);
    if (this.fails) {
      throw new Error('the store is down');
    }
    return run();
  }

  get = (id: string) => this.#told('get', () => this.#inner.get(id));
  create = (id: string, text: string, seconds: number) =>
    this.#told('create', () => this.#inner.create(id, text, seconds));
  update = (id: string, text: string, seconds: number) =>
    this.#told('update', () => this.#inner.update(id, text, seconds));
  touch = (id: string, seconds: number) => this.#told('touch', () => this.#inner.touch(id, seconds));
  delete = (id: string) => this.#told('delete', () => this.#inner.delete(id));
}

export type Step = (environ: Environ) => void | Promise<void>;

/** An application of one step, which answers with what is in the session. */
export const step = (act: Step): Application =>
  lint(async (environ, startResponse) => {
    await act(environ);
    startResponse('200 OK', []);
    return [JSON.stringify(sessionOf(environ).data)];
  });

export const count: Step = (environ) => {
  const { data } = sessionOf<Visits>(environ);
  data.n = (data.n ?? 0) + 1;
};

/** A browser with one cookie. */
export function browse(application: Application, options: Partial<SessionsOptions> = {}, more: MockRequest = {}) {
  const asked = serve(sessions(application, { store: memoryStore(), secret: SECRET, ...options }));
  const browser = {
    cookie: undefined as string | undefined,
    /** The last `Set-Cookie`. */
    set: undefined as string | undefined,
    async ask(request: MockRequest = {}): Promise<MockResponse> {
      const headers = browser.cookie === undefined ? {} : { Cookie: browser.cookie };
      const response = await asked({ headers, ...more, ...request });
      const [set, ...others] = fieldsOf(response, 'set-cookie');
      expect(others).toEqual([]);
      browser.set = set;
      if (set !== undefined) {
        browser.cookie = set.includes('Max-Age=0') ? undefined : set.split(';', 1)[0];
      }
      return response;
    },
  };
  return browser;
}

/** Lets time go by: `Date` is that of vitest's fake timers. */
export const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000);
