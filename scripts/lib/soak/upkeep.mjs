/** What is done to the server while it is asked: scripts that change, restarts, and requests that kill an application. */
import { utimesSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../probe.mjs';
import { ask } from './ask.mjs';

/**
 * @typedef {object} Upkeep
 * @property {Promise<void>} over
 * @property {() => void} stop after what it is at
 * @property {{ done: number }} count
 * @property {string[]} problems
 */

const WITHIN_SECONDS = 60;

/**
 * Does something so many times, evenly spread over a load. The load has to go on until it is over.
 * @param {{ times: number, share: () => number, deed: () => Promise<unknown> }} what `share`: how much of the load is done
 * @returns {Upkeep}
 */
export function spread({ times, share, deed }) {
  return upkeep(async (state) => {
    while (state.count.done < times && !state.stopped) {
      if (share() < (state.count.done + 0.5) / times) {
        await pause(20);
        continue;
      }
      await deed();
      state.count.done++;
    }
  });
}

/**
 * Makes the script newer, and waits for another life of the application.
 * @param {number} port
 * @param {string} script
 * @param {string} mount
 */
export async function reloadScript(port, script, mount) {
  const life = async () => {
    const { status, text } = await ask(port, `${mount}/state`);
    return status === 200 ? JSON.parse(text).id : undefined;
  };
  const before = await life();
  const now = new Date();
  utimesSync(script, now, now);
  await until(
    async () => {
      const id = await life();
      return id !== undefined && id !== before;
    },
    { what: `${script} was touched and is loaded anew (tsgi_reload)`, seconds: WITHIN_SECONDS },
  );
}

/**
 * Kills the application at a mount again and again: each time it has to come back.
 * @param {number} port
 * @param {string} mount
 * @param {string} deed
 * @returns {Upkeep}
 */
export function dieAgainAndAgain(port, mount, deed) {
  return upkeep(async (state) => {
    while (!state.stopped) {
      await whenAlive(port, mount);
      const { status, text } = await ask(port, `${mount}/${deed}`);
      if (status !== 500) {
        state.problems.push(`${mount}/${deed}: status ${status} ${status === 0 ? text : ''}, not 500`);
      }
      state.count.done++;
    }
    await whenAlive(port, mount);
  });
}

/**
 * Until then it may say 503, but has to say something.
 * @param {number} port
 * @param {string} mount
 */
export function whenAlive(port, mount) {
  return until(
    async () => {
      const { status, text } = await ask(port, `${mount}/hello`);
      if (status !== 200 && status !== 503) {
        throw new Error(`${mount}/hello: status ${status} ${status === 0 ? text : ''}, not 200 nor 503`);
      }
      return status === 200;
    },
    { what: `${mount} answers again`, seconds: WITHIN_SECONDS },
  );
}

/**
 * @param {(state: { stopped: boolean, count: { done: number }, problems: string[] }) => Promise<void>} work
 * @returns {Upkeep}
 */
function upkeep(work) {
  const state = { stopped: false, count: { done: 0 }, problems: /** @type {string[]} */ ([]) };
  const over = work(state).catch((error) => {
    state.problems.push(error.message);
  });
  return {
    over,
    stop: () => {
      state.stopped = true;
    },
    count: state.count,
    problems: state.problems,
  };
}
