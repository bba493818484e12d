#!/usr/bin/env node
/**
 * The layers of the house: which folder may use what. Each rule of the table says what the files of a folder may include
 * or import; whatever it does not name is refused.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { runMain } from './lib/failure.mjs';
import { listFiles } from './lib/freshness.mjs';
import { inRepository, repository } from './lib/paths.mjs';

// Names as they stand between <> or "", `*` standing for anything.
const integerTypes = ['stdint.h', 'stddef.h', 'stdbool.h', 'inttypes.h', 'limits.h', 'sys/types.h'];
const libc = [
  ...integerTypes,
  ...['assert.h', 'ctype.h', 'errno.h', 'fcntl.h', 'poll.h', 'signal.h', 'stdarg.h', 'stdatomic.h', 'stdio.h'],
  ...['stdlib.h', 'string.h', 'strings.h', 'time.h', 'unistd.h', 'dirent.h', 'dlfcn.h', 'sys/*.h', 'linux/*.h'],
];
const threads = ['pthread.h', 'sched.h', 'semaphore.h'];
const nginxHeaders = ['ngx_*.h', 'nginx.h'];
const httpdHeaders = [
  ...['httpd.h', 'http_*.h', 'ap_*.h', 'util_*.h', 'mod_*.h', 'unixd.h', 'scoreboard.h', 'mpm_common.h'],
  ...['apr.h', 'apr_*.h'],
];
const accounts = ['grp.h', 'pwd.h'];

/**
 * `own`: folders of this repository whose headers may be included. `system`: other headers, by pattern; a C++ standard
 * header is one without a dot.
 * @type {Record<string, { own: string[], system: string[], cxx?: true }>}
 */
const includeRules = {
  'native/include/tsgi': { own: ['native/include/tsgi'], system: integerTypes },
  'native/core': {
    own: ['native/core', 'native/include/tsgi'],
    system: [...libc, ...threads, 'atomic', 'sanitizer/*.h'],
  },
  'native/bridge': {
    own: ['native/bridge', 'native/core', 'native/include/tsgi'],
    system: [...libc, 'napi.h', 'node_api.h', 'js_native_api.h'],
    cxx: true,
  },
  'native/addon': {
    own: ['native/addon', 'native/bridge', 'native/core', 'native/include/tsgi'],
    system: [...integerTypes, 'napi.h'],
    cxx: true,
  },
  'native/runtime': {
    own: ['native/runtime', 'native/bridge', 'native/core', 'native/include/tsgi'],
    system: [...libc, ...threads, 'napi.h', 'node*.h', 'v8*.h', 'libplatform/*.h', 'uv.h', 'openssl/err.h', 'malloc.h'],
    cxx: true,
  },
  'native/host': { own: ['native/host', 'native/include/tsgi'], system: [...libc, ...accounts] },
  'nginx-module': {
    own: ['nginx-module', 'native/host', 'native/include/tsgi'],
    system: [...libc, ...accounts, ...nginxHeaders],
  },
  'apache-module': {
    own: ['apache-module', 'native/host', 'native/include/tsgi'],
    system: [...libc, ...threads, ...accounts, ...httpdHeaders],
  },
};

/**
 * Which folders of src/ a folder may import from, besides itself: downwards only. `.` is src/ itself, the package's front
 * door. A file that has a rule of its own is not bound by that of its folder: `boot.ts` is where an isolate is put
 * together, so that the server need not know what applications there are besides those of TSGI.
 * @type {Record<string, string[]>}
 */
const importRules = {
  spec: [],
  server: ['spec'],
  'server/boot.ts': ['spec', 'server', 'adapters'],
  adapters: ['spec'],
  middleware: ['spec'],
  hosts: ['spec', 'server'],
  testing: ['spec', 'server', 'hosts', 'middleware'],
  cli: ['spec', 'server', 'hosts', 'adapters', 'middleware', 'testing'],
  '.': ['spec', 'middleware', 'adapters'],
};

