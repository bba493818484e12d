/** How long an application may take until it can be called. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf, runIsolate, type Outcome, type Task } from './support/isolate';

/** Milliseconds: more than a busy machine takes. */
const TIMEOUT = 2000;

const APPLICATION = `export const application = (environ, start) => { start('200 OK', []); return ['ok']; };`;

async function load(source: string, task: Partial<Task> = {}): Promise<Outcome> {
  const script = join(folderOf({ 'app.mjs': source }), 'app.mjs');
  return runIsolate({ apps: [{ script }], startupTimeout: TIMEOUT, ...task });
}

it.each([
  [
    'a top-level await',
    `await new Promise(() => {}); ${APPLICATION}`,
    1026,
    'its modules have not been evaluated within 2 s',
  ],
  [
    'init()',
    `export const init = () => new Promise(() => {}); ${APPLICATION}`,
    1026,
    'init() has not settled within 2 s',
  ],
  ['who never listens', 'setInterval(() => {}, 100);', 1021, 'within 2 s, the module has no export "application"'],
])('is over for %s that does not end', async (_, source, tag, text) => {
  const { responses, records } = await load(source, { requests: [{}, {}] });
  expect(responses.map(({ status, page }) => [status, page])).toEqual([
    [503, true],
    [503, true],
  ]);
  expect(records.map((record) => record.tag)).toEqual([tag, 1024, 1024]);
  for (const record of records) {
    expect(record.text).toContain(text);
  }
});

it('is not over for an application that has come up, or has failed', async () => {
  const { responses, records } = await load(APPLICATION, { turns: TIMEOUT + 500 });
  expect(responses[0]?.text).toBe('ok');
  expect(records).toEqual([]);
  const failed = await load('throw new Error("at once")', { turns: TIMEOUT + 500 });
  expect(failed.records.map(({ tag }) => tag)).toEqual([1020, 1024]);
});

it('does not bar an application that comes up after all', async () => {
  const { responses, records } = await load(
    `export const init = () => new Promise((resolve) => setTimeout(resolve, ${TIMEOUT + 1000})); ${APPLICATION}`,
    { requests: Array.from({ length: 2 }, () => ({})), between: 2000 },
  );
  expect(responses.map(({ status }) => status)).toEqual([503, 200]);
  expect(records.map(({ tag }) => tag)).toEqual([1026, 1024, 1027]);
});

it('says why an application failed after all', async () => {
  const { records } = await load(
    `export const init = () => new Promise((_, reject) => setTimeout(() => reject(new Error('no database')), ${TIMEOUT + 500})); ${APPLICATION}`,
    { turns: 1500 },
  );
  expect(records.map(({ tag }) => tag)).toEqual([1026, 1024, 1022]);
  expect(records[2]?.text).toContain('no database');
});

it('may be left out', async () => {
  const { responses } = await load(
    `export const init = () => new Promise((resolve) => setTimeout(resolve, ${TIMEOUT + 200})); ${APPLICATION}`,
    { startupTimeout: 0 },
  );
  expect(responses[0]?.text).toBe('ok');
});
