/** Apache, and paths that try to leave a directory of scripts. */
import { traversalCases, writeTree } from '../servers/traversal';
import { useApache } from './apache';

const site = useApache((folder) => {
  const tree = writeTree(folder);
  return {
    conf: {
      main: 'TSGIMaxApplications 64',
      server: `
        TSGIScriptAlias /tree/ ${tree}
        TSGIScriptAlias /bare ${tree}
        <Directory ${tree}>
          Options +FollowSymLinks
        </Directory>`,
    },
  };
});

traversalCases(site, { logs: [/TSGI4022 /, /TSGI4026 /, /\[core:(error|warn)\]/] });
