/** A request, and a listener of node:http for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Note = (what: string, value?: unknown) => void;

export interface Shape {
  name: string;
  method?: string;
  path?: string;
  fields?: readonly (readonly [string, string])[];
  body?: string;
  /** A body in chunked coding. */
  chunks?: readonly string[];
  protocol?: 'HTTP/1.0';
  listener: (req: IncomingMessage, res: ServerResponse, note: Note) => unknown;
  /** What the client does when the listener has noted this: it leaves. */
  leavesAt?: string;
  /** A body of which only the beginning comes, before the client leaves. */
  unfinished?: { declares: number; sends: string };
  /** The client cannot tell where Node leaves the connection hanging or breaks it without a response. */
  noReply?: true;
}

export const shape = (
  name: string,
  listener: Shape['listener'],
  more: Omit<Shape, 'name' | 'listener'> = {},
): Shape => ({
  name,
  listener,
  ...more,
});

export const code = (call: () => unknown): unknown => {
  try {
    call();
    return 'no error';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

export const collect = (req: IncomingMessage, done: (text: string) => void): void => {
  const pieces: Buffer[] = [];
  req.on('data', (piece: Buffer) => pieces.push(piece));
  req.on('end', () => {
    done(Buffer.concat(pieces).toString());
  });
};
