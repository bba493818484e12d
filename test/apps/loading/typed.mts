import type { Application, Environ } from '../../../src/spec/index';

interface Greeting {
  readonly words: string;
}

const greet = <T extends Greeting>(greeting: T): string => greeting.words satisfies string;

export const application: Application = (environ: Environ, startResponse) => {
  startResponse('200 OK', [] as [string, string][]);
  return [greet({ words: `typed ${environ.REQUEST_METHOD}` })];
};
