/** Tells its environ, and tries heads that the server must not send. */

/** @param {string} text */
const unescaped = (text) => Buffer.from(text, 'base64url').toString('latin1');

/** @type {import('tsgi').Application} */
export function application(environ, startResponse) {
  const query = new URLSearchParams(environ.QUERY_STRING);
  const status = unescaped(query.get('status') ?? '');
  if (status === '') {
    const strings = Object.entries(environ).filter(([, value]) => typeof value === 'string');
    startResponse('200 OK', [['Content-Type', 'application/json']]);
    return [JSON.stringify(Object.fromEntries(strings))];
  }
  /** @type {[string, string][]} */
  const fields = query.has('name') ? [[unescaped(query.get('name')), unescaped(query.get('value') ?? '')]] : [];
  try {
    if (environ.PATH_INFO === '/hints') {
      environ['tsgi.early_hints']?.(fields);
    } else {
      startResponse(status, fields);
      return ['taken'];
    }
  } catch (error) {
    startResponse('200 OK', []);
    return [`refused ${error.code}`];
  }
  startResponse('200 OK', []);
  return ['taken'];
}
