/** What targets have in common; those without a network play the server's part of a request themselves. */
import type { Field } from '../support/reply';
import type { LevelName, LogRecord, Mount, Request } from './target';

/** Names of `tsgi_level`. */
export const LEVELS: readonly (LevelName | undefined)[] = [
  undefined,
  'alert',
  'crit',
  'error',
  'warn',
  'notice',
  'info',
  'debug',
];

const numbers = new Map<Mount, number>();

/** A path for a mount, the same whenever it is asked for. */
export function scriptNameOf(mount: Mount): string {
  if (mount.options.root === true) {
    return '';
  }
  const number = numbers.get(mount) ?? numbers.size + 1;
  numbers.set(mount, number);
  return `/app${number}`;
}

/** The path of a target, percent-decoded to bytes. */
export function decodeTarget(target: string): string {
  return (target.split('?', 1)[0] ?? '').replace(/%([0-9A-Fa-f]{2})/g, (_escape, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
}

/** A request body as its host sends it on. */
export interface HostBody {
  /** Fields that the client adds because of it. */
  fields: Field[];
  /** The declared length; undefined: chunked, or no body at all. */
  length: number | undefined;
  pieces: Uint8Array[];
  /** More comes through `send`. */
  open: boolean;
  /** Bytes after which the host ends the body with status 413. */
  limit: number;
}

const bytes = (piece: Uint8Array | string) => (typeof piece === 'string' ? Buffer.from(piece) : piece);

export function bodyOf(request: Request, limit = Infinity): HostBody {
  const { body, chunks, declares, sendLater = false } = request;
  if (body !== undefined) {
    const { length } = bytes(body);
    return { fields: [['Content-Length', String(length)]], length, pieces: [bytes(body)], open: false, limit };
  }
  if (sendLater && declares !== undefined) {
    return { fields: [['Content-Length', String(declares)]], length: declares, pieces: [], open: true, limit };
  }
  const chunked = chunks !== undefined || sendLater;
  const fields: Field[] = chunked ? [['Transfer-Encoding', 'chunked']] : [];
  return { fields, length: undefined, pieces: (chunks ?? []).map(bytes), open: sendLater, limit };
}

/** The calls of a host that send a body. */
export interface BodyCalls {
  wanted(): number;
  send(piece: Uint8Array): void;
  end(status: number): void;
  ended(): boolean;
}

/** Sends a body as fast as the application wants it. */
export class SentBody {
  readonly #queue: Uint8Array[];
  #open: boolean;
  #sent = 0;
  #over = false;
  #pumping = false;

  constructor(
    private readonly body: HostBody,
    private readonly calls: BodyCalls,
    /** Bytes of the next piece at most, given how many were sent; 0: none in this turn. */
    private readonly most: (sent: number) => number = () => Infinity,
  ) {
    this.#queue = body.pieces.map((piece) => Uint8Array.from(piece));
    this.#open = body.open;
    void this.#pump();
  }

  send(piece: Uint8Array | string): void {
    this.#queue.push(Uint8Array.from(bytes(piece)));
    void this.#pump();
  }

  finish(): void {
    this.#open = false;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) {
      return;
    }
    this.#pumping = true;
    const { calls, body } = this;
    while (!this.#over && !calls.ended()) {
      const piece = this.#queue[0];
      if (piece === undefined) {
        if (this.#open && this.#sent !== body.length) {
          break;
        }
        this.#end(0);
      } else if (piece.length === 0) {
        this.#queue.shift();
      } else if (this.#sent >= body.limit) {
        this.#end(413);
      } else if (calls.wanted() < 0) {
        break; // it has ended, and the news is on its way
      } else if (calls.wanted() === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      } else {
        const size = Math.min(piece.length, calls.wanted(), body.limit - this.#sent, this.most(this.#sent));
        if (size === 0) {
          await new Promise((resolve) => setImmediate(resolve));
          continue;
        }
        this.#queue[0] = piece.subarray(size);
        this.#sent += size;
        calls.send(piece.subarray(0, size));
      }
    }
    this.#pumping = false;
  }

  #end(status: number): void {
    this.#over = true;
    this.calls.end(status);
  }
}

/**
 * The records of a host that is given them line by line: the lines of a stack, which are records of their own there,
 * become one again.
 */
export class RecordLog {
  readonly records: LogRecord[] = [];
  /** The last record of each kind: others may have come in between. */
  readonly #last = new Map<string, LogRecord>();

  push(line: LogRecord): void {
    const { level, tag, text, requestId } = line;
    const kind = JSON.stringify([level, tag, requestId]);
    const last = this.#last.get(kind);
    const continues = (tag ?? 0) > 0 && (requestId !== undefined || /^[\s}\]]/.test(text));
    if (continues && last !== undefined) {
      last.text += `\n${text}`;
    } else {
      const record = { ...line };
      this.#last.set(kind, record);
      this.records.push(record);
    }
  }
}
