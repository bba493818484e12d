/** The table is true to the tree. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isDriven } from './row';
import { table } from './table';

describe.each(Object.entries(table))('%s', (_title, rows) => {
  it.each(rows)('$fault', (row) => {
    expect(row.on).not.toHaveLength(0);
    if (!isDriven(row)) {
      expect(row.in.filter((path) => !existsSync(path))).toEqual([]);
    }
  });
});

it('tells each fault once', () => {
  const faults = Object.values(table).flatMap((rows) => rows.map(({ fault }) => fault));
  expect(faults.filter((fault, index) => faults.indexOf(fault) !== index)).toEqual([]);
});
