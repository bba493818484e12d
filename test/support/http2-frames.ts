/** One request of HTTP/2 made of frames by hand, so that it may hold what no client would send. */
import { connect } from 'node:net';
import { bounded } from './until';

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const GOAWAY = 7;
const FRAME_HEAD = 9; // bytes

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A string of HPACK, not compressed; of less than 127 bytes. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** A field that is not indexed, its name spelled out. */
const field = ([name, value]: readonly [string, string]) => Buffer.concat([Buffer.from([0]), text(name), text(value)]);

/** The body of the response to a request without one, or "refused", when its stream or its connection ends instead. */
export function askByFrames(port: number, fields: readonly (readonly [string, string])[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const answer = new Promise<string>((resolve) => {
    let rest = Buffer.alloc(0);
    let body = '';
    const refuse = () => resolve('refused');
    socket.on('error', refuse).on('close', refuse);
    socket.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= FRAME_HEAD && rest.length >= FRAME_HEAD + rest.readUIntBE(0, 3)) {
        const end = FRAME_HEAD + rest.readUIntBE(0, 3);
        const [type, flags] = [rest.readUInt8(3), rest.readUInt8(4)];
        body += type === DATA ? rest.toString('latin1', FRAME_HEAD, end) : '';
        rest = rest.subarray(end);
        if (type === RST_STREAM || type === GOAWAY) {
          refuse();
        } else if ((type === DATA || type === HEADERS) && (flags & 1) !== 0) {
          resolve(body === '' ? 'refused' : body);
        }
      }
    });
  });
  socket.write(
    Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      frame(SETTINGS, 0, 0, Buffer.alloc(0)),
      frame(HEADERS, 5, 1, Buffer.concat(fields.map(field))), // the end of the fields, and of the stream
    ]),
  );
  return bounded('an answer of HTTP/2', answer).finally(() => socket.destroy());
}
