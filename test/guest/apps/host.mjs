/**
 * Runs the code in the body of a request, as a function of `environ` and `require`, and answers what it returns, as JSON;
 * what it throws is told under `thrown`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/** Of this isolate. */
const id = String(Math.random());
/** What a case keeps for a later request. */
const kept = {};
const storage = new AsyncLocalStorage();

export async function application(environ, startResponse) {
  const pieces = [];
  for await (const piece of environ['tsgi.input']) {
    pieces.push(piece);
  }
  const code = new AsyncFunction('environ', 'require', 'id', 'kept', 'storage', Buffer.concat(pieces).toString());
  let answer;
  try {
    answer = { returned: await code(environ, require, id, kept, storage) };
  } catch (error) {
    answer = { thrown: { name: error.name, code: error.code, message: error.message } };
  }
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  return [JSON.stringify(answer)];
}
