/** Scripts that are deleted, damaged or half written. */
import { rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { both, type Fault } from './row';
import { answering, type Stand } from './stand';

const good = answering('good');

/** The script is served, then this happens to it. */
const whileServed = (happens: (path: string) => void) => async (stand: Stand) => {
  const script = stand.script('app.mjs', good);
  await stand.start({ '/app': { script } });
  expect(await stand.text('/app')).toBe('good');
  happens(script);
  stand.allowLog(/TSGI10\d\d |TSGI3\d\d\d /); // of one that is tried in its place
  for (let n = 0; n < 20; n++) {
    expect(await stand.text('/app')).toBe('good');
  }
};

/** This has happened to it when it is first asked for: the configuration has found it in order. */
const beforeServed = (happens: (path: string) => void, record: RegExp) => async (stand: Stand) => {
  const script = stand.script('app.mjs', good);
  await stand.start({ '/app': { script }, '/other': {} });
  happens(script);
  stand.expectLog(record);
  stand.allowLog(/TSGI102\d /);
  const reply = await stand.request('/app');
  expect(reply).toMatchObject({ status: 503, complete: true });
  expect(reply.body.toString()).not.toMatch(/mjs|Error/);
  expect(await stand.text('/other/pid')).toBe(String(stand.worker));
};

const half = (path: string) => truncateSync(path, good.length - 20);
const remove = (path: string) => rmSync(path);
/** Nobody can read it, the superuser included: a link to itself. */
const hide = (path: string) => {
  rmSync(path);
  symlinkSync(path, path);
};
const damage = (path: string) => writeFileSync(path, `${good}throw new Error('on purpose');\n`);

const seenServed = 'the one that was loaded goes on';
const seenBefore = '503 with a record, and other applications answer';

export const scripts: readonly Fault[] = [
  {
    fault: 'a script is deleted while it is served',
    on: both,
    seen: seenServed,
    drive: whileServed(remove),
  },
  { fault: 'a script is half written while it is served', on: both, seen: seenServed, drive: whileServed(half) },
  {
    fault: 'a script cannot be read any more while it is served',
    on: ['nginx'], // httpd looks at the file itself, and answers 403
    seen: seenServed,
    drive: whileServed(hide),
  },
  {
    fault: 'a script throws that is put in the place of a good one',
    on: both,
    seen: seenServed,
    drive: whileServed(damage),
  },
  {
    fault: 'a script is deleted before it is first asked for',
    on: both,
    seen: seenBefore,
    drive: beforeServed(remove, /TSGI1020 /),
  },
  {
    fault: 'a script is half written when it is first asked for',
    on: both,
    seen: seenBefore,
    drive: beforeServed(half, /TSGI1020 .*app\.mjs/),
    quick: true,
  },
  {
    fault: 'a script cannot be read when it is first asked for',
    on: ['nginx'],
    seen: seenBefore,
    drive: beforeServed(hide, /TSGI1020 /),
  },
  {
    fault: 'a script does not exist, or cannot be read, when its server starts',
    on: both,
    seen: 'the configuration is refused with the path',
    in: ['test/servers/scripts.ts', 'test/nginx/configuration.test.ts', 'test/apache/configuration.test.ts'],
  },
];
