/** TSGIImportScript: a script is loaded when a child starts, where its requests will look for it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/until';
import { useApache } from './apache';

const script = (name: string) => `
  console.log('${name} is loaded');
  export const application = (environ, startResponse) => (startResponse('200 OK', []), ['${name}']);
  export const other = application;`;

/** By the place of the alias, which stands behind its TSGIImportScript; options of the one, and of the other. */
const imported: Record<string, [string, string]> = {
  plain: ['', ''],
  alike: ['callable=other group=%{SERVER}', 'callable=other group=%{SERVER}'],
  completed: ['', 'callable=other interface=tsgi group=%{RESOURCE}'],
  described: ['', ''],
  mounted: ['', 'mount=/mounted group=%{RESOURCE}'],
};

const site = useApache((folder) => {
  const names = [...Object.keys(imported), 'by-env', 'of-main', 'not-imported'];
  for (const name of names) {
    writeFileSync(join(folder, `${name}.mjs`), script(name));
  }
  const lines = Object.entries(imported).map(
    ([name, [options, ofAlias]]) => `
      TSGIImportScript ${folder}/${name}.mjs ${options}
      TSGIScriptAlias /${name} ${folder}/${name}.mjs ${ofAlias}`,
  );
  return {
    startsWith: [/ is loaded$/, /TSGI4021 cannot import /],
    conf: {
      main: `
        TSGIImportScript ${folder}/of-main.mjs
        TSGIScriptAlias /of-main ${folder}/of-main.mjs`,
      server: `
        ${lines.join('')}
        TSGIImportScript ${folder}/by-env.mjs
        TSGIScriptAlias /by-env ${folder}/by-env.mjs group=%{ENV:GROUP}
        TSGIScriptAlias /not-imported ${folder}/not-imported.mjs
        <Location /described/otherwise>
          TSGISetProcessEnv NAME value
        </Location>`,
    },
  };
});

const timesLoaded = (name: string) => site.server.errorLog().split(`${name} is loaded`).length - 1;

describe('TSGIImportScript', () => {
  it.each([...Object.keys(imported), 'of-main'])('loads a script before there is a request (%s)', async (name) => {
    await until(`${name} is loaded`, () => timesLoaded(name) === 1);
  });

  it.each(Object.keys(imported))('loads it where its requests look for it (%s)', async (name) => {
    expect(await site.text(`/${name}`)).toBe(name);
    expect(timesLoaded(name)).toBe(1);
  });

  it('leaves others to their first request', async () => {
    expect(timesLoaded('not-imported')).toBe(0);
    expect(await site.text('/not-imported')).toBe('not-imported');
    expect(timesLoaded('not-imported')).toBe(1);
  });

  it('describes the group as the server does, whatever a location says', async () => {
    site.expectLog(/TSGI4005 application group ".*described\.mjs" was opened with one value of "TSGISetProcessEnv"/);
    expect(await site.text('/described/otherwise')).toBe('described');
  });

  it('of the main server loads it in the group of the main server', async () => {
    expect(await site.text('/of-main')).toBe('of-main');
    expect(timesLoaded('of-main')).toBe(2);
  });

  it('says when it cannot know the group', () => {
    const log = site.server.errorLog();
    expect(log).toMatch(/\[tsgi:error\] .*TSGI4021 cannot import ".*\/by-env\.mjs" in \S+\/httpd\.conf:\d+: /);
    expect(timesLoaded('by-env')).toBe(0);
  });
});
