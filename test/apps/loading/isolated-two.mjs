/** Leaves marks wherever a process has room for them, and tells which it finds. */
export function application(environ, startResponse) {
  const found = {
    global: globalThis.tsgiMark ?? null,
    prototype: Object.prototype.tsgiMark ?? null,
    env: process.env.TSGI_MARK ?? null,
  };
  if (environ.QUERY_STRING === 'mark') {
    globalThis.tsgiMark = 'two';
    process.env.TSGI_MARK = 'two';
    Object.defineProperty(Object.prototype, 'tsgiMark', { value: 'two', configurable: true });
  }
  startResponse('200 OK', []);
  return [JSON.stringify(found)];
}
