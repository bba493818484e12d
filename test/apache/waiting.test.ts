/** A thread of httpd that waits for an application sees its client leave, and serves the next. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/lib/port.mjs';
import type { Connection } from '../support/http1';
import { until } from '../support/until';
import { TLS_MODULES, TLS_WARNING, alias, app, tls, useApache, virtualHost } from './apache';

const script = `${app('waits.mjs')} group=one`;
let tlsPort = 0;

const site = useApache(async (folder) => {
  tlsPort = await freePort();
  return {
    startsWith: [TLS_WARNING],
    modules: [...TLS_MODULES, 'include'],
    threads: 4,
    conf: {
      main: virtualHost(tlsPort, `${tls(folder)}\n${alias('/app', script)}`),
      server: `
        CustomLog ${join(folder, 'access')} "%>s %X %U"
        ${alias('/app', script)}
        ${alias('/pages', script, 'Options +Includes\nSetOutputFilter INCLUDES')}`,
    },
  };
});

const accesses = () => readFileSync(join(site.folder, 'access'), 'latin1').split('\n');

const ways: [string, (connection: Connection) => void][] = [
  ['closes', (connection) => connection.close()],
  ['resets', (connection) => connection.reset()],
  ['closes its half of', (connection) => void connection.socket.end()],
];

describe.each(ways)('a client that %s the connection', (_way, leave) => {
  it.each([
    ['before the response', '/app/before'],
    ['within it', '/app/within'],
  ])('%s ends the exchange', async (_when, target) => {
    const connection = await site.connect();
    connection.request(site.marked(target));
    await site.whenEvent('/app', 'called');
    leave(connection);
    await site.whenEvents('/app', ['called', 'client_gone']);
  });

  it.skipIf(_way === 'resets')('over TLS ends the exchange', async () => {
    const connection = await site.connect(tlsPort, true);
    connection.request(site.marked('/app/before'));
    await site.whenEvent('/app', 'called');
    leave(connection);
    await site.whenEvents('/app', ['called', 'client_gone']);
  });

  it('without reading what it asked for ends the exchange', async () => {
    const connection = await site.connect();
    connection.socket.pause();
    connection.request(site.marked('/app/flood'));
    await site.whenEvent('/app', 'called');
    leave(connection);
    connection.close(); // a half that is closed is no departure while the other is written to
    await site.whenEvents('/app', ['called', 'client_gone']);
  });
});

describe('clients that left', () => {
  it('have freed their threads', async () => {
    for (let round = 0; round < 3; round++) {
      const connections = await Promise.all([1, 2, 3].map(() => site.connect()));
      for (const connection of connections) {
        connection.request(site.marked('/app/before'));
      }
      await until('all are called', async () => (await site.events('/app')).length === 6 * round + 3);
      for (const connection of connections) {
        connection.close();
      }
      await until('all have ended', async () => (await site.events('/app')).length === 6 * (round + 1));
    }
  });

  it('in the middle of a stream leave a port on which the next is heard', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 100; round++) {
      const connection = await site.connect();
      const incoming = connection.request(site.marked('/app/flood'));
      await incoming.whenBytes(1);
      connection.reset();
      await Promise.all([1, 2].map(() => site.text('/app/_events')));
    }
    await until('all have ended', async () => {
      const events = await site.events('/app');
      return events.length === 200 && events.filter((event) => event === 'client_gone').length === 100;
    });
  });

  it('are 499 in the access log when they had no response, as under nginx', async () => {
    const connection = await site.connect();
    connection.request(site.marked('/app/before'));
    await site.whenEvent('/app', 'called');
    connection.close();
    await until('the line', () => accesses().includes('499 X /app/before'));
  });
});

describe('a request within a request, on one thread', () => {
  it('has a port of its own, so that each gets what is its own', async () => {
    const connection = await site.connect();
    const incoming = connection.request(site.marked('/pages/outer?/pages/inner'));
    await site.whenEvent('/app', 'inner');
    await site.whenEvent('/app', 'outer goes on'); // while the inner one waits
    await site.release('/app', 'inner');
    const reply = await incoming.whenDone();
    expect(reply).toMatchObject({ status: 200, complete: true });
    expect(reply.body.toString()).toBe('outer inner end outer\n');
  });

  it('ends with it when the client leaves', async () => {
    const connection = await site.connect();
    connection.request(site.marked('/pages/outer?/pages/within'));
    await site.whenEvent('/app', 'called');
    connection.close();
    await site.whenEvent('/app', 'client_gone');
  });
});
