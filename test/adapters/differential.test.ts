/** Every shape under Node's own server and under the adapter: the same response, the same events in the same order. */
import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromNodeListener } from '../../src/adapters';
import { createMockHost } from '../../src/testing';
import { sharedFields } from '../support/client-view';
import { Connection, encodeRequest } from '../support/http1';
import { until } from '../support/until';
import { shapes, type Shape } from './shapes';

interface Seen {
  status: number | undefined;
  reason: string | undefined;
  fields: [string, string][];
  length: number | undefined;
  body: string;
  events: unknown[];
}

/** Notes what happens to both objects, and says when it is over. */
class Recorder {
  readonly events: unknown[] = [];
  over = false;
  #closed = 0;
  onNote: (what: string) => void = () => undefined;

  watch(shape: Shape, req: IncomingMessage, res: ServerResponse): void {
    const note = (what: string, value?: unknown): void => {
      this.events.push(value === undefined ? what : [what, value]);
      this.onNote(what);
    };
    for (const name of ['aborted', 'end', 'close']) {
      req.on(name, () => note(`req ${name}`));
    }
    req.on('error', (error: NodeJS.ErrnoException) => note('req error', error.code));
    for (const name of ['prefinish', 'finish', 'close', 'drain', 'timeout']) {
      res.on(name, () => note(`res ${name}`));
    }
    for (const one of [req, res]) {
      one.on('close', () => {
        this.over = ++this.#closed === 2;
      });
    }
    shape.listener(req, res, note);
  }
}

async function underNode(shape: Shape, port: number, recorder: Recorder): Promise<Seen> {
  const connection = await Connection.connect({ port });
  const { method = 'GET', path = '/', fields = [], body, chunks, protocol, unfinished } = shape;
  const incoming = connection.expect(method);
  recorder.onNote = (what) => {
    if (what === shape.leavesAt) {
      setImmediate(() => connection.close());
    }
  };
  const length: [string, string][] = unfinished === undefined ? [] : [['Content-Length', String(unfinished.declares)]];
  connection.write(
    encodeRequest({
      method,
      target: path,
      fields: [...fields, ...length],
      headOnly: unfinished !== undefined,
      ...(body === undefined ? {} : { body }),
      ...(chunks === undefined ? {} : { chunks }),
      ...(protocol === undefined ? {} : { protocol }),
    }),
  );
  if (unfinished !== undefined) {
    connection.write(unfinished.sends);
  }
  await until(
    () => `the end under Node, events ${JSON.stringify(recorder.events)}`,
    () => recorder.over || incoming.head?.status === 417,
  );
  const reply = shape.noReply === true ? incoming.reply() : await incoming.whenDone();
  connection.close();
  return {
    status: shape.noReply === true ? undefined : reply.status,
    reason: shape.noReply === true ? undefined : reply.reason,
    fields: shape.noReply === true ? [] : sharedFields(reply.fields),
    length: reply.length,
    body: shape.noReply === true ? '' : reply.body.toString('latin1'),
    events: recorder.events,
  };
}

async function underAdapter(shape: Shape, swap: boolean, recorder: Recorder): Promise<Seen> {
  const { method = 'GET', path = '/', fields = [], body, chunks, protocol, unfinished } = shape;
  const application = fromNodeListener((req, res) => {
    if (swap) {
      Object.setPrototypeOf(req, Object.create(IncomingMessage.prototype) as object);
      Object.setPrototypeOf(res, Object.create(ServerResponse.prototype) as object);
    }
    recorder.watch(shape, req, res);
  });
  const host = createMockHost(application);
  const length: [string, string][] = unfinished === undefined ? [] : [['Content-Length', String(unfinished.declares)]];
  const exchange = host.open({
    method,
    path,
    headers: [['Host', 'localhost'], ...fields.map(([name, value]): [string, string] => [name, value]), ...length],
    ...(body === undefined && chunks === undefined ? {} : { body: chunks ?? body ?? '' }),
    ...(protocol === undefined ? {} : { protocol }),
    bodyOpen: unfinished !== undefined,
  });
  recorder.onNote = (what) => {
    if (what === shape.leavesAt) {
      setImmediate(() => exchange.abort());
    }
  };
  if (unfinished !== undefined) {
    exchange.send(unfinished.sends);
  }
  const response = await exchange.response;
  await until(
    () => `the end under the adapter, events ${JSON.stringify(recorder.events)}`,
    () => recorder.over || response.status === 417,
  );
  await host.settled();
  expect([host.violations, host.faults, host.deaths]).toEqual([[], [], []]);
  return {
    status: shape.noReply === true ? undefined : response.status,
    reason: shape.noReply === true ? undefined : response.reason,
    fields: shape.noReply === true ? [] : sharedFields(response.headers),
    length: response.contentLength,
    body: shape.noReply === true ? '' : Buffer.from(response.body).toString('latin1'),
    events: recorder.events,
  };
}

describe('a listener sees under the adapter what it sees under Node', () => {
  let server: Server;
  let recorder: Recorder | undefined;
  let current: Shape;
  beforeAll(async () => {
    server = createServer((req, res) => recorder?.watch(current, req, res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  it('has at least 80 shapes, each with a name of its own', () => {
    expect(new Set(shapes.map(({ name }) => name)).size).toBe(shapes.length);
    expect(shapes.length).toBeGreaterThanOrEqual(80);
  });

  for (const shape of shapes) {
    it(shape.name, async () => {
      current = shape;
      recorder = new Recorder();
      const wanted = await underNode(shape, (server.address() as AddressInfo).port, recorder);
      for (const swap of [false, true]) {
        const seen = await underAdapter(shape, swap, new Recorder());
        // Where Node has the length the adapter has it; where Node sends chunks the adapter may know it.
        expect({ ...seen, length: wanted.length === undefined ? undefined : seen.length }).toEqual(wanted);
      }
    });
  }
});
