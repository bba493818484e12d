/** Paths that try to leave a directory of scripts, or to have run what is not for everybody. */
import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { internalsIn } from '../support/internals';
import type { AnySite } from '../support/site';
import { app } from './app';
import { askEnviron } from './environ';

interface Own {
  /** What the server logs of paths that it refuses. */
  logs: readonly RegExp[];
}

const SCRIPTS = 'tree';
const LONG = `${'n'.repeat(251)}.mjs`; // as long as a name may be

/** Makes the directory, with scripts beside it that no URI may lead to, and tells where it is. */
export function writeTree(folder: string): string {
  const tree = join(folder, SCRIPTS);
  for (const below of ['shop/.hidden', 'node_modules/package', '.git', 'folder.js']) {
    mkdirSync(join(tree, below), { recursive: true });
  }
  const scripts = [
    ...['a.mjs', 'shop/b.mjs', LONG, '.env.js', '.git/x.js', 'shop/.hidden/c.mjs', 'node_modules/package/index.mjs'],
    ...['../beside.mjs', '../tree-twin.mjs', 'back\\slash.mjs'],
  ];
  for (const file of scripts) {
    cpSync(app('environ.mjs'), join(tree, file));
  }
  for (const file of ['.env', 'package.json', 'notes.txt', 'a.mjs.bak', 'a.mjs~']) {
    writeFileSync(join(tree, file), 'a secret');
  }
  linkSync(join(folder, 'beside.mjs'), join(tree, 'hard.mjs'));
  const links: [string, string][] = [
    ['../beside.mjs', 'out.mjs'],
    [join(folder, 'beside.mjs'), 'out-absolute.mjs'],
    ['..', 'up'],
    ['../tree-twin.mjs', 'twin.mjs'],
    ['out.mjs', 'chain.mjs'],
    ['/dev/zero', 'device.mjs'],
    ['loop.mjs', 'loop.mjs'],
    ['nowhere.mjs', 'dangling.mjs'],
    ['shop/b.mjs', 'in.mjs'],
    [join(tree, 'a.mjs'), 'in-absolute.mjs'],
    ['shop', 'market'],
  ];
  for (const [to, name] of links) {
    symlinkSync(to, join(tree, name));
  }
  execFileSync('mkfifo', [join(tree, 'pipe.mjs')]);
  return tree;
}

const climbing = [
  ...['../beside.mjs', './../beside.mjs', '/../beside.mjs', 'shop/../../beside.mjs', 'a.mjs/../../beside.mjs'],
  ...['%2e%2e/beside.mjs', '%2E%2E%2Fbeside.mjs', '..%2fbeside.mjs', '.%2e/beside.mjs', 'shop%2f..%2f..%2fbeside.mjs'],
  ...['..%5cbeside.mjs', '..\\beside.mjs', '%5c..%5cbeside.mjs', '..%c0%afbeside.mjs', '%c0%ae%c0%ae/beside.mjs'],
  ...['%252e%252e/beside.mjs', '%252e%252e%252fbeside.mjs', '..%252fbeside.mjs', '%u002e%u002e/beside.mjs'],
  ...['..;/beside.mjs', '..%00/beside.mjs', '%00/../beside.mjs', '.../beside.mjs', '....//beside.mjs'],
  ...['a.mjs/..%2f..%2fbeside.mjs', '../tree/../beside.mjs', '../tree-twin.mjs', '%2e%2e/%2e%2e/%2e%2e/etc/passwd'],
];

const hidden = [
  ...['.env', '.env.js', '%2eenv.js', '.git/x.js', 'shop/.hidden/c.mjs', 'shop/%2ehidden/c.mjs', 'shop//.hidden/c.mjs'],
  ...['node_modules/package/index.mjs', '%6eode_modules/package/index.mjs', 'node_modules%2fpackage%2findex.mjs'],
  ...['shop/../node_modules/package/index.mjs', 'shop/../.env.js', 'package.json', 'notes.txt', 'a.mjs.bak', 'a.mjs~'],
];

const misnamed = [
  ...[
    'a.mjs.',
    'a.mjs%20',
    'a.mjs%2e',
    'a.mjs%00',
    'a.mjs%00.txt',
    'a%00.mjs',
    'A.MJS',
    'a.mjs::$DATA',
    'a.mjs%0a',
    'a',
  ],
  ...[
    'Shop/b.mjs',
    'shop%5cb.mjs',
    'shop\\b.mjs',
    'folder.js',
    'folder.js/',
    'pipe.mjs',
    'pipe.mjs/x',
    '%',
    '%zz',
    'a.mjs%',
  ],
  ...[`${'n'.repeat(252)}.mjs`, `${'n'.repeat(4000)}.mjs`, `${'shop/'.repeat(600)}b.mjs`, `${'x/'.repeat(2100)}b.mjs`],
];

const linked = [
  ...['out.mjs', 'out-absolute.mjs', 'up/beside.mjs', 'up/tree/out.mjs', 'up/tree-twin.mjs', 'twin.mjs', 'chain.mjs'],
  ...['device.mjs', 'loop.mjs', 'loop.mjs/x', 'dangling.mjs'],
];

/** `site` has the directory at /tree/ and at /bare. */
export function traversalCases(site: AnySite, own: Own): void {
  const lists = { climbing, hidden, misnamed, 'a link': linked };
  describe.each(Object.entries(lists))('a path to a directory of scripts: %s', (_kind, paths) => {
    it.each(['/tree/', '/bare/'])('leads nowhere, and tells nothing (%s)', async (mount) => {
      site.allowLog(...own.logs);
      for (const path of paths) {
        const reply = await site.request(`${mount}${path}`);
        expect([path, [400, 403, 404, 414].includes(reply.status) ? 'refused' : reply.status]).toEqual([
          path,
          'refused',
        ]);
        expect([path, internalsIn(site, reply)]).toEqual([path, []]);
      }
    });
  });

  describe('a path to a directory of scripts', () => {
    it('makes no line of the log', async () => {
      site.expectLog(...own.logs.slice(0, 1));
      const forged = '[alert] 1#1: forged';
      const reply = await site.request(`/tree/x%0a${encodeURIComponent(forged)}%0d%1b[2J.mjs`);
      expect(reply.status).toBe(404);
      expect(site.logLines().filter((line) => line.startsWith(forged))).toEqual([]);
    });

    it('leads to scripts in it, by links in it too', async () => {
      const tree = join(site.folder, SCRIPTS);
      const found: [string, string, string][] = [
        ['a.mjs', 'a.mjs', ''],
        ['%61.mjs/x/.env', 'a.mjs', '/x/.env'],
        ['./a.mjs', 'a.mjs', ''],
        ['shop/../a.mjs', 'a.mjs', ''],
        ['in.mjs', 'in.mjs', ''],
        ['in-absolute.mjs/y', 'in-absolute.mjs', '/y'],
        ['market/b.mjs', 'market/b.mjs', ''],
        ['up/tree/a.mjs', 'up/tree/a.mjs', ''], // up, and down again
        ['hard.mjs', 'hard.mjs', ''], // a hard link is the file itself
        [LONG, LONG, ''],
      ];
      for (const [path, script, rest] of found) {
        expect(await askEnviron(site, `/tree/${path}`)).toMatchObject({
          ...{ SCRIPT_NAME: `/tree/${script}`, PATH_INFO: rest, SCRIPT_FILENAME: join(tree, script) },
        });
      }
    });
  });
}
