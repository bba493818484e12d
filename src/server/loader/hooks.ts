import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hookResolution, hookTypeScript } from './common-js-hooks';
import { isNotFound, resolveExtra } from './extra-resolution';
import type { HookData } from './thread-hooks';

interface Resolved {
  url: string;
  shortCircuit?: boolean;
}

type SyncResolve = (
  specifier: string,
  context: object,
  nextResolve: (specifier: string, context: object) => Resolved,
) => Resolved;

/** What newer versions of `node:module` have; `@types/node` here is that of Node 18. */
interface ModernModule {
  register?: (specifier: string, options: { parentURL: string | URL; data: HookData }) => void;
  registerHooks?: (hooks: { resolve: SyncResolve }) => void;
}

const modern = nodeModule as unknown as ModernModule;

/** Whether this Node strips types by itself: from 22.18. */
const stripsTypes = (process as { features: { typescript?: unknown } }).features.typescript === 'strip';

/**
 * Brings Node's module loaders up to what an application may expect: TypeScript, modules recognised by their syntax,
 * and the extra places for bare specifiers. By what this Node has:
 *
 *     from 22.18          types are stripped natively; hooks in this thread (`module.registerHooks`) resolve
 *     18.19, 20.6 and on  CommonJS through the loader's own tables; `import` through hooks on a thread of their
 *                         own (`module.register`), which costs about 10 MB and 70 ms and is begun with the first
 *                         script that is an ES module or TypeScript
 */
export class ModuleHooks {
  #threadRegistered = false;

  constructor(private readonly folders: readonly string[]) {
    if (stripsTypes && modern.registerHooks !== undefined) {
      modern.registerHooks({ resolve: this.#resolve });
      this.#threadRegistered = true;
    } else {
      hookResolution(folders);
      hookTypeScript();
    }
  }

  /** To be called before an ES module, or TypeScript, is loaded. */
  prepareImport(): void {
    if (this.#threadRegistered) {
      return;
    }
    this.#threadRegistered = true;
    modern.register?.(pathToFileURL(join(__dirname, 'thread-hooks.js')).href, {
      parentURL: pathToFileURL(__filename),
      data: { folders: this.folders },
    });
  }

  readonly #resolve: SyncResolve = (specifier, context, nextResolve) => {
    try {
      return nextResolve(specifier, context);
    } catch (error) {
      const file = isNotFound(error) ? resolveExtra(specifier, this.folders) : undefined;
      if (file === undefined) {
        throw error;
      }
      return { url: pathToFileURL(file).href, shortCircuit: true };
    }
  };
}
