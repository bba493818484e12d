import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../scripts/serve.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tsgi-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const application = write(
  'app.ts',
  `import type { Application } from 'tsgi';
   export const application: Application = async (environ, startResponse) => {
     console.error('asked for', environ.PATH_INFO);
     startResponse('200 OK', [['Content-Type', 'text/plain']]);
     return [environ.SCRIPT_NAME + '|' + environ.PATH_INFO + '|' + environ['extra']];
   };`,
);

/** `npm run serve` with these arguments, once it is ready. */
async function serve(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.endsWith('\n')) {
        resolve();
      }
    });
  });
  await Promise.race([ready, ended]);
  const origin = /^listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(stdout)?.[1] ?? '';
  return { origin, child, ended, stdout: () => stdout, stderr: () => stderr };
}

describe('npm run serve', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves an application until %s', async (signal) => {
    const conf = write('extra.conf', 'tsgi_param extra more;\nlocation /static { return 200 plain; }\n');
    const { origin, child, ended, stdout, stderr } = await serve('--mount', '/app', '--conf', conf, application);
    try {
      expect(await (await fetch(`${origin}/app/x/y`)).text()).toBe('/app|/x/y|more');
      expect(await (await fetch(`${origin}/static`)).text()).toBe('plain');
      expect((await fetch(`${origin}/elsewhere`)).status).toBe(404);
    } finally {
      child.kill(signal);
    }
    expect({ code: await ended, stderr: stderr() }).toMatchObject({ code: 0 });
    expect(stdout()).toBe(`listening on ${origin}\n`);
    expect(stderr()).toContain('asked for /x/y');
    await expect(fetch(origin)).rejects.toThrow();
  });

  it('serves an application with Apache', async () => {
    const conf = write('extra-apache.conf', 'SetEnv extra more\nRedirect 410 /static\n');
    const { origin, child, ended, stdout, stderr } = await serve(
      ...['--server', 'apache', '--mpm', 'worker', '--mount', '/app', '--conf', conf, application],
    );
    try {
      expect(await (await fetch(`${origin}/app/x/y`)).text()).toBe('/app|/x/y|more');
      expect((await fetch(`${origin}/static`)).status).toBe(410);
      expect((await fetch(`${origin}/elsewhere`)).status).toBe(404);
    } finally {
      child.kill('SIGINT');
    }
    expect({ code: await ended, stderr: stderr() }).toMatchObject({ code: 0 });
    expect(stdout()).toBe(`listening on ${origin}\n`);
    expect(stderr()).toContain('asked for /x/y');
    await expect(fetch(origin)).rejects.toThrow();
  });

  it('refuses an MPM where there is none', async () => {
    const { ended, stderr } = await serve('--mpm', 'prefork', application);
    expect({ code: await ended, stderr: stderr() }).toEqual({ code: 2, stderr: '--mpm is for --server apache.\n' });
  });

  it('says what nginx says about a bad configuration, and leaves nothing behind', async () => {
    const conf = write('bad.conf', 'tsgi_pas /x;\n');
    const { ended, stdout, stderr } = await serve('--conf', conf, application);
    expect({ code: await ended, stdout: stdout() }).toEqual({ code: 1, stdout: '' });
    expect(stderr()).toContain(`unknown directive "tsgi_pas" in ${conf}:1`);
    expect(stderr()).not.toMatch(/^\s+at /m);
    const path = /in (\/\S+)\/nginx\.conf/.exec(stderr())?.[1] ?? '';
    expect(path === '' || !existsSync(path)).toBe(true);
  });
});
