/** An application dies: what is asked of it around its death, and which answers are in order. */
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../probe.mjs';
import { ask } from '../soak/ask.mjs';

/**
 * @typedef {object} Tally
 * @property {number} deaths
 * @property {number} served requests that were answered by the application
 * @property {number} refused with 503 and Retry-After, while it is down
 * @property {number} begun requests that the isolate had begun when it died, answered with 500
 * @property {string[]} wrong answers that are not in order
 */

/** Requests that come when the application is about to die, or is dead. */
const AFTERWARDS = 3;

/** A back-off takes ten seconds at most. */
const ALIVE_SECONDS = 60;

/** @returns {Tally} */
export const noDeaths = () => ({ deaths: 0, served: 0, refused: 0, begun: 0, wrong: [] });

/** A client that was told to come back does not do so at once. */
const COME_BACK_MS = 250;

/**
 * Resolves when the isolate has died.
 * @param {number} port
 * @param {string} mount of an application of its own
 * @param {'loop' | 'heap' | 'exit'} deed
 * @param {Tally} tally
 * @returns {Promise<{ back: Promise<void> }>} `back`: everybody has been answered, and it is alive in another isolate
 */
export async function die(port, mount, deed, tally) {
  const before = await whenAlive(port, mount, tally);
  const held = ask(port, `${mount}/late`);
  await until(async () => (await stateOf(port, mount))?.live === 1, {
    what: `${mount}/late has begun`,
    seconds: ALIVE_SECONDS,
  });
  const dying = ask(port, `${mount}/${deed}`);
  const after = Array.from({ length: AFTERWARDS }, () => ask(port, `${mount}/hello`));
  for (const [path, answer] of /** @type {const} */ ([
    [deed, dying],
    ['late', held],
  ])) {
    const { status, text } = await answer;
    if (status === 500) {
      tally.begun++;
    } else {
      tally.wrong.push(`${mount}/${path}, begun when it died: ${status} ${status === 0 ? text : ''}, not 500`);
    }
  }
  tally.deaths++;
  return { back: comeBack(port, mount, before, after, tally) };
}

/**
 * @param {number} port
 * @param {string} mount
 * @param {string} before which life of the application it was
 * @param {ReturnType<typeof ask>[]} after
 * @param {Tally} tally
 */
async function comeBack(port, mount, before, after, tally) {
  for (const answer of after) {
    judge(await answer, `${mount}/hello`, tally);
  }
  if ((await whenAlive(port, mount, tally)) === before) {
    tally.wrong.push(`${mount} is served by the isolate that should have died`);
  }
}

/**
 * What had not begun is served, or refused at once with the advice to come back.
 * @param {Awaited<ReturnType<typeof ask>>} answer
 * @param {string} path
 * @param {Tally} tally
 */
function judge({ status, text, retryAfter }, path, tally) {
  if (status === 200) {
    tally.served++;
  } else if (status === 503 && retryAfter) {
    tally.refused++;
  } else {
    tally.wrong.push(`${path}: ${status} ${status === 0 ? text : ''}, neither 200 nor 503 with Retry-After`);
  }
}

/**
 * @param {number} port
 * @param {string} mount
 * @param {Tally} tally
 * @returns {Promise<string>} which life of the application answers
 */
export function whenAlive(port, mount, tally) {
  return until(
    async () => {
      const answer = await ask(port, `${mount}/state`);
      judge(answer, `${mount}/state`, tally);
      await (answer.status === 503 && pause(COME_BACK_MS));
      return answer.status === 200 && JSON.parse(answer.text).id;
    },
    { what: `${mount} answers again`, seconds: ALIVE_SECONDS },
  );
}

/**
 * @param {number} port
 * @param {string} mount
 * @returns {Promise<{ live: number } | undefined>}
 */
async function stateOf(port, mount) {
  const { status, text } = await ask(port, `${mount}/state`);
  return status === 200 ? JSON.parse(text) : undefined;
}
