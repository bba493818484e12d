/**
 * How a defect is tried, by what must find it: TypeScript needs no build, the core a program, the bridge `tsgi.node`, the
 * runtime and the modules all there is. What is native is built with sanitizers wherever JavaScript runs on top.
 */
import { withBuildLock } from './build-lock.mjs';
import { capture } from './command.mjs';
import { judgeVitest, makeIn, runCoreIn, runVitestIn } from './defect-suites.mjs';
import { StepFailure } from './failure.mjs';
import { buildNginxServer } from './nginx-server-build.mjs';
import { preloaded } from './preloaded-server.mjs';
import { say } from './progress.mjs';
import { collectReports, findFaults } from './sanitizer-reports.mjs';

/** @typedef {import('./defect-tree.mjs').DefectTree} DefectTree */
/** @typedef {import('./defect-suites.mjs').Verdict} Verdict */
/** @typedef {import('../../test/defects/index.mjs').Defect} Defect */
/** @typedef {(tree: DefectTree, defect: Defect) => Promise<Verdict>} Trial */

/**
 * @typedef {object} Kind
 * @property {string} title
 * @property {number} lanes copies that are worked on side by side
 * @property {(trees: DefectTree[], defects: readonly Defect[]) => Promise<Trial>} prepare builds, and sees that the tests
 *   pass as long as there is no defect
 */

const sanitizers = 'address,undefined';
const sanitized = `build/native-${sanitizers.replace(',', '-')}`;
const sanitizing = { TSGI_SANITIZE: sanitizers, TSGI_TEST_PATIENCE: '10000' }; // they take their time

/** @type {Record<string, Kind>} */
export const kinds = {
  typescript: { title: 'TypeScript as it is', lanes: 2, prepare: prepareTypeScript },
  core: { title: 'the core as it is', lanes: 1, prepare: prepareCore },
  addon: { title: 'tsgi.node as it is', lanes: 1, prepare: prepareAddon },
  nginx: { title: 'nginx as it is', lanes: 1, prepare: prepareNginx },
  apache: { title: 'Apache as it is', lanes: 1, prepare: prepareApache },
};

/** @param {Defect} defect */
export function kindOf({ file, tests }) {
  if (!tests.includes('/')) {
    return 'core';
  }
  if (/^test\/(native|conformance\/addon)/.test(tests)) {
    return 'addon';
  }
  const [, server] = /^test\/(?:conformance\/)?(nginx|apache)\b/.exec(tests) ?? [];
  return server ?? (file.startsWith('src/') ? 'typescript' : 'nginx');
}

/** @param {readonly Defect[]} defects */
const testFiles = (defects) => [...new Set(defects.map(({ tests }) => tests))];

/**
 * The tests that pass without a defect; all of them have to.
 * @param {import('./defect-suites.mjs').VitestRun} run
 */
function passingOf({ tests, failures, broken }) {
  const [failure] = failures;
  if (broken !== undefined || failure !== undefined) {
    throw new StepFailure('without any defect the tests have to pass', {
      output: broken ?? `${failure?.test}\n${failure?.message}`,
    });
  }
  const passing = [...tests].filter(([, outcome]) => outcome === 'passed').map(([test]) => test);
  say(`${passing.length} tests pass without a defect`);
  return new Set(passing);
}

/** @type {Kind['prepare']} */
async function prepareTypeScript([tree], defects) {
  const passing = passingOf(await runVitestIn(/** @type {DefectTree} */ (tree), testFiles(defects), { seconds: 120 }));
  return async (tree, { tests, only }) =>
    judgeVitest(await runVitestIn(tree, [tests], { seconds: 60, only, bail: true }), passing);
}

/** @type {Kind['prepare']} */
async function prepareCore([tree], defects) {
  const copy = /** @type {DefectTree} */ (tree);
  const folderOf = (/** @type {Defect} */ { report, tests }) =>
    report === undefined || tests.startsWith('model') ? 'build/native' : sanitized;
  for (const folder of new Set(defects.map(folderOf))) {
    const chosen = folder === sanitized ? sanitizers : '';
    await makeIn(copy, 'configuring', ['cmake', '-S', '.', '-B', folder, `-DTSGI_SANITIZE=${chosen}`]);
    for (const program of testFiles(defects.filter((defect) => folderOf(defect) === folder))) {
      const { passed, otherwise } = await runCoreIn(copy, program, { folder });
      if (!passed) {
        throw new StepFailure(`without any defect ${program} has to pass`, { output: otherwise });
      }
    }
  }
  return (tree, defect) => runCoreIn(tree, defect.tests, { folder: folderOf(defect), report: defect.report });
}

