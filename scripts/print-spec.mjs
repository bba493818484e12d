#!/usr/bin/env node
/**
 * Prints docs/SPEC.md from the sources: the narrative is src/spec/spec-template.md, and its directives are replaced by
 * the rules, types and tables of src/spec/*.ts, so that page and program cannot disagree.
 *
 *     node scripts/print-spec.mjs            writes docs/SPEC.md
 *     node scripts/print-spec.mjs --check    says what differs, and fails if anything does
 *
 * The directives, each in a line of its own:
 *
 *     <!-- rules FILE [ID...] -->            the rules of a file, all or those, in this order
 *     <!-- types FILE NAME... -->            declarations
 *     <!-- environ INTERFACE CGI|tsgi -->    a table of the keys of an interface of types.ts
 *     <!-- drawing FILE NAME -->             the indented drawing in the comment of a declaration
 *     <!-- table FILE NAME -->               the table in the comment of a declaration
 *     <!-- index -->                         every rule, sorted
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const sources = join(repository, 'src', 'spec');
const page = join(repository, 'docs', 'SPEC.md');

const NOTICE =
  '<!-- Printed by scripts/print-spec.mjs from src/spec. Edit the comments there, or spec-template.md. -->';

/**
 * @typedef {object} Rule
 * @property {string} id
 * @property {string} file name of the source below src/spec
 * @property {string[]} prose
 */

/** @param {string} file */
function read(file) {
  return readFileSync(join(sources, file), 'utf8');
}

/**
 * Every rule of the sources, in their order: the comments that begin with `@rule ID`.
 * @returns {Rule[]}
 */
export function readRules() {
  const files = readdirSync(sources).filter((file) => file.endsWith('.ts'));
  return files.sort().flatMap((file) => {
    /** @type {Rule[]} */
    const rules = [];
    /** @type {Rule | undefined} */
    let rule;
    for (const line of read(file).split('\n')) {
      const comment = /^\s*\/\/ ?(.*)$/.exec(line)?.[1];
      const id = comment === undefined ? undefined : /^@rule (\S+)$/.exec(comment)?.[1];
      if (id !== undefined) {
        rule = { id, file, prose: [] };
        rules.push(rule);
      } else if (comment !== undefined && rule !== undefined) {
        rule.prose.push(comment);
      } else {
        rule = undefined;
      }
    }
    return rules;
  });
}

/** The whole page. */
export function printSpec() {
  const rules = readRules();
  const printer = new Printer(rules);
  const text = read('spec-template.md').replace(/^<!-- (\w+) ?(.*?) -->$/gm, (_line, name, words) =>
    printer.print(name, words === '' ? [] : words.split(' ')),
  );
  const missing = rules.filter(({ id }) => !printer.printed.has(id));
  if (missing.length > 0) {
    throw new Error(`spec-template.md has no place for the rules ${missing.map(({ id }) => id).join(', ')}`);
  }
  return `${NOTICE}\n\n${text}`;
}

class Printer {
  /** Ids of the rules that have been printed. @type {Set<string>} */
  printed = new Set();

  /** @param {Rule[]} rules */
  constructor(rules) {
    this.rules = rules;
  }

  /**
   * @param {string} directive
   * @param {string[]} words
   * @returns {string}
   */
  print(directive, words) {
    const [file = '', ...names] = words;
    switch (directive) {
      case 'rules':
        return this.printRules(file, names);
      case 'types':
        return ['```ts', names.map((name) => declaration(file, name)).join('\n\n'), '```'].join('\n');
      case 'environ':
        return environTable(file, names[0] === 'tsgi');
      case 'drawing':
        return ['```', ...drawing(commentOf(file, names[0] ?? '')), '```'].join('\n');
      case 'table':
        return commentOf(file, names[0] ?? '')
          .filter((line) => line.startsWith('|'))
          .join('\n');
      case 'index':
        return this.printIndex();
      default:
        throw new Error(`spec-template.md: unknown directive ${directive}`);
    }
  }

  /**
   * @param {string} file
   * @param {string[]} ids
   */
  printRules(file, ids) {
    const ofFile = this.rules.filter((rule) => rule.file === file);
    const chosen =
      ids.length === 0 ? ofFile : ids.map((id) => ofFile.find((rule) => rule.id === id) ?? unknown(file, id));
    return chosen.map((rule) => this.printRule(rule)).join('\n\n');
  }

  /** @param {Rule} rule */
  printRule({ id, prose }) {
    if (this.printed.has(id)) {
      throw new Error(`spec-template.md prints the rule ${id} twice`);
    }
    this.printed.add(id);
    return wrap(`<a id="${id}"></a>**\`${id}\`** ${prose.join(' ')}`, 118)
      .map((line) => `> ${line}`)
      .join('\n');
  }

