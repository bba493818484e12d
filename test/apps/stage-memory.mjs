/**
 * What a stage remembers: what its scenes noted, and which gates are open.
 *
 * @typedef {object} Memory
 * @property {(key: string, event: unknown) => void} note
 * @property {(key: string) => unknown[]} events
 * @property {(gate: string) => void} open
 * @property {(gate: string) => Promise<void>} whenOpen
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY_MS = 5;

/**
 * In this isolate.
 * @returns {Memory}
 */
export function ownMemory() {
  /** @type {Map<string, unknown[]>} */
  const events = new Map();
  /** @type {Map<string, { opened: Promise<void>, open: () => void }>} */
  const gates = new Map();

  /** @param {string} key */
  function gateOf(key) {
    let gate = gates.get(key);
    if (gate === undefined) {
      /** @type {() => void} */
      let open = () => {};
      const opened = new Promise((/** @type {(value: void) => void} */ resolve) => {
        open = resolve;
      });
      gate = { opened, open };
      gates.set(key, gate);
    }
    return gate;
  }

  return {
    note(key, event) {
      const noted = events.get(key);
      if (noted === undefined) {
        events.set(key, [event]);
      } else {
        noted.push(event);
      }
    },
    events: (key) => events.get(key) ?? [],
    open: (gate) => gateOf(gate).open(),
    whenOpen: (gate) => gateOf(gate).opened,
  };
}

/**
 * In files of a folder, for all the processes of a server.
 * @param {string} folder
 * @returns {Memory}
 */
export function sharedMemory(folder) {
  const eventsFile = (/** @type {string} */ key) => join(folder, `${encodeURIComponent(key)}.events`);
  const gateFile = (/** @type {string} */ gate) => join(folder, `${encodeURIComponent(gate)}.gate`);
  return {
    note: (key, event) => appendFileSync(eventsFile(key), `${JSON.stringify(event) ?? 'null'}\n`),
    events(key) {
      const path = eventsFile(key);
      const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
      return lines.map((line) => JSON.parse(line));
    },
    open: (gate) => writeFileSync(gateFile(gate), ''),
    whenOpen: (gate) =>
      new Promise((resolve) => {
        const look = setInterval(() => {
          if (existsSync(gateFile(gate))) {
            clearInterval(look);
            resolve();
          }
        }, LOOK_EVERY_MS);
      }),
  };
}