/** @type {Kind['prepare']} */
async function prepareAddon([tree], defects) {
  const copy = /** @type {DefectTree} */ (tree);
  const build = [process.execPath, 'scripts/build.mjs'];
  await makeIn(copy, 'compiling tsgi.node', [...build, 'typescript', 'addon'], { env: sanitizing });
  const folder = `build/addon-${sanitizers.replace(',', '-')}`;
  return prepareSanitized(copy, defects, {
    env: { LD_PRELOAD: await sanitizerLibrary() },
    compile: () => makeIn(copy, 'the defect does not compile', ['cmake', '--build', folder]),
  });
}

/** @type {Kind['prepare']} */
async function prepareNginx([tree], defects) {
  const copy = /** @type {DefectTree} */ (tree);
  const compile = await compileModule(copy, 'nginx');
  const nginx =
    (await withBuildLock(() => buildNginxServer())) ?? preloaded('/usr/sbin/nginx', await sanitizerLibrary());
  return prepareSanitized(copy, defects, { env: { TSGI_NGINX: nginx }, compile });
}

/** @type {Kind['prepare']} */
async function prepareApache([tree], defects) {
  const copy = /** @type {DefectTree} */ (tree);
  const compile = await compileModule(copy, 'apache');
  const apache = preloaded('/usr/sbin/apache2', await sanitizerLibrary());
  return prepareSanitized(copy, defects, { env: { TSGI_APACHE: apache }, compile });
}

/**
 * Compiles all that the module of a server needs, and returns what does so again with a defect.
 * @param {DefectTree} tree
 * @param {'nginx' | 'apache'} server
 */
async function compileModule(tree, server) {
  const command = [process.execPath, 'scripts/build.mjs', 'typescript', 'runtime', server];
  await makeIn(tree, `compiling the module of ${server}`, command, { env: sanitizing, seconds: 900 });
  return () => makeIn(tree, 'the defect does not compile', command, { env: sanitizing });
}

/** Programs that know nothing of sanitizers need this library before any other. */
async function sanitizerLibrary() {
  return (await capture('gcc', ['-print-file-name=libasan.so'])).stdout.trim();
}

/**
 * Tests of vitest on something that was built with sanitizers, whose reports are findings too.
 * @param {DefectTree} tree
 * @param {readonly Defect[]} defects
 * @param {{ env: NodeJS.ProcessEnv, compile: () => Promise<void> }} how
 * @returns {Promise<Trial>}
 */
async function prepareSanitized(tree, defects, { env, compile }) {
  const watch = async (
    /** @type {readonly string[]} */ files,
    /** @type {string | undefined} */ only,
    bail = false,
  ) => {
    const { folder, env: options } = collectReports('defects');
    const all = { ...sanitizing, ...options, ...env };
    const run = await runVitestIn(tree, files, { env: all, seconds: 240, only, bail });
    return { run, faults: findFaults(folder) };
  };
  const names = defects.map(({ only }) => only);
  const some = names.includes(undefined) ? undefined : names.map((name) => `(${name})`).join('|');
  const { run, faults } = await watch(testFiles(defects), some);
  if (faults.length > 0) {
    throw new StepFailure('without any defect sanitizers have to be silent', { output: faults[0] });
  }
  const passing = passingOf(run);
  return async (_tree, { tests, only, report }) => {
    await compile();
    const { run, faults } = await watch([tests], only, report === undefined);
    if (report === undefined) {
      return judgeVitest(run, passing);
    }
    const found = faults.flatMap((fault) => report.exec(fault)?.[0] ?? []);
    return found.length > 0
      ? { by: [`${tests}: ${found[0]}`] }
      : { by: [], otherwise: `no such report, but ${faults[0]?.slice(0, 600) ?? 'none'}` };
  };
}
