import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { WatchFile } from '../files';
import { hookResolution, hookTypeScript } from './common-js-hooks';
import { isNotFound, resolveExtra } from './extra-resolution';
import { markMain, type ModuleSource } from './main-module';
import { missingFiles } from './missing-files';
import { watchCommonJs, watchImports } from './module-files';
import type { HookData, ReadFile } from './thread-hooks';

interface Resolved {
  url: string;
  shortCircuit?: boolean;
}

type SyncResolve = (
  specifier: string,
  context: { parentURL?: string },
  nextResolve: (specifier: string, context: object) => Resolved,
) => Resolved;

type SyncLoad = (
  url: string,
  context: object,
  nextLoad: (url: string, context: object) => ModuleSource,
) => ModuleSource;

interface RegisterOptions {
  parentURL: string | URL;
  data: HookData;
  transferList: readonly MessagePort[];
}

/** What newer versions of `node:module` have; `@types/node` here is that of Node 18. */
interface ModernModule {
  register?: (specifier: string, options: RegisterOptions) => void;
  registerHooks?: (hooks: { resolve: SyncResolve; load: SyncLoad }) => void;
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
  /** Scripts that are main modules: their URLs. */
  readonly #mains = new Set<string>();
  #registered = false;
  /** Tells the hooks thread of main modules. */
  #port: MessagePort | undefined;

  constructor(
    private readonly folders: readonly string[],
    private readonly watch: WatchFile,
  ) {
    watchCommonJs(watch);
    if (stripsTypes && modern.registerHooks !== undefined) {
      modern.registerHooks({ resolve: this.#resolve, load: this.#load });
      this.#registered = true;
    } else {
      hookResolution(folders, watch);
      hookTypeScript();
      watchImports(watch);
    }
  }

  /** To be called before an ES module, or TypeScript, is loaded; with the URL of what is a main module. */
  prepareImport(main: string): void {
    this.#mains.add(main);
    if (!this.#registered) {
      this.#registered = true;
      this.#registerThread();
    }
    this.#port?.postMessage(main);
  }

  #registerThread(): void {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on('message', ([path, stamp]: ReadFile) => {
      this.watch(path, stamp);
    });
    port1.unref();
    modern.register?.(pathToFileURL(join(__dirname, 'thread-hooks.js')).href, {
      parentURL: pathToFileURL(__filename),
      data: { folders: this.folders, port: port2 },
      transferList: [port2],
    });
  }

  readonly #load: SyncLoad = (url, context, nextLoad) => {
    if (url.startsWith('file:')) {
      this.watch(fileURLToPath(url));
    }
    const loaded = nextLoad(url, context);
    return this.#mains.has(url) ? markMain(loaded) : loaded;
  };

  readonly #resolve: SyncResolve = (specifier, context, nextResolve) => {
    try {
      return nextResolve(specifier, context);
    } catch (error) {
      const file = isNotFound(error) ? resolveExtra(specifier, this.folders) : undefined;
      if (file === undefined) {
        if (isNotFound(error)) {
          const { parentURL } = context;
          const parent = parentURL?.startsWith('file:') === true ? fileURLToPath(parentURL) : undefined;
          missingFiles(specifier, parent, this.folders).forEach((path) => {
            this.watch(path);
          });
        }
        throw error;
      }
      return { url: pathToFileURL(file).href, shortCircuit: true };
    }
  };
}
