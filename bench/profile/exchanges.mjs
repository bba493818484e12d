/**
 * So many exchanges through tsgi.node under the fake host, with nothing else in the process. A program of its own, for
 * callgrind to look at:
 *
 *     node exchanges.mjs WORKLOAD COUNT
 */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { inRepository, nativePaths } from '../../scripts/lib/paths.mjs';
import { applicationFile } from '../lib/peer.mjs';
import { workloads } from '../workloads.mjs';

/** As many at once as there are connections in the middle column of the bench. */
const BATCH = 32;

/** TSGI_VIEW_NO_BODY of native/include/tsgi/view.h. */
const NO_BODY = 4;

const require = createRequire(import.meta.url);
const { addonFile, fakeHostFile } = nativePaths();
const addon = require(addonFile);
const { FakeHost } = require(fakeHostFile);
const { boot } = require(inRepository('dist/server/boot.js'));

const [, , name = '', count = ''] = process.argv;
const workload = workloads.find((one) => one.name === name) ?? assert.fail(`no workload ${name}`);
const { request, answer } = workload;

/** @type {Map<number, Buffer[]>} what each live exchange has answered so far */
const answers = new Map();
let batchEnded = () => {};

/** @param {{ kind: string, number: number, amount: number, bytes: Buffer, text: string }} message */
function onMessage({ kind, number, amount, bytes, text }) {
  if (kind === 'data') {
    answers.get(number)?.push(bytes);
    host.credit(number, amount);
  } else if (kind === 'end') {
    assert.equal(amount, 0, 'an exchange failed');
    assert.deepEqual(Buffer.concat(answers.get(number) ?? []), answer.body);
    answers.delete(number);
    if (answers.size === 0) {
      batchEnded();
    }
  } else if (kind === 'log') {
    assert.fail(text);
  }
}

const host = new FakeHost(addon.hostApi(), {}, onMessage);
const group = host.group({ name: 'bench' });
boot(addon.isolate(group));
const application = host.app(group, { script: applicationFile(workload, ['tsgi.mts']), preload: true });
const view = {
  ...{ method: request.method, requestUri: request.path, mount: '', path: request.path, query: '' },
  ...{ protocol: 'HTTP/1.1', scheme: 'http', serverName: 'localhost', serverPort: '80', serverAddr: '127.0.0.1' },
  ...{ serverSoftware: 'fake', remoteAddr: '127.0.0.1', remotePort: '50000', requestId: '0'.repeat(32) },
  headers: [['Host', 'localhost'], ...(request.fields ?? [])],
  ...(request.body === undefined ? { flags: NO_BODY } : { contentLength: request.body.length }),
};

const alive = setInterval(() => {}, 1000); // the fake host keeps no loop alive
for (let left = Number(count); left > 0; left -= BATCH) {
  const ended = new Promise((resolve) => (batchEnded = () => resolve(undefined)));
  for (let index = 0; index < Math.min(BATCH, left); index++) {
    const number = host.begin(application, view);
    answers.set(number, []);
    if (request.body !== undefined) {
      host.body(number, request.body);
      host.bodyEnd(number, 0);
    }
  }
  await ended;
}
clearInterval(alive);
process.exit(0);
