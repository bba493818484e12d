import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Application } from '../../spec';
import { LoadError, type LoadApplication, type LoadedApplication, type Progress } from '../app';
import type { AppFacts } from '../binding';
import type { WatchFile } from '../files';
import { activeResources, whenIdle } from '../loop';
import { Tags } from '../log-tags';
import { EntryPoints, type Exports } from './entry-point';
import { ModuleHooks } from './hooks';
import type { Interface } from './interface';
import { Listening } from './listening';
import { locateSyntaxError } from './locate-syntax-error';
import { announceMain, requireMain } from './main-module';
import { isTypeScript, kindOf } from './module-kind';

/** For so long it is looked at whether a script may yet listen, before it is simply waited for; milliseconds. */
const PATIENCE = 30_000;

/** A script that was loaded, for all the applications that it has. */
interface Script {
  readonly exports: Exports;
  readonly listening: Listening;
  /** What kept the loop alive before it was loaded. */
  readonly others: readonly string[];
  /** Runs `init()`; the same promise for everyone who asks. */
  init(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes the loader of an isolate. `folders`: `tsgi_module_path`; `interfaces`: what an export may be besides a TSGI
 * application; `watch` learns of each file that modules are read from. A script is loaded, started and closed once.
 */
export function makeScriptLoader(
  folders: readonly string[],
  interfaces: readonly Interface[],
  watch: WatchFile,
): LoadApplication {
  const hooks = new ModuleHooks(folders, watch);
  const entryPoints = new EntryPoints(interfaces);
  const scripts = new Map<string, Promise<Script>>();

  return async (facts: AppFacts, progress: Progress): Promise<LoadedApplication> => {
    let loading = scripts.get(facts.script);
    if (loading === undefined) {
      watch(facts.script); // by this name, which a link on the way may turn to another file
      loading = loadScript(facts, hooks, entryPoints);
      scripts.set(facts.script, loading);
    }
    const script = await loading;
    const found = entryPoints.find(script.exports, facts);
    if (found?.interface === 'tsgi') {
      script.listening.release(); // what listens beside it is something else
    }
    const start = async (): Promise<Application> => {
      progress(new LoadError('init() has not settled', Tags.StartupTimeout));
      await script.init();
      if (found !== undefined) {
        return script.listening.run(found.start);
      }
      progress(entryPoints.nothing(script.exports, facts));
      return whenListening(script, facts, entryPoints);
    };
    return { start, close: script.close };
  };
}

async function loadScript(facts: AppFacts, hooks: ModuleHooks, entryPoints: EntryPoints): Promise<Script> {
  const listening = new Listening();
  if (facts.interface === 'tsgi') {
    listening.release();
  }
  const others = activeResources();
  const exports = await listening.run(() => loadModule(facts.script, hooks));
  const call = (name: 'init' | 'close'): (() => Promise<void>) => {
    const found = entryPoints.findFunction(exports, name);
    return once(found && (() => listening.run(found)));
  };
  return { exports, listening, others, init: call('init'), close: call('close') };
}

/** The application of a script that exports none: the server that it has listen, soon or when it is ready for it. */
async function whenListening(script: Script, facts: AppFacts, entryPoints: EntryPoints): Promise<Application> {
  const given = { up: false };
  const never = new Promise<undefined>(() => {});
  void delay(PATIENCE, undefined, { ref: false }).then(() => (given.up = true));
  const idle = whenIdle(script.others, given).then(() => (given.up ? never : undefined));
  const server = await Promise.race([script.listening.server, idle]);
  given.up = true;
  if (server === undefined) {
    throw entryPoints.nothing(script.exports, facts);
  }
  return script.listening.application((listener) => entryPoints.ofServer(listener));
}

async function loadModule(path: string, hooks: ModuleHooks): Promise<Exports> {
  const kind = kindOf(path);
  const file = announceMain(path);
  const { href } = pathToFileURL(file);
  if (kind === 'module' || isTypeScript(path)) {
    hooks.prepareImport(href);
  }
  if (kind === 'commonjs') {
    return requireMain(file);
  }
  try {
    return (await import(href)) as Exports;
  } catch (error) {
    throw locateSyntaxError(error, file);
  }
}

function once(call: (() => unknown) | undefined): () => Promise<void> {
  let promise: Promise<void> | undefined;
  return () => {
    promise ??= Promise.resolve()
      .then(call)
      .then(() => undefined);
    return promise;
  };
}
