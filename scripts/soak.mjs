#!/usr/bin/env node
/** `npm run soak`: a server under a mixed load for a long time. */
import { mpms } from './lib/apache-config.mjs';
import { buildProducts } from './lib/build.mjs';
import { readCommandLine, readInteger } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { interruptible } from './lib/interrupt.mjs';
import { setUp } from './lib/setup.mjs';
import { faultsOf, tablesOf } from './lib/soak/report.mjs';
import { soak } from './lib/soak/soak.mjs';

const usage = `usage: npm run soak [-- options]

Asks a server of ours for a mix of everything: short answers, streams, downloads, uploads, errors, files, clients that leave.
Prints what was asked, what failed and how long it took, what the server's processes hold after the warm-up and at the end,
and what the error log has that nobody expected. Exit code 1: a request failed, a worker has grown, a descriptor or an
exchange is left over.

  --server NAME    nginx, the default, or apache
  --mpm NAME       how Apache has processes and threads: event, the default, worker or prefork
  --workers N      worker processes; default 1, with prefork 12
  --requests N     after the warm-up; default 100000
  --warm-up N      requests before anything is measured; default a tenth of --requests, at least 100000: heap, pools and
                   compiled code have their size then
  --connections N  clients at the same time; default 32, with prefork 8
  --reloads N      so often the script changes meanwhile; default 0
  --restarts N     so often the server is reloaded: nginx -s reload, apachectl graceful; default 0
  --faults         beside it three applications that loop, take all memory and exit, again and again
  --growth P       percent by which the memory of a worker may grow; default 5
  --seed N         of the order of requests; default 1
  --help           this text
`;

const text = { type: /** @type {const} */ ('string') };

await runMain(async () => {
  const { values } = readCommandLine(usage, {
    server: { type: 'string', default: 'nginx' },
    mpm: { type: 'string', default: 'event' },
    ...{ workers: text, requests: text, 'warm-up': text, connections: text, reloads: text, restarts: text },
    ...{ growth: text, seed: text },
    faults: { type: 'boolean', default: false },
  });
  const { server, mpm } = values;
  if (server !== 'nginx' && server !== 'apache') {
    throw new UserMistake(`--server takes nginx or apache, and \`${server}\` is none.`);
  }
  const known = mpms.find((name) => name === mpm);
  if (known === undefined) {
    throw new UserMistake(`--mpm takes ${mpms.join(', ')}, and \`${mpm}\` is none.`);
  }
  const number = (/** @type {'workers'} */ option, /** @type {number} */ otherwise, least = 0, most = 1e9) =>
    readInteger(option, values[option], { least, most, otherwise });
  const anyNumber = /** @type {(option: string, otherwise: number, least?: number, most?: number) => number} */ (
    number
  );
  const prefork = server === 'apache' && known === 'prefork';
  const requests = anyNumber('requests', 100_000, 1);
  const options = {
    ...{ server: /** @type {'nginx' | 'apache'} */ (server), mpm: known, requests, faults: values.faults },
    workers: anyNumber('workers', prefork ? 12 : 1, 1, 64),
    warmUp: anyNumber('warm-up', Math.max(100_000, Math.round(requests / 10)), 1),
    connections: anyNumber('connections', prefork ? 8 : 32, 1, 1000),
    reloads: anyNumber('reloads', 0),
    restarts: anyNumber('restarts', 0),
    seed: anyNumber('seed', 1),
  };
  const growth = anyNumber('growth', 5, 1, 1000);
  await setUp();
  await buildProducts();
  return interruptible(async (signal) => {
    const soaked = await soak({ ...options, signal });
    process.stdout.write(tablesOf(soaked));
    const faults = faultsOf(soaked, { growth, connections: options.connections });
    process.stdout.write(faults.length === 0 ? 'nothing is wrong\n' : `WRONG:\n${faults.join('\n')}\n`);
    return faults.length === 0 ? 0 : 1;
  });
});
