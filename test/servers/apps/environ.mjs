/**
 * Answers with environ as JSON: all that is a string, and what the tests ask of the rest.
 * @type {import('tsgi').Application}
 */
export async function application(environ, startResponse) {
  const strings = Object.entries(environ).filter(([, value]) => typeof value === 'string');
  const { length } = await environ['tsgi.input'].read();
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  return [JSON.stringify({ ...Object.fromEntries(strings), input: length, raw: environ['tsgi.raw_headers'] })];
}
