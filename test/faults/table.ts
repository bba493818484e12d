/**
 * Every fault that is driven: what goes wrong, where, and what must be seen. A row has the function that drives it, or
 * names the file of another suite that does; `faults.ts` runs the former, `table.test.ts` looks that the latter exist.
 */
import { clients } from './clients';
import { clocks } from './clocks';
import { descriptors } from './descriptors';
import { disks } from './disks';
import { memory } from './memory';
import { processes } from './processes';
import { scripts } from './scripts';
import type { Fault } from './row';
import { threads } from './threads';

export const table: Readonly<Record<string, readonly Fault[]>> = {
  'clients that leave, and slow ones': clients,
  'memory that is short': memory,
  'processes that die': processes,
  'a disk that is full': disks,
  'descriptors that are short': descriptors,
  'threads and address space that are short': threads,
  'scripts that are gone, or not whole': scripts,
  'a time of day that jumps': clocks,
};
