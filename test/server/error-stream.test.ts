import { expect, it } from 'vitest';
import type { ErrorStream } from '../../src/spec';
import { hostFor } from './support/hosts';

async function logged(use: (errors: ErrorStream) => void): Promise<string[]> {
  const host = hostFor((environ, startResponse) => {
    startResponse('200 OK', []);
    use(environ['tsgi.errors']);
    return [];
  });
  const { log } = await host.request();
  expect(log.every(({ level, tag }) => level === 3 && tag === 0)).toBe(true);
  return log.map(({ text }) => text);
}

it('logs whole lines, and the rest at a flush or at the end', async () => {
  expect(
    await logged((errors) => {
      errors.write('one\ntw');
      errors.write('o\nthree\nfo');
      errors.flush();
      errors.flush();
      errors.writeLines(['a', 'b\n', 'c']);
      errors.write('');
    }),
  ).toEqual(['one', 'two\nthree', 'fo', 'ab', 'c']);
});

it('logs at once what comes when nothing will complete the line any more', async () => {
  let errors: ErrorStream | undefined;
  const host = hostFor((environ, startResponse) => {
    errors = environ['tsgi.errors'];
    startResponse('200 OK', []);
    return [];
  });
  await host.request();
  errors?.write('last ');
  errors?.write('words');
  expect(host.records.map(({ text }) => text)).toEqual(['last ', 'words']);
});

it.each([
  ['write', 5],
  ['write', Buffer.from('x')],
  ['writeLines', 'text'],
  ['writeLines', [5]],
] as const)('refuses %s(%o)', async (method, value) => {
  await logged((errors) => {
    expect(() => (errors[method] as (value: unknown) => void)(value)).toThrow(/^errors-(text|lines): /);
  });
});
