/**
 * Where sessions are kept: a text for each id, for so many seconds. Each method may be asynchronous; what it throws fails
 * the request.
 */
export interface SessionStore {
  /** The text, if there is one that has not expired. */
  get(id: string): string | undefined | Promise<string | undefined>;
  /** Keeps a session that begins. */
  create(id: string, text: string, seconds: number): void | Promise<void>;
  /** Replaces a text that is still there: what another request has ended stays ended. */
  update(id: string, text: string, seconds: number): void | Promise<void>;
  /** Lets a text that is still there live for so many seconds from now. */
  touch(id: string, seconds: number): void | Promise<void>;
  delete(id: string): void | Promise<void>;
  /** Other threads and processes do not see what is kept. */
  readonly local?: boolean;
}
