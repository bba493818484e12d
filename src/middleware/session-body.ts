import { checkResult, isThenable, type Body, type Chunk, type Closeable } from '../spec';

/**
 * The same body, before whose first chunk and before whose end `save` is awaited, and once more when it ends early; not
 * when it has failed. A body in which no code of the application runs (an array, a file) needs none of this.
 */
export function saveAround(body: NonNullable<Body>, save: () => Promise<void> | undefined): Body {
  let failed = false;
  let ended = false;
  let begun = false;

  const pass = async (result: IteratorResult<Chunk>): Promise<IteratorResult<Chunk>> => {
    if (checkResult(result) !== undefined) {
      return result; // the server will say what is wrong with it
    }
    ended = result.done === true;
    if (ended || (!begun && isContent(result.value))) {
      begun = true;
      await save();
    }
    return result;
  };

  return {
    [Symbol.asyncIterator]() {
      const iterator = iterate(body);
      return {
        next: async () => {
          try {
            return await pass(await iterator.next());
          } catch (error) {
            failed = true;
            throw error;
          }
        },
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      };
    },
    async close() {
      await closeBody(body);
      if (!failed && !ended) {
        await save();
      }
    },
  } as Body;
}

/** Closes a body that the server will not get. */
export async function closeBody(body: Body): Promise<void> {
  const closed = (body as Partial<Closeable> | null | undefined)?.close?.();
  if (isThenable(closed)) {
    await closed;
  }
}

function iterate(body: NonNullable<Body>): AsyncIterator<Chunk> | Iterator<Chunk> {
  return Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]();
}

function isContent(chunk: unknown): boolean {
  return (chunk as Partial<Chunk> | null | undefined)?.length !== 0;
}
