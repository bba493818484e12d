import type { Application } from '../../../../src/spec/index';
import { words } from './words.ts';

const said: string = await Promise.resolve(words);

export const application: Application = (_environ, startResponse) => {
  startResponse('200 OK', []);
  return [said];
};
