/** What a client does to an application, and what of the comparison is excused. */
import type { RequestBytes } from '../support/http1';

export interface ShapeRequest extends RequestBytes {
  /** What goes out instead of an encoded request, byte for byte. */
  raw?: string;
  /** Adds the cookies that earlier responses of the shape have set. */
  cookies?: true;
  /** Waits for `100 Continue` before it sends the body. */
  continues?: true;
  /** Sends its body in as many writes, each after the one before has left. */
  slowly?: readonly string[];
  /** Declares a body of so many bytes, sends only these, and leaves when the response to `until` says that it may. */
  unfinished?: { declares: number; sends: string; until: Told };
  /** Leaves after so many bytes of the response's body. */
  leavesAfter?: number;
  /** Reads nothing until another request is answered like this. */
  pausesUntil?: Told;
  /** Is asked again until its body is like this: what happened needs time to become known. */
  repeatsUntil?: RegExp;
}

/** Another request, on a connection of its own and asked until its body is like this. */
export interface Told {
  target: string;
  body: RegExp;
}

export type ServerName = 'nginx' | 'Apache';

/** What of a response may differ. */
export interface Excuse {
  servers: readonly ServerName[];
  /** By the names of `compare.ts`: `status`, `body`, `field etag` …; `*` where the response is another one altogether. */
  differs: readonly string[];
  /** One sentence, and where it can be read. */
  reason: string;
}

export interface Shape {
  name: string;
  /** The row of the table that it counts for. */
  feature: string;
  requests: readonly ShapeRequest[];
  /** One connection for all requests: each after the response before it, or all at once. */
  connection?: 'kept' | 'pipelined';
  /** What is another each time, and what it is compared as. */
  masks?: readonly (readonly [RegExp, string])[];
  /** Played by `npm test` too. */
  core?: true;
  excuses?: readonly Excuse[];
  /** Lines that the application may bring to the error log at level warn or worse. */
  logs?: readonly RegExp[];
}

/** Shapes of one request. */
export const shape = (
  feature: string,
  name: string,
  request: ShapeRequest,
  more: Omit<Shape, 'name' | 'feature' | 'requests'> = {},
): Shape => ({ feature, name, requests: [request], ...more });

/** Shapes of several requests, one after the other. */
export const shapeOf = (
  feature: string,
  name: string,
  requests: readonly ShapeRequest[],
  more: Omit<Shape, 'name' | 'feature' | 'requests'> = {},
): Shape => ({ feature, name, requests, ...more });
