/** Applications of Apache that keep dying. */
import { join } from 'node:path';
import { circuitCases, scriptOf, startsWith } from '../servers/circuit';
import { useApache } from './apache';

circuitCases(
  useApache((folder) => ({
    startsWith,
    conf: {
      main: 'TSGIThreads 2',
      server: `
        TSGIScriptAlias /mortal ${scriptOf('mortal', folder)} group=mortal
        TSGIImportScript ${join(folder, 'mortal.cjs')} group=mortal
        TSGIScriptAlias /half ${scriptOf('half', folder)} group=half
        TSGIImportScript ${join(folder, 'half.cjs')} group=half`,
    },
  })),
);
