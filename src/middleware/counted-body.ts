import {
  checkBody,
  checkResult,
  fileWrapperOf,
  isThenable,
  standFor,
  type Body,
  type Chunk,
  type Closeable,
} from '../spec';

/** Told of every chunk that passes. */
export type Count = (chunk: Chunk) => void;

/**
 * A body that is the same to the server as `body`, of which every chunk is told to `count` when it is pulled. An array
 * stays the array that it is, so that the server can derive its length. A file that the server sends by itself is not
 * counted.
 */
export function countBody(body: Body, count: Count): Body {
  if (body === null || body === undefined || checkBody(body) !== undefined) {
    return body; // nothing to count, or what the server will refuse
  }
  if (Array.isArray(body)) {
    (body as Chunk[]).forEach(count);
    return body;
  }
  const counted = countIterable(body, count);
  const { close } = body as Partial<Closeable>;
  if (typeof close === 'function') {
    (counted as unknown as Closeable).close = () => close.call(body);
  }
  const file = fileWrapperOf(body);
  if (file !== undefined) {
    standFor(file, counted);
  }
  return counted;
}

function countIterable(
  body: Iterable<Chunk> | AsyncIterable<Chunk>,
  count: Count,
): Iterable<Chunk> | AsyncIterable<Chunk> {
  const counting = <R extends IteratorResult<Chunk>>(result: R): R => {
    if (checkResult(result) === undefined && result.done !== true) {
      count(result.value);
    }
    return result;
  };
  if (Symbol.asyncIterator in body) {
    return {
      [Symbol.asyncIterator]() {
        const iterator = body[Symbol.asyncIterator]();
        return {
          next: () => {
            const result = iterator.next();
            return isThenable(result) ? result.then(counting) : counting(result);
          },
          return: () => iterator.return?.() ?? Promise.resolve({ done: true, value: undefined }),
        };
      },
    };
  }
  return {
    [Symbol.iterator]() {
      const iterator = (body as Iterable<Chunk>)[Symbol.iterator]();
      return {
        next: () => counting(iterator.next()),
        return: () => iterator.return?.() ?? { done: true, value: undefined },
      };
    },
  };
}