  printIndex() {
    const ids = this.rules.map(({ id }) => id).sort();
    return ids.map((id) => `[\`${id}\`](#${id})`).join(' ·\n');
  }
}

/**
 * @param {string} text
 * @param {number} width
 */
function wrap(text, width) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    }
  }
  return lines;
}

/**
 * @param {string} file
 * @param {string} name
 * @returns {never}
 */
function unknown(file, name) {
  throw new Error(`spec-template.md: there is no ${name} in src/spec/${file}`);
}

/**
 * A declaration with its comment, without `export`.
 * @param {string} file
 * @param {string} name
 */
function declaration(file, name) {
  const lines = read(file).split('\n');
  const start = lines.findIndex((line) => new RegExp(`^export (type|interface) ${name}\\b`).test(line));
  if (start < 0) {
    unknown(file, name);
  }
  let first = start;
  if (lines[start - 1]?.endsWith('*/')) {
    do {
      first--;
    } while (!lines[first]?.startsWith('/**'));
  }
  let last = start;
  while (!/^}|;$/.test(lines[last] ?? '') || (/^ /.test(lines[last] ?? '') && isOpen(lines, start, last))) {
    last++;
  }
  return lines
    .slice(first, last + 1)
    .join('\n')
    .replace(/^export /m, '');
}

/**
 * Whether the declaration that begins at `start` is an interface, which ends with a brace of its own.
 * @param {string[]} lines
 * @param {number} start
 * @param {number} last
 */
function isOpen(lines, start, last) {
  return lines[start]?.endsWith('{') === true && lines[last] !== '}';
}

/**
 * The lines of the comment above a declaration.
 * @param {string} file
 * @param {string} name
 */
function commentOf(file, name) {
  const text = declaration(file, name);
  const lines = text.slice(0, text.indexOf('*/')).split('\n');
  return lines.map((line) => line.replace(/^(\/\*\*| \* ?| )/, ''));
}

/** @param {string[]} comment */
function drawing(comment) {
  const drawn = comment.filter((line) => line.startsWith('    '));
  return drawn.map((line) => line.slice(4));
}

/**
 * The keys of an interface: those of CGI, or those of the specification.
 * @param {string} name
 * @param {boolean} ofSpecification
 */
function environTable(name, ofSpecification) {
  const rows = [];
  let comment = '';
  for (const line of declaration('types.ts', name).split('\n').slice(1)) {
    const text = /^ {2}\/\*\* (.*) \*\/$/.exec(line)?.[1];
    const property = /^ {2}(?:'(tsgi\.\w+)'|(\w+)|\[\w+: `(\w+)\$\{string\}`\])\??: (.+);$/.exec(line);
    if (text !== undefined) {
      comment = text;
    } else if (property !== null) {
      const [, own, key, prefix, type = ''] = property;
      if ((own !== undefined) === ofSpecification && (comment !== '' || !key?.startsWith('HTTP_'))) {
        const shown = `\`${own ?? key ?? `${prefix}*`}\``;
        rows.push(
          ofSpecification
            ? `| ${shown} | \`${type.replaceAll('|', '\\|')}\` | ${comment} |`
            : `| ${shown} | ${comment} |`,
        );
      }
      comment = '';
    }
  }
  const head = ofSpecification ? ['| key | type | meaning |', '|---|---|---|'] : ['| key | meaning |', '|---|---|'];
  return [...head, ...rows].join('\n');
}

/**
 * Where two texts differ first, told for a person; undefined when they are the same.
 * @param {string} found
 * @param {string} wanted
 */
export function firstDifference(found, wanted) {
  const [left, right] = [found.split('\n'), wanted.split('\n')];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    if (left[index] !== right[index]) {
      const show = (/** @type {string | undefined} */ line) => (line === undefined ? '(end of the page)' : line);
      return `line ${index + 1}\n- ${show(left[index])}\n+ ${show(right[index])}`;
    }
  }
  return undefined;
}

/** The page as it is in the repository. */
export function readPage() {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return '';
  }
}

function main() {
  const [option, ...more] = process.argv.slice(2);
  if (more.length > 0 || (option !== undefined && option !== '--check')) {
    console.error('usage: node scripts/print-spec.mjs [--check]');
    return 2;
  }
  const text = printSpec();
  if (option === undefined) {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, text);
    return 0;
  }
  const difference = firstDifference(readPage(), text);
  if (difference === undefined) {
    return 0;
  }
  console.error(`${relative('', page)} is not what src/spec says, first at ${difference}`);
  console.error('Print it anew: node scripts/print-spec.mjs');
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = main();
}
