/** Keeps a protocol of its end in the file that TRACE names. */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const note = (text) => appendFileSync(process.env.TRACE, `${text}\n`);

process.on('SIGTERM', async (signal, number) => {
  note(`${signal} ${number}`);
  await delay(20);
  note('after a while');
  // As with servers and pools that are closed by callbacks: what is left keeps the program alive.
  setTimeout(() => note('at last'), 50);
});
process.on('SIGINT', () => note('SIGINT'));
process.on('exit', (code) => {
  note(`exit ${code}`);
  process.exit(); // as some libraries do
});

export const close = () => note('close');

export const application = (environ, startResponse) => {
  startResponse('200 OK', []);
  return ['living'];
};
