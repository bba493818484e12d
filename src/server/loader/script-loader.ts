import { pathToFileURL } from 'node:url';
import type { LoadApplication, LoadedApplication } from '../app';
import type { AppFacts } from '../binding';
import { findApplication, findFunction, type Exports } from './entry-point';
import { ModuleHooks } from './hooks';
import { locateSyntaxError } from './locate-syntax-error';
import { announceMain, requireMain } from './main-module';
import { isTypeScript, kindOf } from './module-kind';

/** A script that was loaded, for all the applications that it has. */
interface Script {
  readonly exports: Exports;
  /** Runs `init()`; the same promise for everyone who asks. */
  init(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the loader of an isolate. `folders`: `tsgi_module_path`. A script is loaded, started and closed once. */
export function makeScriptLoader(folders: readonly string[]): LoadApplication {
  const hooks = new ModuleHooks(folders);
  const scripts = new Map<string, Promise<Script>>();

  return async (facts: AppFacts): Promise<LoadedApplication> => {
    let loading = scripts.get(facts.script);
    if (loading === undefined) {
      loading = loadScript(facts.script, hooks);
      scripts.set(facts.script, loading);
    }
    const script = await loading;
    return { application: findApplication(script.exports, facts), init: script.init, close: script.close };
  };
}

async function loadScript(path: string, hooks: ModuleHooks): Promise<Script> {
  const exports = await loadModule(path, hooks);
  return {
    exports,
    init: once(findFunction(exports, 'init')),
    close: once(findFunction(exports, 'close')),
  };
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
