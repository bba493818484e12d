/** Where the built products are: see scripts/lib/paths.mjs, which ES modules use. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const repository = join(__dirname, '../..');
const suffix = (process.env['TSGI_SANITIZE'] ?? '').replaceAll(',', '-');
const folder = (name: string) => join(repository, 'build', suffix === '' ? name : `${name}-${suffix}`);

function built(path: string, product: string): string {
  if (!existsSync(path)) {
    throw new Error(`${path} is missing: run \`npm run build -- ${product}\` first`);
  }
  return path;
}

/** Loads something built, past the test runner's own module loader. */
const load = createRequire(join(repository, 'package.json'));

export const addonFile = () => built(join(folder('addon'), 'Release/tsgi.node'), 'addon');
export const fakeHostFile = () => built(join(folder('addon'), 'Release/tsgi_fake_host.node'), 'addon');

/** `node` of the libnode that is embedded. */
export const plainNodeFile = () => built(join(repository, 'build/native/test/plain-node'), 'runtime');

/** A module of dist/, as an isolate loads it. */
export function loadBuilt(path: string): unknown {
  return load(built(join(repository, 'dist', path), 'typescript'));
}

export const loadAddon = (path: string): unknown => load(path);
