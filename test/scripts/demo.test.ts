import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { examples } from '../../scripts/demo-requests.mjs';
import { capture } from '../../scripts/lib/command.mjs';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

it('README shows the request of every example, and the table has every request of README', () => {
  const lines = readFileSync(inRepository('README.md'), 'utf8').split('\n');
  expect(lines.filter((line) => line.startsWith('curl '))).toEqual(examples.map(({ request }) => request));
});

it.each(examples)('$script exists and is asked where it is mounted', ({ script, mount, request }) => {
  expect(existsSync(inRepository(script))).toBe(true);
  expect(request).toContain(`http://127.0.0.1:8080${mount}`);
});

it('the demo serves every example by both servers, and finds every answer right', async () => {
  const { code, stdout, stderr } = await capture(process.execPath, [
    inRepository('scripts/demo.mjs'),
    ...['--check', '--port', '0'],
  ]);
  expect(stdout.match(/^right$/gm) ?? stderr).toHaveLength(2 * examples.length);
  expect(code).toBe(0);
});
