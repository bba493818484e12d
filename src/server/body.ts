import { checkChunk, checkStarted, fileWrapperOf, TsgiError, type Body, type Chunk } from '../spec';
import type { Exchange } from './exchange';
import { beginFile } from './file-body';
import { Pump } from './pump';

const ARRAY_ITERATOR = Array.prototype[Symbol.iterator];
const EMPTY: Chunk[] = [];

/** Begins to send what the application returned. From here on `write` is over. */
export function beginBody(exchange: Exchange, body: Body): void {
  exchange.pulled = true;
  if (exchange.ended) {
    return;
  }
  if (body === null || body === undefined) {
    sendArray(exchange, EMPTY);
    return;
  }
  if (exchange.response.bodyless && exchange.response.state === 'committed') {
    exchange.suffice(true);
    return;
  }
  if (fileWrapperOf(body) !== undefined) {
    beginFile(exchange, body as AsyncIterable<Chunk>);
  } else if (isPlainArray(body)) {
    sendArray(exchange, body);
  } else {
    pumpBody(exchange, body);
  }
}

/** Pulls a body chunk by chunk. */
export function pumpBody(exchange: Exchange, body: Iterable<Chunk> | AsyncIterable<Chunk>): void {
  let pump: Pump;
  try {
    pump = Pump.of(exchange, body);
  } catch (error) {
    exchange.fail(error);
    return;
  }
  exchange.pulledBy(pump);
  pump.advance();
}

function isPlainArray(body: object): body is Chunk[] {
  return Array.isArray(body) && body[Symbol.iterator] === ARRAY_ITERATOR && !(Symbol.asyncIterator in body);
}

/** An array is known as a whole: it gets its length, and a small one goes out in one message. */
function sendArray(exchange: Exchange, chunks: readonly Chunk[]): void {
  const { response } = exchange;
  const single = chunks.length === 1 ? chunks[0] : undefined;
  if (
    typeof single === 'string' &&
    single.length * 3 <= exchange.facts.window &&
    response.state === 'started' &&
    response.declared < 0 &&
    !response.bodyless &&
    exchange.respond(single)
  ) {
    return;
  }
  if (exchange.ended) {
    return;
  }
  const size = sizeOf(exchange, chunks);
  if (size < 0) {
    return;
  }
  if (response.state !== 'started') {
    pumpBody(exchange, chunks);
  } else if (response.bodyless) {
    sendHeadAlone(exchange, size);
  } else {
    sendWhole(exchange, chunks, size);
  }
}

/** HEAD, 204, 304: the length of an array is told only with HEAD, and only if it is not empty. */
function sendHeadAlone(exchange: Exchange, size: number): void {
  if (exchange.head && size > 0 && !exchange.response.contentless) {
    if (exchange.response.commit(size)) {
      exchange.suffice(true);
    }
  } else {
    exchange.respond(undefined);
  }
}

function sendWhole(exchange: Exchange, chunks: readonly Chunk[], size: number): void {
  const { response } = exchange;
  const exact = response.declared < 0 || response.declared === size;
  if (exact && size <= exchange.facts.window && exchange.respond(join(chunks))) {
    return;
  }
  if (response.declared > size) {
    exchange.finish(); // which finds the shortage
  } else if (!exchange.ended && response.commit(size)) {
    pumpBody(exchange, chunks);
  }
}

/** The size of an array of chunks in bytes; -1 when one is no chunk, or the array comes too early: it has failed. */
function sizeOf(exchange: Exchange, chunks: readonly Chunk[]): number {
  let size = 0;
  for (let index = 0; index < chunks.length; index++) {
    const chunk = chunks[index] as Chunk;
    const violation = checkChunk(chunk);
    if (violation !== undefined) {
      exchange.fail(TsgiError.of(violation));
      return -1;
    }
    size += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength;
  }
  const violation = checkStarted(exchange.response.state);
  if (violation !== undefined) {
    exchange.fail(TsgiError.of(violation));
    return -1;
  }
  return size;
}

function join(chunks: readonly Chunk[]): Chunk {
  if (chunks.length === 1) {
    return chunks[0] as Chunk;
  }
  if (chunks.every(isJoinable)) {
    return chunks.join('');
  }
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)));
}

/** Whether a chunk is a string that ends with a whole character: two halves of one must not meet. */
function isJoinable(chunk: Chunk): boolean {
  return typeof chunk === 'string' && (chunk.charCodeAt(chunk.length - 1) & 0xfc00) !== 0xd800;
}
