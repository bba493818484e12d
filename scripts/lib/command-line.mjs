/** Command lines: options and operands, `--help`, and one sentence for a mistake. */
import { parseArgs } from 'node:util';
import { UserMistake } from './failure.mjs';

/**
 * Reads the command line of this process. `--help` prints the usage and ends the process.
 * @template {import('node:util').ParseArgsConfig['options'] & {}} Options
 * @param {string} usage
 * @param {Options} options
 * @param {{ positionals?: boolean }} [allowed]
 */
export function readCommandLine(usage, options, { positionals = false } = {}) {
  /** @type {Options & { help: { type: 'boolean', short: 'h' } }} */
  const all = { ...options, help: { type: 'boolean', short: 'h' } };
  const parsed = parse(all, positionals);
  if (/** @type {{ help?: boolean }} */ (parsed.values).help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  return parsed;
}

/**
 * @template {import('node:util').ParseArgsConfig['options'] & {}} Options
 * @param {Options} options
 * @param {boolean} allowPositionals
 */
function parse(options, allowPositionals) {
  try {
    return parseArgs({ options, allowPositionals, strict: true });
  } catch (error) {
    const [sentence] = /** @type {Error} */ (error).message.split('. ');
    throw new UserMistake(`${sentence?.replace(/\.$/, '')}; --help tells what there is.`);
  }
}

/**
 * @param {string} option
 * @param {string | undefined} text
 * @param {{ least: number, most: number, otherwise: number }} range
 */
export function readInteger(option, text, { least, most, otherwise }) {
  if (text === undefined) {
    return otherwise;
  }
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UserMistake(`--${option} takes a whole number from ${least} to ${most}, and \`${text}\` is none.`);
  }
  return value;
}
