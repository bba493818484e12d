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

/** @param {Record<string, Scene>} scenes */
export function stage(scenes) {
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

  /** @type {import('../../src/spec/index.js').Application} */
  return function application(environ, startResponse) {
    const trial = environ['HTTP_X_TRIAL'] ?? '';
    const [, name = '', rest = ''] = environ.PATH_INFO.split('/');
    if (name === '_events') {
      startResponse('200 OK', [['Content-Type', 'application/json']]);
      return [JSON.stringify(events.get(trial) ?? [])];
    }
    if (name === '_release') {
      gateOf(`${trial} ${rest}`).open();
      startResponse('200 OK', []);
      return ['released'];
    }
    const scene = scenes[name];
    if (scene === undefined) {
      startResponse('404 No Such Scene', []);
      return [`no scene ${name}`];
    }
    return scene(environ, startResponse, {
      note(event) {
        const noted = events.get(trial);
        if (noted === undefined) {
          events.set(trial, [event]);
        } else {
          noted.push(event);
        }
      },
      gate: (gate) => gateOf(`${trial} ${gate}`).opened,
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
