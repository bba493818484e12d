/** Applications that cannot be loaded, exit, or throw where nobody catches: only their own requests notice. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { descriptorsOf } from '../support/process';
import { until } from '../support/until';
import { app, useNginx } from './nginx';

const good = `export const application = (environ, startResponse) => { startResponse('200 OK', []); return ['good']; };\n`;

const broken: Record<string, string> = {
  'syntax.mjs': `${good}const = 1;\n`,
  'throws.ts': `interface Nothing {}\n\nconst value: unknown = undefined;\nthrow new Error('the secret of throws');\n`,
  'missing.mjs': `import 'no-such-package';\n${good}`,
  'init.mjs': `${good}export async function init() {\n  throw new Error('the secret of init');\n}\n`,
  'nothing.mjs': 'export const other = 1;\n',
  'number.mjs': 'export const application = 1;\n',
};

// An isolate that dies again soon is replaced after a pause, so each death has an application to itself.
const groups = ['exit', 'exit-later', 'throw-later', 'reject', 'once', 'busy'];

const site = useNginx((folder) => {
  for (const [name, source] of Object.entries({
    ...broken,
    'good.mjs': good,
    'exits.mjs': `process.exit(3);\n${good}`,
  })) {
    writeFileSync(join(folder, name), source);
  }
  const lazy = Object.keys(broken).map(
    (name) => `location /${name} { tsgi_preload off; tsgi_pass ${join(folder, name)}; }`,
  );
  return {
    conf: {
      http: 'tsgi_max_applications 64;',
      server: `
        ${lazy.join('\n')}
        location /good { tsgi_pass ${join(folder, 'good.mjs')}; }
        location /static { return 200 static; }
        location /exits { tsgi_preload off; tsgi_pass ${join(folder, 'exits.mjs')}; }
        ${groups.map((name) => `location /of-${name} { tsgi_pass ${app('mortal.mjs')} group=${name}; }`).join('\n')}`,
    },
  };
});

async function whenOthersAnswer() {
  expect(await site.text('/good')).toBe('good');
  expect(await site.text('/static')).toBe('static');
}

describe('an application that cannot be loaded', () => {
  it.each([
    ['syntax.mjs', /TSGI1020 .*syntax\.mjs:2/],
    ['throws.ts', /TSGI1020 .*throws\.ts:4:7/],
    ['missing.mjs', /TSGI1020 .*no-such-package/],
    ['init.mjs', /TSGI1022 .*init\.mjs:3:9/],
    ['nothing.mjs', /TSGI1021 .*other/],
    ['number.mjs', /TSGI1021 /],
  ])('is answered with 503 and logged with its place (%s)', async (name, record) => {
    site.expectLog(record, /TSGI1024 .*, request id: [0-9a-f]{32}/);
    const first = await site.request(`/${name}`);
    expect(first).toMatchObject({ status: 503, complete: true });
    expect(first.body.toString()).not.toMatch(/secret|mjs/);
    expect((await site.request(`/${name}`)).status).toBe(503);
    await whenOthersAnswer();
  });

  it('is named in the log for each request that it fails', async () => {
    site.expectLog(/TSGI1024 .*nothing\.mjs: .*, request id: [0-9a-f]{32}, client: /);
    expect((await site.request('/nothing.mjs')).status).toBe(503);
  });
});

const deaths = [
  ['exit', /TSGI1031 /],
  ['exit-later', /TSGI1031 /],
  ['throw-later', /TSGI1030 .*the secret reason/],
  ['reject', /TSGI1030 .*the secret reason/],
] as const;

describe('an application that ends its environment', () => {
  it.each(deaths)('fails what is under way, and is replaced (%s)', async (how, record) => {
    site.expectLog(record, /TSGI3103 /, /TSGI2024 /);
    const begun = await site.connect();
    const streaming = begun.request({ target: `/of-${how}/stream` });
    const before = (await streaming.whenBytes(1)).toString();
    const waiting = (await site.connect()).request(site.marked(`/of-${how}/wait`));

    const last = (await site.connect()).request({ target: `/of-${how}/${how}` });
    expect(await streaming.whenDone()).toMatchObject({ status: 200, complete: false });
    expect((await waiting.whenDone()).status).toBeGreaterThanOrEqual(500);
    await last.whenDone();

    const after = await site.text(`/of-${how}/id`);
    expect(after).not.toBe(before);
    await whenOthersAnswer();
  });

  it('leaves no descriptor of an environment behind', async () => {
    site.expectLog(/TSGI1031 /, /TSGI3103 /);
    const count = () => descriptorsOf(site.worker).size;
    await site.text('/of-once/id');
    const before = count();
    await site.request('/of-once/exit');
    await site.text('/of-once/id');
    await until(
      () => `${before} descriptors; there are ${count()}`,
      () => count() <= before,
    );
  });

  it('while it is loaded, is answered with 503', async () => {
    site.expectLog(/TSGI1031 /, /TSGI3103 /);
    const reply = await site.request('/exits');
    expect([500, 503]).toContain(reply.status);
    await whenOthersAnswer();
  });
});

describe('an application that keeps its thread busy', () => {
  it('keeps nobody else waiting', async () => {
    const busy = (await site.connect()).request({ target: '/of-busy/busy' });
    const begun = performance.now();
    await whenOthersAnswer();
    expect(busy.state).toBe('open');
    expect(performance.now() - begun).toBeLessThan(900);
    expect((await busy.whenDone()).status).toBe(200);
  });
});
