/** Fields of one connection, and `Status`: applications of other interfaces may set them, TSGI's servers own them. */
const SERVER_OWNED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'status',
]);

/** Whether a field of a response, its name in lower case, is left to the server. */
export function isServerOwned(field: string): boolean {
  return SERVER_OWNED.has(field);
}
