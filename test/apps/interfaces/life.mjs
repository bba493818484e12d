/** What a server that listens tells of itself, step by step. */
import { createServer } from 'node:http';
import { connect } from 'node:net';

const steps = [];
const state = () => ({ listening: server.listening, handle: server._handle !== null, address: server.address() });
const once = (event) => new Promise((resolve) => server.once(event, resolve));

let reply = 'first life';
const server = createServer((req, res) => res.end(JSON.stringify({ reply, steps })));
server.on('listening', () => steps.push('listening'));
server.on('close', () => steps.push('close'));

steps.push(state());
server.listen(3000, '127.0.0.1', () => steps.push('callback'));
const at = once('listening');
await at;
steps.push(state());
try {
  server.listen(3001);
} catch (error) {
  steps.push(error.code);
}
steps.push(await new Promise((resolve) => server.getConnections((_error, count) => resolve(count))));
await new Promise((resolve) => server.close((error) => resolve(steps.push(['closed', error]))));
steps.push(state());
await new Promise((resolve) => server.close((error) => resolve(steps.push(['closed', error.code]))));

reply = 'second life';
server.listen(3000);
steps.push(state());
await once('listening');

// Another one, on another port, is real.
const other = createServer((req, res) => res.end('other')).listen(0, '127.0.0.1');
await new Promise((resolve) => other.once('listening', resolve));
const socket = connect(other.address().port, '127.0.0.1');
await new Promise((resolve) => socket.once('connect', resolve));
socket.destroy();
steps.push('connected to the other');
await new Promise((resolve) => other.close(resolve));
