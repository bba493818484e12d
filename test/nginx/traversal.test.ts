/** nginx, and paths that try to leave a directory of scripts. */
import { traversalCases, writeTree } from '../servers/traversal';
import { useNginx } from './nginx';

const site = useNginx((folder) => {
  const tree = writeTree(folder);
  return {
    conf: {
      http: 'tsgi_max_applications 64;',
      server: `
        location /tree/ { tsgi_pass ${tree}; }
        location /bare { tsgi_pass ${tree}; }`,
    },
  };
});

traversalCases(site, { logs: [/TSGI2022 /, /TSGI2026 /, /open\(\) ".*" failed/, /client sent (invalid|too long)/] });
