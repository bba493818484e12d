/** One request to a listener under Node's own server, and to an application on the mock host: what a client sees of each. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Application } from '../../src';
import { createMockHost, type MockRequest } from '../../src/testing';
import { expect } from 'vitest';
import { sharedFields } from '../support/client-view';
import { Connection } from '../support/http1';

export interface PlainRequest {
  method?: string;
  path?: string;
  fields?: readonly (readonly [string, string])[];
  body?: string;
}

export interface ClientView {
  status: number;
  reason: string;
  fields: [string, string][];
  body: string;
}

export async function underNode(listener: RequestListener, requests: readonly PlainRequest[]): Promise<ClientView[]> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const views: ClientView[] = [];
  for (const { method = 'GET', path = '/', fields = [], body } of requests) {
    const connection = await Connection.connect({ port: (server.address() as AddressInfo).port });
    const incoming = connection.request({ method, target: path, fields, ...(body === undefined ? {} : { body }) });
    const reply = await incoming.whenDone();
    connection.close();
    const { status, reason } = reply;
    views.push({ status, reason, fields: sharedFields(reply.fields), body: reply.body.toString('latin1') });
  }
  await new Promise((resolve) => server.close(resolve));
  return views;
}

export async function underTsgi(
  application: Application,
  requests: readonly PlainRequest[],
  more: MockRequest = {},
): Promise<ClientView[]> {
  const host = createMockHost(application);
  const views: ClientView[] = [];
  for (const { method = 'GET', path = '/', fields = [], body } of requests) {
    const response = await host.request({
      method,
      path,
      headers: [['Host', 'localhost'], ...fields.map(([name, value]): [string, string] => [name, value])],
      ...(body === undefined ? {} : { body }),
      ...more,
    });
    expect(response.complete).toBe(true);
    const { status, reason } = response;
    const bytes = Buffer.from(response.body).toString('latin1');
    views.push({ status, reason, fields: sharedFields(response.headers), body: bytes });
  }
  await host.settled();
  expect([host.violations, host.faults, host.deaths]).toEqual([[], [], []]);
  return views;
}
