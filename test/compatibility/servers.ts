/**
 * One nginx and one Apache for all applications of a family, each application on a port of its own. What an application
 * says on its console may stand in the error log; what the server and TSGI say there may not.
 */
import { freePort } from '../../scripts/lib/port.mjs';
import { Site as ApacheSite } from '../apache/apache';
import { Site as NginxSite } from '../nginx/nginx';
import type { Site, TestServer } from '../support/site';
import { environmentOf, fileOf, type Application } from './application';
import type { ServerName } from './shape';

export interface Server {
  readonly name: ServerName;
  readonly site: Pick<Site<object, TestServer>, 'begin' | 'check' | 'stop' | 'connect' | 'allowLog' | 'logLines'>;
  /** Resolves with the port of each application. */
  start(applications: readonly Application[]): Promise<Map<Application, number>>;
}

/** A group each, so that no application shares its thread with another. */
const groupOf = ({ name }: Application): string => name.replaceAll(/[^a-zA-Z0-9]+/g, '-').toLowerCase();

export function nginx(): Server {
  const site = new NginxSite();
  const consoleLine = /\[error\] \d+#\d+: (?!.*TSGI\d{4} )(?:(?!\*)|.*, request id: )/;
  const block = (application: Application, port: number) => `
    server {
      listen 127.0.0.1:${port};
      client_max_body_size 64m;
      location ${application.mount ?? '/'} {
        ${environment(application, (name, value) => `tsgi_env "${name}=${value}";`)}
        ${application.streamed === true ? 'tsgi_request_buffering off;' : ''}
        tsgi_pass ${fileOf(application.file)} group=${groupOf(application)} ${application.options ?? ''};
      }
    }`;
  return {
    name: 'nginx',
    site,
    start: (applications) =>
      startWith(applications, block, (blocks) =>
        site.start(() => ({
          startsWith: [consoleLine],
          conf: { http: `tsgi_max_applications 64;\n${blocks}` },
        })),
      ),
  };
}

export function apache(): Server {
  const site = new ApacheSite();
  const consoleLine = /\[tsgi:error\] \[pid \d+:tid \d+\] (?!.*TSGI\d{4} )(?:(?!\[client)|.*, request id: )/;
  const block = (application: Application, port: number) => `
    Listen 127.0.0.1:${port}
    <VirtualHost 127.0.0.1:${port}>
      AllowEncodedSlashes NoDecode
      TSGIScriptAlias ${application.mount ?? '/'} ${fileOf(application.file)} group=${groupOf(application)} ${application.options ?? ''}
      <Location ${application.mount ?? '/'}>
        ${application.streamed === true ? 'TSGIRequestBuffering Off' : ''}
        ${environment(application, (name, value) => `TSGISetProcessEnv ${name} "${value}"`)}
      </Location>
    </VirtualHost>`;
  return {
    name: 'Apache',
    site,
    start: (applications) =>
      startWith(applications, block, (blocks) =>
        site.start(() => ({ startsWith: [consoleLine], conf: { main: `TSGIMaxApplications 64\n${blocks}` } })),
      ),
  };
}

const environment = (application: Application, line: (name: string, value: string) => string): string =>
  Object.entries(environmentOf(application))
    .map(([name, value]) => line(name, value))
    .join('\n');

async function startWith(
  applications: readonly Application[],
  block: (application: Application, port: number) => string,
  start: (blocks: string) => Promise<void>,
): Promise<Map<Application, number>> {
  const ports = new Map<Application, number>();
  for (const application of applications) {
    ports.set(application, await freePort());
  }
  await start([...ports].map(([application, port]) => block(application, port)).join('\n'));
  return ports;
}
