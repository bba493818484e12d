/** Does what no server should die of; `?file` is made first, to tell that it begins. */
import { writeFileSync } from 'node:fs';

const id = Math.random();
const kept = [];

function spin() {
  for (;;) {
    kept.length = 0;
  }
}

async function spinInPromises() {
  for (;;) {
    await undefined;
  }
}

/** Away from the event loop for so long, `times` times, each time a turn of the loop in between. */
async function work(milliseconds, times) {
  for (let n = 0; n < times; n++) {
    for (const end = Date.now() + milliseconds; Date.now() < end;);
    await new Promise(setImmediate);
  }
}

async function hoard(make) {
  for (;;) {
    kept.push(make());
    if (kept.length % 16 === 0) {
      await new Promise(setImmediate);
    }
  }
}

const deeds = {
  '/loop': spin,
  '/promises': spinInPromises,
  '/timer': () => new Promise(() => setTimeout(spin, 50)),
  '/expression': () => /^(a+)+$/.test(`${'a'.repeat(64)}!`),
  '/work': () => work(400, 10),
  '/once': () => work(1600, 1),
  '/objects': () => hoard(() => new Array(65536).fill(kept.length)),
  '/objects-at-once': () => {
    for (;;) {
      kept.push(new Array(65536).fill(kept.length));
    }
  },
  '/buffers': () => hoard(() => Buffer.alloc(1 << 20, 1)),
  // Half on the heap and half beside it: neither is enough for V8 to collect by itself.
  '/garbage': async () => {
    for (let n = 0; n < 10; n++) {
      for (let megabytes = 0; megabytes < 55; megabytes++) {
        kept.push(new Array(1 << 17).fill(megabytes), Buffer.alloc(1 << 20, 1));
      }
      kept.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  },
};

export async function application(environ, startResponse) {
  if (environ.QUERY_STRING !== '') {
    writeFileSync(environ.QUERY_STRING, '');
  }
  await deeds[environ.PATH_INFO]?.();
  startResponse('200 OK', []);
  return [String(id)];
}
