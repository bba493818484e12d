import { expect } from 'vitest';
import { until } from '../support/until';
import type { Case, LogExpectation, Section, Trial } from './case';
import type { TargetName } from './target';

/** In the process of the tests, `console` and the standard streams are the tests' own. */
const OWN_PROCESS = 'the application shares the process of the tests, whose console and streams are their own';
const embedded: Partial<Record<TargetName, string>> = {
  mock: OWN_PROCESS,
  'mock+lint': OWN_PROCESS,
  node: OWN_PROCESS,
  addon: OWN_PROCESS,
};

/** Records whose text is exactly this, whatever their level: the levels are checked where they matter. */
async function whenLines(trial: Trial, lines: readonly string[]): Promise<void> {
  await until(
    () => `lines ${JSON.stringify(lines)}, have ${JSON.stringify(trial.records())}`,
    () => {
      const texts = trial.records().flatMap(({ text }) => text.split('\n'));
      return lines.every((line) => texts.includes(line));
    },
  );
}

/** What the application says through `tsgi.errors` is of level error. */
const said: LogExpectation[] = [{ tag: 0 }];

/** At which level its own output is logged is the host's to say. */
const spoken: LogExpectation[] = [{ level: 'any', text: /said|nested|through/ }];

function logs(rule: string, path: string, lines: readonly string[], more: Partial<Case> = {}): Case {
  return {
    log: said,
    rule,
    request: { path },
    expect: { status: 200, body: 'logged' },
    run: (trial) => whenLines(trial, lines),
    ...more,
  };
}

export const logging: Section = {
  name: 'tsgi.errors and the log',
  app: 'logging.mjs',
  cases: [
    logs('each line of tsgi.errors lands in the error log', '/errors', [
      'first line',
      'second line',
      'in two pieces',
      'one',
      'two',
    ]),
    logs('a line that was never completed lands in the log when the request is over', '/partial', ['never completed']),
    logs('a line that was never completed lands in the log when a stream is over', '/partial-stream', [
      'never completed by a stream',
    ]),
    {
      rule: 'a line that was never completed lands in the log when the application fails',
      request: { path: '/partial-failure' },
      expect: { status: 500, page: true },
      run: (trial) => whenLines(trial, ['never completed by a failure']),
      log: [...said, { text: 'the secret reason' }],
    },
    {
      rule: 'flush logs a line that is not complete',
      run: async (trial) => {
        const exchange = await trial.open({ path: '/flush' });
        await whenLines(trial, ['flushed by hand']);
        await trial.release('go on');
        expect((await exchange.whenDone()).body.toString()).toBe('logged');
      },
      log: said,
    },
    logs('the log is UTF-8', '/utf8', ['caf\u00e9 \u20ac']),
    {
      rule: 'control bytes are escaped, so that no line is forged',
      not: { mock: 'escaping is done by native/core', 'mock+lint': 'escaping is done by native/core' },
      request: { path: '/control' },
      expect: { status: 200 },
      run: async (trial) => {
        const record = await until('the record', () => trial.records().find(({ text }) => text.includes('bell')));

        expect(record.text).not.toMatch(/[\0-\x1f\x7f]/);
        expect(record.text).toMatch(/bell .* escape .*\[31m return .* nul .* end/);
      },
      log: said,
    },
    {
      rule: 'a long line is split, and nothing of it is lost',
      not: {
        mock: 'splitting is done by native/core',
        'mock+lint': 'splitting is done by native/core',
        node: 'a record may be as long as it likes',
      },
      request: { path: '/long' },
      expect: { status: 200 },
      run: async (trial) => {
        await until('the end of the line', () => trial.records().some(({ text }) => text.endsWith(' finish')));
        const records = trial.records().filter(({ text }) => /start|abcdefghij|finish/.test(text));
        expect(Math.max(...records.map(({ text }) => Buffer.byteLength(text)))).toBeLessThan(2048);
        const letters = records.map(({ text }) => text.replace(/[^a-j]/g, '')).join('');
        expect((letters.match(/abcdefghij/g) ?? []).length).toBeGreaterThanOrEqual(995);
      },
      log: said,
    },
    logs('an empty text is no line', '/empty', [], { log: [] }),
    {
      rule: 'records of a request carry its id',
      not: {
        mock: 'the mock numbers exchanges instead',
        'mock+lint': 'the mock numbers exchanges instead',
      },
      run: async (trial) => {
        await trial.request({ path: '/errors' });
        await trial.request({ path: '/errors' });
        await until('both', () => trial.records().filter(({ text }) => text === 'first line').length === 2);
        const [first, second] = trial.records().filter(({ text }) => text === 'first line');
        expect(first?.requestId).toMatch(/./);
        expect(second?.requestId).toMatch(/./);
        expect(first?.requestId).not.toBe(second?.requestId);
        const ids = new Set(trial.records().map(({ requestId }) => requestId));
        expect(ids.size).toBeLessThanOrEqual(3);
      },
      log: said,
    },
    logs(
      'console goes to the error log',
      '/console',
      ['said by log 1', 'said by info', 'said by warn', 'said by error'],
      {
        not: embedded,
        log: spoken,
      },
    ),
    {
      rule: 'console.log of objects is readable',
      not: embedded,
      request: { path: '/console-object' },
      expect: { status: 200 },
      run: async (trial) => {
        await until('the object', () =>
          trial.records().some(({ text }) => /nested: \{ value: 1 \}.*\[ 1, 2 \]/.test(text)),
        );
      },
      log: spoken,
    },
    {
      rule: 'console keeps the request id across an await',
      not: embedded,
      request: { path: '/console-later' },
      expect: { status: 200 },
      run: async (trial) => {
        const record = await until('the record', () =>
          trial.records().find(({ text }) => text === 'said after an await'),
        );
        expect(record.requestId).toMatch(/./);
      },
      log: spoken,
    },
    logs('process.stdout and process.stderr go to the error log', '/stdio', ['through stdout', 'through stderr'], {
      not: embedded,
      log: spoken,
    }),
    {
      rule: 'what is said after the request is over still lands in the log',
      not: embedded,
      request: { path: '/outside' },
      expect: { status: 200 },
      run: async (trial) => {
        await trial.release('later');
        await whenLines(trial, ['said after the request']);
      },
      log: spoken,
    },
  ],
};
