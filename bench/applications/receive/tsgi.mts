import type { Application } from 'tsgi';

/** Reads the whole request body and answers with its size. */
export const application: Application = async (environ, startResponse) => {
  let size = 0;
  for await (const chunk of environ['tsgi.input']) {
    size += chunk.byteLength;
  }
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  return [`${size}\n`];
};
