import type { Application } from '../../../src/spec/index';

type Unused = { of: 'lines'; that: 'are stripped' };

function theGuiltyFunction(unused?: Unused): never {
  throw new Error(`the secret reason ${typeof unused}`);
}

export const application: Application = () => theGuiltyFunction();
