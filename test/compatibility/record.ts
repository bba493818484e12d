/** What came out, for the page: scripts/lib/compatibility-page.mjs reads it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from '../../scripts/lib/compatibility-page.mjs';
import type { Application } from './application';
import type { Excuse, ServerName, Shape } from './shape';

/** Where `npm run test:compatibility` wants it; `npm test` writes nothing. */
const folder = process.env['TSGI_COMPATIBILITY_RECORDS'];

export class Record {
  readonly #rows = new Map<string, Row>();

  /** It stands as different until it is known to be better. */
  add(application: Application, server: ServerName, shape: Shape, outcome: Row['outcome'], used: readonly Excuse[]) {
    this.#rows.set(`${application.name} ${server} ${shape.name}`, {
      application: application.name,
      version: versionOf(application),
      server,
      feature: shape.feature,
      shape: shape.name,
      outcome,
      excuses: used.map(({ differs, reason }) => ({ differs, reason })),
    });
  }

  write(family: string): void {
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${family}.json`), JSON.stringify([...this.#rows.values()], undefined, 2));
    }
  }
}

/** What the package says of itself, wherever its entry point lies in it. */
function versionOf(application: Application): string {
  if (application.package === undefined) {
    return '';
  }
  const modules = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules');
  const path = join(resolve(modules, application.package), 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
