/** Which value is in force: main server, virtual host, <Directory>, .htaccess, <Location>, and options of the alias. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useApache } from './apache';

/** Exports that tell their own names, and what process.env has. */
const script = ['application', 'main', 'host', 'directory', 'htaccess', 'location', 'option']
  .map(
    (name) => `
  export const ${name} = (environ, startResponse) => {
    startResponse(environ.QUERY_STRING === 'fail' ? '404 Not Found' : '200 OK', []);
    const { REQUEST_METHOD: method, HTTP_AUTHORIZATION: authorization } = environ;
    return [JSON.stringify({ name: '${name}', method, authorization, env: { ...process.env } })];
  };`,
  )
  .join('\n');

let root = '';

function writeFiles(): void {
  for (const name of ['plain', 'directory', 'htaccess', 'allowed', 'refused']) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'app.mjs'), script);
  }
  writeFileSync(
    join(root, 'htaccess/.htaccess'),
    `
      TSGICallableObject htaccess
      TSGIInterface tsgi
      TSGIErrorOverride On
      TSGIMapHEADToGET On
      TSGIEnableSendfile Off
      TSGIRequestBuffering On
      TSGIPassAuthorization Off`,
  );
  writeFileSync(join(root, 'allowed/.htaccess'), 'Options +ExecCGI\nAddHandler tsgi-script .mjs\n');
  writeFileSync(join(root, 'refused/.htaccess'), 'TSGIThreads 2\n');
}

const at = (name: string) => join(root, name, 'app.mjs');

const mainServer = () => `
        TSGICallableObject main
        TSGIErrorOverride On
        TSGIPassAuthorization Off
        TSGISetProcessEnv LEVEL main
        TSGISetProcessEnv OF_MAIN 1
        TSGIScriptAlias /of-main ${at('plain')}`;

const virtualHost = () => `
        TSGIScriptAlias /plain ${at('plain')}
        TSGIScriptAlias /directory ${at('directory')}
        TSGIScriptAlias /htaccess ${at('htaccess')}
        TSGIScriptAlias /location ${at('directory')} group=location
        TSGIScriptAlias /option ${at('directory')} callable=option
        TSGIScriptAlias /refused ${at('refused')}
        Alias /allowed ${join(root, 'allowed')}
        TSGIErrorOverride Off
        TSGISetProcessEnv LEVEL host
        TSGISetProcessEnv OF_HOST 1
        <Directory ${join(root, 'directory')}>
          TSGICallableObject directory
          TSGIPassAuthorization On
          TSGISetProcessEnv LEVEL directory
        </Directory>
        <Directory ${join(root, 'htaccess')}>
          AllowOverride FileInfo AuthConfig
          TSGICallableObject directory
        </Directory>
        <Directory ${join(root, 'allowed')}>
          AllowOverride FileInfo Options
        </Directory>
        <Directory ${join(root, 'refused')}>
          AllowOverride All
        </Directory>
        <Location /location>
          TSGICallableObject location
          TSGISetProcessEnv OF_LOCATION 1
        </Location>`;

const site = useApache((folder) => {
  root = folder;
  writeFiles();
  return { modules: ['alias', 'headers'], conf: { main: mainServer(), server: virtualHost() } };
});

interface Told {
  name: string;
  method: string;
  authorization?: string;
  env: Record<string, string>;
}

const credentials: [string, string] = ['Authorization', 'Bearer x'];
const ask = async (target: string) => (await site.json({ target, fields: [credentials] })) as Told;

describe('a value', () => {
  it('of the main server holds in virtual hosts', async () => {
    expect(await ask('/plain')).toMatchObject({ name: 'main' });
    expect(await ask('/plain')).not.toHaveProperty('authorization');
  });

  it('of a directory holds before it, and that of a location before both', async () => {
    expect(await ask('/directory')).toMatchObject({ name: 'directory', authorization: 'Bearer x' });
    expect(await ask('/location')).toMatchObject({ name: 'location', authorization: 'Bearer x' });
  });

  it('of an option holds before all', async () => {
    expect(await ask('/option')).toMatchObject({ name: 'option' });
  });

  it('of a virtual host may undo that of the main server', async () => {
    const reply = await site.request('/plain?fail');
    expect(reply.status).toBe(404);
    expect(reply.body.toString()).toContain('"main"');
  });

  it('of process.env adds up, and the innermost wins', async () => {
    expect((await ask('/plain')).env).toMatchObject({ LEVEL: 'host', OF_MAIN: '1', OF_HOST: '1' });
    expect((await ask('/directory')).env).toMatchObject({ LEVEL: 'directory', OF_MAIN: '1', OF_HOST: '1' });
    expect((await ask('/location')).env).toMatchObject({ LEVEL: 'directory', OF_MAIN: '1', OF_LOCATION: '1' });
    expect((await ask('/directory')).env).not.toHaveProperty('OF_LOCATION');
  });
});

describe('.htaccess', () => {
  it('may hold what an author decides', async () => {
    const told = await ask('/htaccess');
    expect(told).toMatchObject({ name: 'htaccess' });
    expect(told).not.toHaveProperty('authorization');
    const reply = await site.request('/htaccess?fail');
    expect(reply.status).toBe(404);
    expect(reply.body.toString()).not.toContain('htaccess"');
  });

  it('may make scripts of files', async () => {
    expect(await ask('/allowed/app.mjs')).toMatchObject({ name: 'main' });
  });

  it('may not hold what starts isolates', async () => {
    site.expectLog(/\.htaccess: TSGIThreads not allowed here/);
    expect((await site.request('/refused')).status).toBe(500);
  });

  it.each([
    'TSGIApplicationGroup a',
    'TSGIModulePath /',
    'TSGISetProcessEnv A',
    'TSGIBufferSize 8k',
    'TSGIWriteLimit 8k',
  ])('may not hold %s', async (text) => {
    writeFileSync(join(root, 'refused/.htaccess'), text);
    site.expectLog(new RegExp(`\\.htaccess: ${text.split(' ', 1)[0]} not allowed here`));
    expect((await site.request('/refused')).status).toBe(500);
  });
});

describe('a HEAD', () => {
  it('is a GET to the application where that was asked for', async () => {
    const method = async (target: string) => {
      const reply = await site.request({ target, method: 'HEAD' });
      expect(reply.status).toBe(200);
      return reply.fields.find(([name]) => name === 'Content-Length')?.[1];
    };
    const whole = JSON.stringify({ ...(await ask('/plain')), method: 'HEAD' }).length;
    expect(await method('/plain')).toBe(String(whole));
    const mapped = JSON.stringify({ ...(await ask('/htaccess')), method: 'GET' }).length;
    expect(await method('/htaccess')).toBe(String(mapped));
  });
});
