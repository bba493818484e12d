/**
 * An application made of scenes, chosen by the first segment of the path, that tells the test what it saw.
 *
 * A test marks its requests with `X-Trial`. What a scene notes is kept under that mark and read at `/_events`; a scene
 * that must wait for the test waits at a gate, which `/_release/NAME` opens. Both work on every server, through
 * nothing but ordinary requests.
 *
 * @typedef {import('../../src/spec/index.js').Environ} Environ
 * @typedef {import('../../src/spec/index.js').StartResponse} StartResponse
 * @typedef {object} Prompt
 * @property {(event: unknown) => void} note Keeps something the test wants to know.
 * @property {(name: string) => Promise<void>} gate Waits until the test opens this gate.
 * @typedef {(environ: Environ, startResponse: StartResponse, prompt: Prompt) => any} Scene
 */
import { ownMemory, sharedMemory } from './stage-memory.mjs';

/** @param {Record<string, Scene>} scenes */
export function stage(scenes) {
  const shared = process.env['TSGI_TEST_STAGE'];
  const memory = shared === undefined ? ownMemory() : sharedMemory(shared);

  /** @type {import('../../src/spec/index.js').Application} */
  return function application(environ, startResponse) {
    const trial = environ['HTTP_X_TRIAL'] ?? '';
    // One folder for every application of a server.
    const key = shared === undefined ? trial : `${trial} ${environ.SCRIPT_NAME}`;
    const [, name = '', rest = ''] = environ.PATH_INFO.split('/');
    if (name === '_events') {
      startResponse('200 OK', [['Content-Type', 'application/json']]);
      return [JSON.stringify(memory.events(key))];
    }
    if (name === '_release') {
      memory.open(`${key} ${rest}`);
      startResponse('200 OK', []);
      return ['released'];
    }
    const scene = scenes[name];
    if (scene === undefined) {
      startResponse('404 No Such Scene', []);
      return [`no scene ${name}`];
    }
    return scene(environ, startResponse, {
      note: (event) => memory.note(key, event),
      gate: (gate) => memory.whenOpen(`${key} ${gate}`),
    });
  };
}

/**
 * What is worth noting of an error.
 * @param {any} error
 */
export function told(error) {
  return {
    name: error?.name,
    code: error?.code,
    ...(error?.rule ? { rule: error.rule } : {}),
    ...(error?.status ? { status: error.status } : {}),
  };
}

/**
 * Runs something that must throw, or reject, and tells how.
 * @param {() => unknown} action
 */
export async function failureOf(action) {
  try {
    await action();
  } catch (error) {
    return told(error);
  }
  return 'no error';
}
