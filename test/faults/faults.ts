/** Runs the rows of the table on one kind of server, a server for each; the quick ones unless TSGI_TEST_FAULTS is `all`. */
import { describe, it, onTestFinished } from 'vitest';
import { canPreload } from '../support/late-threads';
import { isDriven, type Driven, type Fault } from './row';
import { Stand, type Kind } from './stand';
import { table } from './table';

const all = process.env['TSGI_TEST_FAULTS'] === 'all';

async function drive(kind: Kind, { drive: act }: Driven): Promise<void> {
  const stand = new Stand(kind);
  onTestFinished(() => stand.end());
  await act(stand);
  await stand.check();
}

export function runFaults(kind: Kind): void {
  const chosen = (row: Fault): row is Driven =>
    isDriven(row) && row.on.includes(kind.target) && (all || row.quick === true);
  const sections = Object.entries(table)
    .map(([title, rows]) => [title, rows.filter(chosen)] as const)
    .filter(([, rows]) => rows.length > 0);

  describe.skipIf(!canPreload).each(sections)('%s', (_title, here) => {
    for (const row of here) {
      it(`${row.fault}: ${row.seen}`, () => drive(kind, row), row.within ?? 30_000);
    }
  });
}
