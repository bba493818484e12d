/** `init()` is awaited: no request sees the application before. */
let ready = 'not ready';
let times = 0;

export async function init() {
  times++;
  await new Promise((resolve) => setTimeout(resolve, 50));
  ready = 'ready';
}

export function application(_environ, startResponse) {
  startResponse('200 OK', []);
  return [`${ready} ${times}`];
}
