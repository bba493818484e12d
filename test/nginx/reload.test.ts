/** Files of nginx's applications change. */
import { reloadCases, reloaded, writeApplications, type Reloaded } from '../servers/reload';
import { useNginx } from './nginx';

const location = (path: string, { script, threads, off }: Reloaded, at: (script: string) => string) => `
  location ${path} {
    ${threads === undefined ? '' : `tsgi_threads ${threads};`}
    ${off === true ? 'tsgi_reload off;' : ''}
    tsgi_preload off;
    tsgi_pass ${at(script)};
  }`;

reloadCases(
  useNginx((folder) => {
    const at = writeApplications(folder);
    const locations = Object.entries(reloaded).map(([path, how]) => location(path, how, at));
    return { conf: { server: locations.join('') } };
  }),
);
