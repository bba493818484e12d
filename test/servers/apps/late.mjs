/** Takes its time; `/events` tells how its requests ended. */
const events = [];

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function readSlowly(input) {
  let size = 0;
  for await (const chunk of input) {
    size += chunk.length;
  }
  return size;
}

export async function application(environ, startResponse) {
  const { PATH_INFO: path } = environ;
  const ok = () => startResponse('200 OK', []);
  switch (path) {
    case '/events':
      ok();
      return [JSON.stringify(events.splice(0))];
    case '/never':
      environ['tsgi.signal'].addEventListener('abort', () =>
        events.push(`aborted ${environ['tsgi.signal'].reason.code}`),
      );
      environ['tsgi.on_finish']((reason) => events.push(`finished ${reason}`));
      return new Promise(() => undefined);
    case '/head-only':
      ok();
      environ['tsgi.flush_headers']();
      return (async function* () {
        await pause(900);
        yield 'late';
      })();
    case '/stream':
      ok();
      return (async function* () {
        for (let n = 0; n < 4; n++) {
          yield String(n);
          await pause(300);
        }
      })();
    case '/read': {
      const size = await readSlowly(environ['tsgi.input']);
      ok();
      return [String(size)];
    }
    default:
      ok();
      return ['at once'];
  }
}
