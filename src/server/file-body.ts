import { fileWrapperOf, checkStarted, TsgiError, type Chunk, type FileRange } from '../spec';
import { pumpBody } from './body';
import type { Exchange } from './exchange';

/**
 * Sends a body that stands for a file: natively where the host takes files, else by iterating it. Either way the size of
 * a regular file becomes the Content-Length, unless the application declared one. The file is closed by the body's own
 * `close()`, when the exchange has ended.
 */
export function beginFile(exchange: Exchange, body: AsyncIterable<Chunk>): void {
  const wrapper = fileWrapperOf(body);
  const violation = checkStarted(exchange.response.state);
  if (violation !== undefined) {
    exchange.fail(TsgiError.of(violation));
    return;
  }
  if (wrapper === undefined || exchange.response.contentless) {
    pumpBody(exchange, body);
    return;
  }
  wrapper.range().then(
    (range) => {
      if (!exchange.ended) {
        sendRange(exchange, body, range);
      }
    },
    (error: unknown) => {
      exchange.fail(error);
    },
  );
}

function sendRange(exchange: Exchange, body: AsyncIterable<Chunk>, range: FileRange | undefined): void {
  const { response } = exchange;
  if (range === undefined) {
    pumpBody(exchange, body);
    return;
  }
  if (response.state === 'started') {
    if (response.declared > range.length && !response.bodyless) {
      exchange.finish(); // which finds the shortage
      return;
    }
    if (!response.commit(range.length)) {
      return;
    }
  }
  if (response.bodyless) {
    exchange.suffice(true);
  } else if (exchange.binding.host.sendfile) {
    sendFile(exchange, range);
  } else {
    pumpBody(exchange, body);
  }
}

function sendFile(exchange: Exchange, range: FileRange): void {
  const outcome = exchange.response.pushFile(range.fd, range.offset, range.length);
  if (outcome === 'again') {
    exchange.waitFor(() => {
      sendFile(exchange, range);
    });
  } else if (outcome === 'sent') {
    exchange.finish();
  }
}
