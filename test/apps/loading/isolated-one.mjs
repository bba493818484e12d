/** Leaves marks wherever a process has room for them, and tells which it finds. */
export function application(environ, startResponse) {
  const found = {
    global: globalThis.tsgiMark ?? null,
    prototype: Object.prototype.tsgiMark ?? null,
    env: process.env.TSGI_MARK ?? null,
  };
  if (environ.QUERY_STRING === 'mark') {
    globalThis.tsgiMark = 'one';
    process.env.TSGI_MARK = 'one';
    Object.defineProperty(Object.prototype, 'tsgiMark', { value: 'one', configurable: true });
  }
  startResponse('200 OK', []);
  return [JSON.stringify(found)];
}
