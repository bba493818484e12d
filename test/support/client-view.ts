/** What a client sees of a response that two servers of one application have to agree on. */

/** Fields that describe the connection, which is the server's, the framing and the hour. */
const SERVERS_OWN = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date', 'trailer', 'content-length']);

/** The fields that are the application's, in its order and spelling. */
export function sharedFields(fields: readonly (readonly [string, string])[]): [string, string][] {
  return fields.filter(([name]) => !SERVERS_OWN.has(name.toLowerCase())).map(([name, value]) => [name, value]);
}
