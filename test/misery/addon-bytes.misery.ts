/** The conformance suite under a fake host whose window is one byte: requests and responses move a byte at a time. */
import { describe, expect, it } from 'vitest';
import { sections } from '../conformance/sections';
import { runSuite } from '../conformance/suite';
import { addonTarget, Misery } from '../conformance/target-addon';

/** What moves so many bytes that it would take minutes. */
const bulk = new Set([
  'a body larger than every buffer arrives whole',
  'a large chunked body arrives whole',
  'a large body arrives whole while it is streamed',
  'a large body of unknown length arrives whole while it is streamed',
  'a body that is not read is held back, and arrives whole when it is read',
  'a chunk larger than the window is sent whole',
  'a chunk may be modified once its promise has settled',
  'an application that waits for write may send any amount',
  'the promise of write resolves when the chunk is inside the credit window, not before',
  'a string larger than the window is sent whole',
  'a chunk larger than the window is sent whole, and the next one after it',
  'many chunks keep their order',
  'a chunk may be modified at the next pull',
  'a body is pulled only as fast as its client reads',
  'the body is pulled after accepted writes',
  'a long body of declared length arrives whole',
  'file_wrapper: a large file arrives whole where the host may not send files',
  'file_wrapper: offset and length where the host may not send files',
  'file_wrapper: a plain iterable to middleware',
]);

const seed = Number(process.env['TSGI_MISERY_SEED'] ?? 1);

it('leaves out what there is', () => {
  const rules = new Set(sections.flatMap(({ cases }) => cases.map(({ rule }) => rule)));
  expect([...bulk].filter((rule) => !rules.has(rule))).toEqual([]);
});

describe(`seed ${seed}`, () => {
  runSuite(
    addonTarget(new Misery(seed, 1)),
    sections.map((section) => ({ ...section, cases: section.cases.filter(({ rule }) => !bulk.has(rule)) })),
  );
});
