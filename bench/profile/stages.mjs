/** Which stage of the road of an exchange a piece of machine code belongs to. */
import { basename, relative } from 'node:path';
import { capture } from '../../scripts/lib/command.mjs';
import { nativePaths, repository } from '../../scripts/lib/paths.mjs';

/** In the order of the road, and below it what all of them use. */
export const stages = /** @type {const} */ ([
  'nginx',
  'nginx module',
  'core',
  'bridge',
  'runtime',
  'src/server',
  'application',
  "Node's JavaScript",
  'Node-API',
  'garbage collection',
  'V8 and Node',
  'libuv',
  'C library',
  'kernel',
  'elsewhere',
]);

/** @typedef {typeof stages[number]} Stage */

/** What this repository, or the application, can change. */
export const ownStages = new Set(
  /** @type {Stage[]} */ (['nginx module', 'core', 'bridge', 'runtime', 'src/server', 'application']),
);

/** @typedef {{ symbol: string, object: string }} Frame a function, as perf names it, and the file it was loaded from */

/** @typedef {Map<string, string>} Sources the source file, below the repository, of each function of libtsgi.so */

/**
 * @param {Frame} frame
 * @param {Sources} sources
 * @returns {{ stage: Stage, label: string }}
 */
export function classify({ symbol, object }, sources) {
  const file = basename(object);
  if (/^\[(?!unknown|heap|stack|anon)/.test(object)) {
    return { stage: 'kernel', label: symbol };
  }
  if (/^perf-\d+\.map$/.test(file) || object.startsWith('//anon')) {
    return classifyScript(symbol);
  }
  if (file === 'libtsgi.so') {
    return classifyOwn(symbol, sources);
  }
  if (file === 'ngx_http_tsgi_module.so') {
    return { stage: 'nginx module', label: symbol };
  }
  if (file.startsWith('libnode.so')) {
    return { stage: stageInNode(symbol), label: symbol };
  }
  if (file === 'nginx' || file.startsWith('libcrypto') || file.startsWith('libssl') || file.startsWith('ngx_')) {
    return { stage: 'nginx', label: symbol };
  }
  if (file.startsWith('libuv.')) {
    return { stage: 'libuv', label: symbol };
  }
  return {
    stage: /^(libc|libm|libstdc\+\+|libgcc_s|ld-linux)[-.]/.test(file) ? 'C library' : 'elsewhere',
    label: symbol,
  };
}

/**
 * @param {string} symbol
 * @param {Sources} sources
 * @returns {{ stage: Stage, label: string }}
 */
function classifyOwn(symbol, sources) {
  const source = sources.get(symbol) ?? '';
  const label = source === '' ? symbol : `${source} ${symbol}`;
  if (source.startsWith('native/core/')) {
    return { stage: 'core', label };
  }
  return { stage: source.startsWith('native/runtime/') ? 'runtime' : 'bridge', label };
}

/**
 * What V8 compiled, as `--perf-basic-prof` names it: `LazyCompile:*run /srv/exchange.js:67`, with the last character of
 * the kind for how well it was compiled.
 * @param {string} symbol
 * @returns {{ stage: Stage, label: string }}
 */
function classifyScript(symbol) {
  const [, name = '', source = ''] =
    /^(?:LazyCompile|Function|Script|Eval|JS):[*^~+]?(\S*) ?(.*?:\d+)(?::\d+)?$/.exec(symbol) ?? [];
  if (source === '') {
    return { stage: 'V8 and Node', label: symbol };
  }
  if (source.startsWith('node:')) {
    return { stage: "Node's JavaScript", label: `${source} ${name}` };
  }
  const path = relative(repository, source.replace(/^file:\/\//, ''));
  return { stage: path.startsWith('dist/') ? 'src/server' : 'application', label: `${path} ${name || '(anonymous)'}` };
}

/**
 * @param {string} symbol
 * @returns {Stage}
 */
function stageInNode(symbol) {
  if (/^napi_|^node_api_|v8impl/.test(symbol)) {
    return 'Node-API';
  }
  return /Scaveng|MarkCompact|Marking|Sweep|Evacuat|Heap(?!Object)|YoungGen|GCTracer/.test(symbol)
    ? 'garbage collection'
    : 'V8 and Node';
}

/**
 * From the debug information of libtsgi.so. What a header of node-addon-api says is the bridge's.
 * @returns {Promise<Sources>}
 */
export async function readSources() {
  const { stdout } = await capture('nm', ['--defined-only', '--line-numbers', nativePaths().library]);
  return parseSources(stdout);
}

/**
 * @param {string} text what `nm --line-numbers` says
 * @returns {Sources}
 */
export function parseSources(text) {
  const prefix = `${repository}/`;
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, symbol = '', file = ''] = /^\S+ \w (\S+)\t(.*):\d+$/.exec(line) ?? [];
      return file.startsWith(prefix) ? [[symbol, file.slice(prefix.length)]] : [];
    }),
  );
}
