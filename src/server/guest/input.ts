import { Readable } from 'node:stream';

/** `process.stdin` of an application: at its end. What the web server has there, a terminal perhaps, is its own. */
export function makeInput(): Readable {
  const input = new Readable({
    read() {
      this.push(null);
    },
  });
  return Object.assign(input, { fd: 0 });
}
