#!/usr/bin/env node
/**
 * Prints docs/errors.md from the lists that the code itself uses: src/server/log-tags.ts (TSGI1nnn), native/core/tags.h
 * (TSGI3nnn), and the tables in nginx-module/ngx_http_tsgi_log.h (TSGI2nnn) and apache-module/mod_tsgi_log.h (TSGI4nnn).
 *
 *     node scripts/print-errors.mjs            writes docs/errors.md
 *     node scripts/print-errors.mjs --check    fails if the page is not what would be written
 *
 * The TypeScript must have been compiled (`npm run build:ts`).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { dist, inRepository } from './lib/paths.mjs';

const page = inRepository('docs', 'errors.md');
const require = createRequire(import.meta.url);
const levels = ['', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'];

/**
 * @typedef {object} Tag
 * @property {number} tag
 * @property {string} level
 * @property {string} title
 * @property {string[]} text paragraphs
 */

/** @returns {Tag[]} */
function serverTags() {
  const { Tags } = require(`${dist}/server/log-tags.js`);
  return Object.values(Tags).map(({ tag, level, title, cause, cure }) => ({
    tag,
    level: levels[level] ?? '',
    title,
    text: [cause, cure],
  }));
}

/** @returns {Tag[]} */
function nativeTags() {
  const source = readFileSync(inRepository('native', 'core', 'tags.h'), 'utf8').replaceAll(/\s*\\\n\s*/g, ' ');
  const string = String.raw`((?:"(?:[^"\\]|\\.)*"\s*)+)`;
  const entry = new RegExp(String.raw`TAG\(\w+, (\d+), (\w+), ${string}, ${string}, ${string}\)`, 'g');
  /** @param {string | undefined} literals adjacent string literals of C */
  const join = (literals) => (literals ?? '').replaceAll(/"\s*"/g, '').trim().slice(1, -1);
  return [...source.matchAll(entry)].map(([, tag, level, title, cause, cure]) => ({
    tag: Number(tag),
    level: (level ?? '').toLowerCase(),
    title: join(title),
    text: [join(cause), join(cure)],
  }));
}

/**
 * The table in the comment at the top of a header of a server module.
 * @param {string} header
 * @returns {Tag[]}
 */
function moduleTags(header) {
  const source = readFileSync(inRepository(header), 'utf8');
  const entry = /^ \* TSGI(\d{4}) (\w+) +(.*(?:\n \* {6,}\S.*)*)/gm;
  return [...source.matchAll(entry)].map(([, tag, level, prose]) => {
    const text = (prose ?? '').replaceAll(/\n \* +/g, ' ');
    const [title = ''] = /^.*?[.:](?= |$)/.exec(text) ?? [text];
    const rest = text.slice(title.length).trim();
    return {
      tag: Number(tag),
      level: level ?? '',
      title: title.replace(/[.:]$/, ''),
      text: rest === '' ? [] : [rest.charAt(0).toUpperCase() + rest.slice(1)],
    };
  });
}

const introduction = `<!-- Printed by scripts/print-errors.mjs from the lists in the code. Edit those. -->

# What the error log says

Every record of TSGI begins with a tag, \`TSGI\` and four digits, that keeps its meaning from release to release. What an
application prints itself (\`console\`, \`process.stdout\`, \`process.stderr\`, \`tsgi.errors\`) has no tag. A record that belongs
to a request ends with its request id; nginx adds the client, the server and the request line behind it, Apache puts the client before
it.

Nothing of a record is ever sent to a client: it gets the server's own page for the status, or, when a part of the
response had been sent already, a broken response.
`;

/** @type {[heading: string, prose: string, tags: () => Tag[]][]} */
const sections = [
  ['TSGI1nnn: applications', 'Written by the JavaScript half, in the isolate.', serverTags],
  ['TSGI2nnn: the nginx module', 'Written by the module itself.', () => moduleTags('nginx-module/ngx_http_tsgi_log.h')],
  ['TSGI3nnn: the runtime', 'Written by libtsgi.', nativeTags],
  ['TSGI4nnn: the Apache module', 'Written by the module itself.', () => moduleTags('apache-module/mod_tsgi_log.h')],
];

/** The whole page. */
function printErrors() {
  const parts = sections.map(([heading, prose, tags]) => {
    const entries = tags()
      .sort((left, right) => left.tag - right.tag)
      .map(({ tag, level, title, text }) => {
        const head = `### TSGI${tag} (${level}): ${title}\n`;
        return [head, ...text.map((paragraph) => `${paragraph}\n`)].join('\n');
      });
    return [`## ${heading}\n`, `${prose}\n`, ...entries].join('\n');
  });
  return [introduction, ...parts].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = printErrors();
  if (!process.argv.includes('--check')) {
    writeFileSync(page, text);
  } else if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/errors.md is not what the code says; `node scripts/print-errors.mjs` writes it anew');
    process.exitCode = 1;
  }
}
