import { installChildOutput } from './child-output';
import { installFetch } from './fetch';
import { installNodeProgram } from './node-program';
import { installRefusals } from './refusals';
import { installKill } from './signals';
import { installWorkers } from './workers';
import { installWorkingFolder } from './working-folder';

/** What holds in every thread that runs code of an application. `end`: the application has killed itself. */
export function installThread(end: (reason: string) => void): void {
  installRefusals();
  installKill(end);
  installNodeProgram();
  installChildOutput();
  installFetch();
  installWorkers();
  installWorkingFolder();
}
