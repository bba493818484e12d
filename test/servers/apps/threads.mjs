/** Scenes that tell on which thread they run. */
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { stage } from '../../apps/stage.mjs';

/** The name of this thread. */
const thread = () => readFileSync('/proc/thread-self/comm', 'latin1').trim();

export const application = stage({
  name(_environ, startResponse) {
    startResponse('200 OK', []);
    return [thread()];
  },

  /** Keeps its thread for so many milliseconds. */
  work({ QUERY_STRING: milliseconds }, startResponse) {
    for (const end = Date.now() + Number(milliseconds); Date.now() < end;) {
      // it computes
    }
    startResponse('200 OK', []);
    return [thread()];
  },

  /** Waits for a timer first. */
  async timer({ QUERY_STRING: milliseconds }, startResponse) {
    const called = thread();
    await delay(Number(milliseconds));
    startResponse('200 OK', []);
    return [`${called} ${thread()}`];
  },

  /** Asks another server for a page first. */
  async page({ QUERY_STRING: url }, startResponse) {
    const called = thread();
    const status = await new Promise((resolve, reject) => {
      get(url, { agent: false }, (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    startResponse('200 OK', []);
    return [`${called} ${thread()} ${status}`];
  },

  /** Comes to its end in a turn of the loop for which nothing from outside is needed. */
  async immediate(_environ, startResponse) {
    const called = thread();
    await new Promise((resolve) => setImmediate(resolve));
    startResponse('200 OK', []);
    return [`${called} ${thread()}`];
  },

  /** Writes in pieces, each in a turn of its own. */
  async *pieces(_environ, startResponse) {
    startResponse('200 OK', []);
    for (let piece = 0; piece < 100; piece++) {
      yield `${piece} `;
      if (piece % 10 === 9) {
        await delay(1);
      }
    }
  },
});