/** The only file that may name the native binding. */
const bindingFile = 'src/server/binding.ts';
const bindingNames = /process\._linkedBinding|process\.binding|\.node['"`]|node-gyp-build/;

/**
 * Whatever breaks a rule, one sentence each.
 * @returns {string[]}
 */
export function findViolations() {
  const files = [
    ...['native', 'nginx-module', 'apache-module'].flatMap((folder) => filesIn(folder, /\.(c|cc|h)$/)),
    ...filesIn('src', /\.ts$/),
  ];
  return files.flatMap((file) => violationsOf(file, readFileSync(inRepository(file), 'utf8')));
}

/**
 * @param {string} file relative to the repository
 * @param {string} text what is in it
 */
export function violationsOf(file, text) {
  return file.endsWith('.ts') ? [...checkImports(file, text), ...checkBinding(file, text)] : checkIncludes(file, text);
}

/**
 * @param {string} folder
 * @param {RegExp} names
 */
function filesIn(folder, names) {
  return listFiles([inRepository(folder)])
    .map((file) => relative(repository, file))
    .filter((file) => names.test(file));
}

/**
 * @param {string} file
 * @param {string} text
 */
function checkIncludes(file, text) {
  const folder = dirname(file);
  const rule = includeRules[folder];
  if (rule === undefined) {
    return [`${file}: ${folder} is not in the table of layers`];
  }
  return includesOf(text).flatMap(({ name, line }) => {
    const home = homeOf(name, file);
    const allowed =
      home !== null
        ? rule.own.includes(home)
        : rule.system.some((pattern) => matches(pattern, name)) || (rule.cxx === true && !name.includes('.'));
    return allowed ? [] : [`${file}:${line}: ${folder} may not include ${home === null ? `<${name}>` : `${home}/`}`];
  });
}

/** @param {string} text */
function includesOf(text) {
  return text.split('\n').flatMap((content, index) => {
    const name = /^\s*#\s*include\s*[<"]([^>"]+)[>"]/.exec(content)?.[1];
    return name === undefined ? [] : [{ name, line: index + 1 }];
  });
}

/**
 * The folder of the table that an included header lies in, or null when it is none of ours.
 * @param {string} name
 * @param {string} file
 */
function homeOf(name, file) {
  const places = [dirname(file), 'native', 'native/include'];
  const path = places.map((place) => normalize(join(place, name))).find((candidate) => ownHeaders.has(candidate));
  return path === undefined ? null : dirname(path);
}

const ownHeaders = new Set(Object.keys(includeRules).flatMap((folder) => filesIn(folder, /\.h$/)));

/**
 * @param {string} pattern
 * @param {string} name
 */
function matches(pattern, name) {
  const [head = '', tail] = pattern.split('*');
  return tail === undefined ? name === head : name.startsWith(head) && name.endsWith(tail);
}

/**
 * @param {string} file
 * @param {string} text
 */
function checkImports(file, text) {
  const folder = layerOf(file);
  const rule = importRules[relative('src', file)] ?? importRules[folder];
  if (rule === undefined) {
    return [`${file}: src/${folder} is not in the table of layers`];
  }
  return importsOf(text).flatMap(({ name, line }) => {
    if (!name.startsWith('.')) {
      return [];
    }
    const path = normalize(join(dirname(file), name));
    const target = layerOf(isFolder(path) ? join(path, 'index') : path);
    return target === folder || rule.includes(target)
      ? []
      : [`${file}:${line}: src/${folder} may not import from src/${target}`];
  });
}

/** @param {string} path */
function isFolder(path) {
  return statSync(inRepository(path), { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * The folder below src/ that a file lies in.
 * @param {string} file
 */
function layerOf(file) {
  const parts = relative('src', file).split('/');
  return parts.length > 1 ? (parts[0] ?? '.') : '.';
}

/** @param {string} text */
function importsOf(text) {
  const pattern = /\bfrom\s+['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => ({
    name: match[1] ?? match[2] ?? match[3] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/**
 * @param {string} file
 * @param {string} text
 */
function checkBinding(file, text) {
  if (file === bindingFile) {
    return [];
  }
  return text
    .split('\n')
    .flatMap((content, index) =>
      bindingNames.test(content) && !/^\s*(\*|\/\/|\/\*)/.test(content)
        ? [`${file}:${index + 1}: only ${bindingFile} obtains the native binding`]
        : [],
    );
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await runMain(async () => {
    const violations = findViolations();
    for (const violation of violations) {
      console.log(violation);
    }
    return violations.length === 0 ? 0 : 1;
  });
}
