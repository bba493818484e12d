/** Servers that a script has listen, besides what test/conformance/interfaces.ts says of the one that is the application. */
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderOf, runIsolate, type Task } from './support/isolate';

async function load(source: string, task: Partial<Task> & { interface?: string } = {}) {
  const { interface: kind = 'auto', ...more } = task;
  const script = join(folderOf({ 'app.mjs': `import { createServer, get } from 'node:http';\n${source}` }), 'app.mjs');
  const { responses, records, deaths, faults } = await runIsolate({ apps: [{ script, interface: kind }], ...more });
  expect(faults).toEqual([]);
  return { responses, deaths, texts: records.map(({ text }) => text), tags: records.map(({ tag }) => tag) };
}

/** An application that asks a server of its own. */
const asks = `
  export const application = async (environ, startResponse) => {
    const response = await new Promise((resolve, reject) => {
      get({ port: server.address().port, host: '127.0.0.1', agent: false }, resolve).on('error', reject);
    });
    startResponse('200 OK', []);
    return response;
  };`;

describe.each(['auto', 'tsgi'])('beside a TSGI application (interface=%s)', (kind) => {
  it('a server is real, although it was taken over at first', async () => {
    const source = `
      const server = createServer((req, res) => res.end('beside')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      ${asks}`;
    const { responses, texts } = await load(source, { interface: kind });
    expect(texts).toEqual([]);
    expect(responses).toEqual([{ status: 200, text: 'beside', page: false }]);
  });
});

describe('a server that is the application', () => {
  it('answers 503 while it does not listen', async () => {
    const source = `
      const server = createServer((req, res) => {
        res.end(String(server.listening));
        if (req.url === '/close') server.close();
      });
      server.listen(3000);`;
    const { responses } = await load(source, { requests: [{ path: '/close' }, { path: '/' }] });
    expect(responses.map(({ status, text }) => `${status} ${text}`)).toEqual(['200 true', '503 ']);
  });

  it('is closed when its last exchange is over', async () => {
    const source = `
      const server = createServer((req, res) => {
        server.getConnections((error, count) => console.log('connections', count));
        server.close(() => console.log('closed'));
        setTimeout(() => { console.log('answers'); res.end('late'); }, 20);
      });
      server.listen(3000);`;
    const { responses, texts } = await load(source, { turns: 50 });
    expect(responses).toEqual([{ status: 200, text: 'late', page: false }]);
    expect(texts).toEqual(['connections 1', 'answers', 'closed']);
  });

  it('may be replaced by another on its port', async () => {
    const source = `
      const first = createServer((req, res) => res.end('first')).listen(3000);
      await new Promise((resolve) => first.once('listening', resolve));
      await new Promise((resolve) => first.close(resolve));
      createServer((req, res) => res.end('second')).listen(3000);`;
    expect((await load(source)).responses[0]?.text).toBe('second');
  });

  it('has the path as its address where it was to listen on a socket of UNIX', async () => {
    const source = `
      const server = createServer((req, res) => res.end(JSON.stringify([server.address(), server.listening])));
      server.listen('/nowhere/socket');`;
    expect((await load(source)).responses[0]?.text).toBe('["/nowhere/socket",true]');
  });
});

describe('a script that neither exports nor listens', () => {
  it('is told at once when nothing can happen any more', async () => {
    const { responses, texts } = await load(`setTimeout(() => console.log('nothing left'), 20);`);
    expect(responses[0]?.status).toBe(503);
    expect(texts[0]).toBe('nothing left');
    expect(texts[1]).toMatch(/no export "application".*and it does not listen\. It exports nothing/);
  });

  it('is told so with interface=listen too', async () => {
    const { texts } = await load(`export const application = () => [];`, { interface: 'listen' });
    expect(texts[0]).toMatch(/the module is to listen \(interface=listen\).*It exports "application" \(a function\)/);
  });
});

describe('a port that is in use', () => {
  const held = () =>
    new Promise<Server>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    });

  it('is a warning, and tried again until it is free', async () => {
    const holder = await held();
    const { port } = holder.address() as { port: number };
    const source = `
      createServer((req, res) => res.end('main')).listen(3000);
      const metrics = createServer().listen(${port}, '127.0.0.1', () => { console.log('has it'); metrics.close(); });
      setTimeout(() => get({ port: ${port}, host: '127.0.0.1', agent: false }).on('error', () => undefined), 300);`;
    holder.on('connection', (socket) => holder.close() && socket.destroy()); // it has been tried by then
    const { responses, deaths, texts, tags } = await load(source, { turns: 2500 });
    expect(responses[0]?.text).toBe('main');
    expect(deaths).toEqual([]);
    expect(tags).toEqual([1032, 0]);
    expect(texts).toEqual([expect.stringContaining(`EADDRINUSE: address already in use 127.0.0.1:${port}`), 'has it']);
  });

  it("is an 'error' to who listens for that", async () => {
    const holder = await held();
    const { port } = holder.address() as { port: number };
    const source = `
      createServer((req, res) => res.end('main')).listen(3000);
      createServer().on('error', (error) => console.log(error.code)).listen(${port}, '127.0.0.1');`;
    const { deaths, texts } = await load(source, { turns: 20 });
    holder.close();
    expect(deaths).toEqual([]);
    expect(texts).toEqual(['EADDRINUSE']);
  });

  it('is what other errors are: nothing that is forgiven', async () => {
    const source = `
      createServer((req, res) => res.end('main')).listen(3000);
      createServer().listen('/nowhere/socket');`;
    const { deaths } = await load(source, { turns: 2000 });
    expect(deaths).toEqual([expect.stringMatching(/nothing caught: .*listen/)]);
  });
});
