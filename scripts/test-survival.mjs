#!/usr/bin/env node
/** `npm run test:survival`: applications die again and again, and their server goes on. */
import { buildProducts } from './lib/build.mjs';
import { readCommandLine, readInteger } from './lib/command-line.mjs';
import { UserMistake, runMain } from './lib/failure.mjs';
import { runParts } from './lib/proof.mjs';
import { setUp } from './lib/setup.mjs';
import { tablesOf, verdicts } from './lib/survival/report.mjs';
import { survive } from './lib/survival/survive.mjs';

const usage = `usage: npm run test:survival [-- options]

Applications inside one worker of nginx, and of Apache, loop without end, take all memory and exit, again and again, each
replaced. The server's processes have to stay the same, and every request has to be answered: with 500 if the isolate that
died had begun it, else by the next isolate, or with 503 and Retry-After. Meanwhile, and in quiet windows in between, clients
ask for a static file, and for the same one of a second server, which has no applications: with nginx the 99th percentile
may be twice that of this idle server at the same time, by medians of the windows.

  --loops N        endless loops, each stopped by tsgi_stall_timeout; default 20
  --heaps N        heaps that reach tsgi_memory_limit; default 20
  --exits N        calls of process.exit(); default 20
  --server NAME    nginx or apache; both unless told
  --windows N      of each sort; default 5
  --quiet S        seconds of a quiet window; default 5
  --ratio R        how many times that of the idle server the 99th percentile may be, with nginx; 0 is any; default 2
  --help           this text
`;

const titles = { nginx: 'nginx', apache: 'Apache' };

await runMain(async () => {
  const text = { type: /** @type {const} */ ('string') };
  const { values } = readCommandLine(usage, {
    ...{ loops: text, heaps: text, exits: text, server: text, windows: text, quiet: text },
    ratio: { type: 'string', default: '2' },
  });
  const number = (/** @type {'loops'} */ option, /** @type {number} */ otherwise, least = 0, most = 10_000) =>
    readInteger(option, values[option], { least, most, otherwise });
  const any = /** @type {(option: string, otherwise: number, least?: number) => number} */ (number);
  const deaths = { loop: any('loops', 20), heap: any('heaps', 20), exit: any('exits', 20) };
  const options = { deaths, windows: any('windows', 5, 1), quietSeconds: any('quiet', 5, 1) };
  const ratio = Number(values.ratio);
  if (!(ratio >= 0)) {
    throw new UserMistake(`--ratio takes a number, and \`${values.ratio}\` is none.`);
  }
  const names = /** @type {const} */ (['nginx', 'apache']).filter((name) => name === (values.server ?? name));
  if (names.length === 0) {
    throw new UserMistake(`--server takes nginx or apache, and \`${values.server}\` is none.`);
  }
  await setUp();
  await buildProducts();
  return runParts(
    names.map((server) => ({
      title: `${titles[server]}: ${deaths.loop} loops, ${deaths.heap} heaps, ${deaths.exit} exits`,
      run: async () => {
        const survived = await survive({ ...options, server, mpm: 'event' });
        const all = verdicts(survived, server === 'nginx' ? ratio : 0);
        process.stdout.write(`\n${titles[server]}\n\n${tablesOf(survived)}`);
        for (const { title, faults } of all) {
          process.stdout.write(
            `${faults.length === 0 ? 'ok' : 'NOT OK'}: ${title}\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
          );
        }
        const failed = all.filter(({ faults }) => faults.length > 0).length;
        return { passed: all.length - failed, failed, skipped: 0 };
      },
    })),
  );
});
