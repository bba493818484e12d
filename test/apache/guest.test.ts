/** Applications are guests in a child of Apache. */
import { startApache } from '../../scripts/lib/apache-server.mjs';
import { farewellCases, guestCases, mounts } from '../guest/cases';
import { portCases } from '../guest/port-cases';
import { useApache } from './apache';

const location = ([path, { script, env = {} }]: [string, (typeof mounts)[string]]) => `
  TSGIScriptAlias ${path} ${script} group=${path.slice(1)}
  <Location ${path}>
    ${Object.entries(env)
      .map(([name, value]) => `TSGISetProcessEnv ${name} ${value}`)
      .join('\n')}
  </Location>`;

guestCases(
  useApache(() => ({
    conf: { main: 'TSGIMaxApplications 64', server: Object.entries(mounts).map(location).join('') },
  })),
);

farewellCases('SIGWINCH', (script, trace) =>
  startApache({
    conf: { server: `TSGIScriptAlias /farewell ${script}\nTSGISetProcessEnv TRACE ${trace}` },
  }),
);

portCases((script, metrics) =>
  startApache({
    workers: 2,
    conf: { server: `TSGIScriptAlias /application ${script}\nTSGISetProcessEnv METRICS ${metrics}` },
  }),
);
