/** Scenes that read the request body. */
import { createHash } from 'node:crypto';
import { failureOf, stage, told } from './stage.mjs';

const latin1 = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('latin1');

/** @param {import('./stage.mjs').StartResponse} startResponse @param {unknown} value */
function json(startResponse, value) {
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  return [JSON.stringify(value)];
}

/**
 * Reads so many bytes, however they come.
 * @param {import('../../src/spec/index.js').InputStream} input @param {number} size
 */
async function exactly(input, size) {
  let text = '';
  while (text.length < size) {
    const part = latin1(await input.read(size - text.length));
    if (part === '') {
      break;
    }
    text += part;
  }
  return text;
}

export const application = stage({
  async all(environ, startResponse) {
    const body = await environ['tsgi.input'].read();
    return json(startResponse, { bytes: body instanceof Uint8Array, text: latin1(body) });
  },

  async digest(environ, startResponse) {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of environ['tsgi.input']) {
      size += chunk.length;
      hash.update(chunk);
    }
    return json(startResponse, { size, sha256: hash.digest('hex') });
  },

  async sized(environ, startResponse) {
    const parts = [];
    for (;;) {
      const part = await environ['tsgi.input'].read(4);
      if (part.length === 0) {
        break;
      }
      parts.push(latin1(part));
    }
    const again = [(await environ['tsgi.input'].read(4)).length, (await environ['tsgi.input'].read()).length];
    return json(startResponse, {
      tooLong: parts.some((part) => part.length > 4),
      text: parts.join(''),
      again,
    });
  },

  /** Reads something as soon as it is there, and says so before the rest has come. */
  async early(environ, startResponse, { note }) {
    note(await exactly(environ['tsgi.input'], 3));
    note(await exactly(environ['tsgi.input'], 3));
    note((await environ['tsgi.input'].read(100)).length);
    return json(startResponse, 'done');
  },

  async 'bad-size'(environ, startResponse) {
    const input = environ['tsgi.input'];
    const calls = [input.read(-1), input.read(1.5), input.readLine(-1), input.readLine(NaN), input.readLines(-1)];
    const refused = await Promise.all(calls.map((call) => call.then(() => 'accepted', told)));
    return json(startResponse, { refused, text: latin1(await input.read()) });
  },

  async line(environ, startResponse) {
    const lines = [];
    for (let line; (line = await environ['tsgi.input'].readLine()).length > 0;) {
      lines.push(latin1(line));
    }
    return json(startResponse, [...lines, (await environ['tsgi.input'].readLine()).length]);
  },

  async 'line-sized'(environ, startResponse) {
    const lines = [];
    for (let line; (line = await environ['tsgi.input'].readLine(3)).length > 0;) {
      lines.push(latin1(line));
    }
    return json(startResponse, lines);
  },

  async lines(environ, startResponse) {
    const all = (await environ['tsgi.input'].readLines()).map(latin1);
    const end = await environ['tsgi.input'].readLines();
    return json(startResponse, { all, end });
  },

  async 'lines-hint'(environ, startResponse) {
    const one = (await environ['tsgi.input'].readLines(3)).map(latin1);
    const some = (await environ['tsgi.input'].readLines(4)).map(latin1);
    const rest = (await environ['tsgi.input'].readLines()).map(latin1);
    return json(startResponse, { one, some, rest });
  },

  async 'each-line'(environ, startResponse) {
    const all = [];
    for await (const line of environ['tsgi.input'].lines()) {
      all.push(latin1(line));
    }
    return json(startResponse, all);
  },

  async chunks(environ, startResponse) {
    let text = '';
    let empty = 0;
    let odd = 0;
    for await (const chunk of environ['tsgi.input']) {
      odd += chunk instanceof Uint8Array ? 0 : 1;
      empty += chunk.length === 0 ? 1 : 0;
      text += latin1(chunk);
    }
    return json(startResponse, { text, empty, odd });
  },

  async stream(environ, startResponse) {
    const stream = environ['tsgi.input'].stream();
    const readable = stream instanceof ReadableStream;
    const text = await new Response(/** @type {any} */ (stream)).text();
    return json(startResponse, { readable, text });
  },

  async mixed(environ, startResponse) {
    const input = environ['tsgi.input'];
    return json(startResponse, [
      latin1(await input.readLine()),
      await exactly(input, 2),
      latin1(await input.readLine()),
      latin1(await input.read()),
      (await input.read()).length,
    ]);
  },

  async 'second-consumer'(environ, startResponse) {
    const input = environ['tsgi.input'];
    const first = input.read();
    const second = await failureOf(() => input.read());
    const third = await failureOf(() => input.readLine());
    const body = latin1(await first);
    return json(startResponse, { second, third, body });
  },

  async 'second-iterator'(environ, startResponse) {
    const iterator = environ['tsgi.input'][Symbol.asyncIterator]();
    const first = iterator.next();
    const second = await failureOf(async () => {
      for await (const _ of environ['tsgi.input']) {
        break;
      }
    });
    let text = '';
    for (let step = await first; step.done !== true; step = await iterator.next()) {
      text += latin1(step.value);
    }
    return json(startResponse, { second, text });
  },

  async 'second-stream'(environ, startResponse) {
    const reader = environ['tsgi.input'].stream().getReader();
    const first = reader.read();
    const second = await failureOf(() => environ['tsgi.input'].read());
    const { value } = await first;
    await reader.cancel();
    return json(startResponse, { second, first: value !== undefined && value.length > 0 });
  },

  async rejects(environ, startResponse, { note }) {
    let noted = false;
    for (const attempt of ['first', 'again']) {
      try {
        for await (const chunk of environ['tsgi.input']) {
          if (attempt === 'first' && chunk.length > 0 && !noted) {
            noted = true;
            note('reading');
          }
        }
        note(`${attempt}: end of input`);
      } catch (error) {
        note({ [attempt]: told(error) });
      }
    }
    return json(startResponse, 'caught');
  },

  async 'rejects-read'(environ, startResponse, { note }) {
    note((await exactly(environ['tsgi.input'], 5)).length);
    note(await failureOf(() => environ['tsgi.input'].read()));
    note(await failureOf(() => environ['tsgi.input'].readLine()));
    return json(startResponse, 'caught');
  },

  async 'rejects-stream'(environ, startResponse, { note }) {
    const reader = environ['tsgi.input'].stream().getReader();
    for (let size = 0; size < 5;) {
      size += (await reader.read()).value?.length ?? 5;
    }
    note('reading');
    note(await failureOf(() => reader.read()));
    return json(startResponse, 'caught');
  },

  /** A read that is still waiting when the exchange ends, and one that comes later. */
  async expired(environ, startResponse, { note, gate }) {
    const input = environ['tsgi.input'];
    void gate('later').then(async () => {
      note({
        read: await failureOf(() => input.read()),
        readLine: await failureOf(() => input.readLine()),
        readLines: await failureOf(() => input.readLines()),
        iterator: await failureOf(() => input[Symbol.asyncIterator]().next()),
        lines: await failureOf(() => input.lines().next()),
      });
    });
    return json(startResponse, 'answered');
  },

  unread(_environ, startResponse) {
    return json(startResponse, 'not read');
  },

  async some(environ, startResponse) {
    const part = await environ['tsgi.input'].read(10);
    return json(startResponse, { some: part.length > 0 });
  },

  /** Holds the body back until the test lets it go. */
  async slow(environ, startResponse, { gate }) {
    const input = environ['tsgi.input'];
    const hash = createHash('sha256');
    let size = (await input.read(1)).length;
    await gate('read');
    for await (const chunk of input) {
      size += chunk.length;
      hash.update(chunk);
    }
    return json(startResponse, { size });
  },

  /** Sends back what comes, while it comes. */
  echo(environ, startResponse) {
    startResponse('200 OK', []);
    return environ['tsgi.input'];
  },

  /** Breaks off reading half-way through a loop and reads on by other means. */
  async break(environ, startResponse) {
    let text = '';
    for await (const line of environ['tsgi.input'].lines()) {
      text += latin1(line);
      break;
    }
    return json(startResponse, { text, rest: latin1(await environ['tsgi.input'].read()) });
  },
});
