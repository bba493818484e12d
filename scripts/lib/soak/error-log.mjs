/** Lines of an error log that nobody expected, of a log that is too long to be held as a whole. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const REPORT = /(Address|Leak|Thread|Memory|UndefinedBehavior)Sanitizer|runtime error:/;

/**
 * @param {string} path
 * @param {{ severe: RegExp, expected: readonly RegExp[], most: number }} what `severe`: how a line begins that tells of
 *   something bad; `most`: how many lines are kept
 * @returns {Promise<{ count: number, first: string[], tags: Record<string, number> }>} `tags`: of expected records
 */
export async function unexpectedLines(path, { severe, expected, most }) {
  const found = { count: 0, first: /** @type {string[]} */ ([]), tags: /** @type {Record<string, number>} */ ({}) };
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    const tag = /TSGI\d{4}/.exec(line)?.[0];
    if (tag !== undefined) {
      found.tags[tag] = (found.tags[tag] ?? 0) + 1;
    }
    if ((severe.test(line) || REPORT.test(line)) && !expected.some((pattern) => pattern.test(line))) {
      found.count++;
      if (found.first.length < most) {
        found.first.push(line);
      }
    }
  }
  return found;
}
