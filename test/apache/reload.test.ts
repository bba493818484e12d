/** Files of Apache's applications change. */
import { reloadCases, reloaded, writeApplications, type Reloaded } from '../servers/reload';
import { alias, useApache } from './apache';

const location = (path: string, { script, threads, off }: Reloaded, at: (script: string) => string) =>
  alias(
    path,
    at(script),
    `
    ${threads === undefined ? '' : `TSGIThreads ${threads}`}
    ${off === true ? 'TSGIScriptReloading Off' : ''}`,
  );

reloadCases(
  useApache((folder) => {
    const at = writeApplications(folder);
    const locations = Object.entries(reloaded).map(([path, how]) => location(path, how, at));
    return { conf: { server: locations.join('') } };
  }),
);
