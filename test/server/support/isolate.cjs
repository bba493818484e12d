/**
 * An isolate in a process of its own: the compiled boot.js over the mock binding, as the embedded runtime would have it.
 * Reads what to do from its one argument and prints what came of it, both JSON; see isolate.ts.
 */
'use strict';
const { writeSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');

const dist = join(__dirname, '../../../dist');
const { boot } = require(join(dist, 'server/boot.js'));
const { MockBinding } = require(join(dist, 'testing/mock-binding.js'));
const { HostExchange } = require(join(dist, 'testing/mock-exchange.js'));
const { packRequest } = require(join(dist, 'testing/mock-environ.js'));

/** As it is before the guest has it; what an application leaves running is not waited for. */
const { _kill: kill } = process;
const leave = () => kill.call(process, process.pid, 9);

const task = JSON.parse(process.argv[2]);
const apps = task.apps.map((app, index) => ({
  id: index + 1,
  interface: 'auto',
  preload: true,
  writeLimit: 1e6,
  window: 65536,
  ...app,
}));
const binding = new MockBinding(
  apps,
  apps.map((app) => app.script),
  {},
);
Object.assign(binding, {
  host: { ...binding.host, embedded: task.embedded },
  environment: task.environment,
  modulePath: task.modulePath,
  startupTimeout: task.startupTimeout,
});

function request(given, number) {
  const packed = packRequest(given, false);
  const app = { id: given.appId ?? 1, name: '' };
  const exchange = new HostExchange(binding, binding.newHandle(), number, app, packed, given, false);
  binding.add(exchange);
  binding.post(exchange, (callbacks) => {
    callbacks.begin(exchange.handle, app.id, packed.flags, packed.text, packed.words);
  });
  exchange.feed(given);
  return exchange.response;
}

async function main() {
  setInterval(() => {}, 1000); // as what the embedded runtime has in the loop
  boot(binding);
  const responses = [];
  for (const [index, given] of task.requests.entries()) {
    if (index > 0 && task.between > 0) {
      await delay(task.between);
    }
    const { status, text, page } = await request(given, index + 1);
    responses.push({ status, text, page });
  }
  // What an application does after its answer: until nothing but this keeps the loop alive, or it has died.
  for (let turn = 0; turn < task.turns && binding.deaths.length === 0; turn++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
  if (task.stop) {
    binding.postLate((callbacks) => callbacks.stop());
    await binding.stopping;
  }
  const { records, deaths, faults } = binding;
  const watched = Object.fromEntries([...binding.watched].map(([file, stamp]) => [file, stamp ?? null]));
  writeSync(1, `\n${JSON.stringify({ responses, records, deaths, faults, watched })}\n`);
}

main().then(leave, (error) => {
  writeSync(2, String(error?.stack ?? error));
  leave();
});
