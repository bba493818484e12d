import type { Server } from 'node:net';
import { isApplication, toApplication, type Application } from '../../spec';
import { LoadError } from '../app';
import type { AppFacts } from '../binding';
import { Tags } from '../log-tags';
import { describeExports } from './describe-exports';
import type { Interface, Start } from './interface';

/** What a module has exported: the namespace of an ES module, or `module.exports`. */
export type Exports = unknown;

const tsgi: Interface = {
  name: 'tsgi',
  adapt: (candidate) => (isApplication(candidate) ? () => toApplication(candidate) : undefined),
};

/** Values of `interface=` that name no kind of export. */
const AUTO = 'auto';
const LISTEN = 'listen';

/** An export that is an application, or how it becomes one. */
export interface EntryPoint {
  readonly interface: string;
  readonly start: Start;
}

/** What the exports of modules may be. */
export class EntryPoints {
  /** `auto` tries them in this order; what is called as a TSGI application is hardest to tell from others. */
  readonly #interfaces: readonly Interface[];

  constructor(interfaces: readonly Interface[]) {
    this.#interfaces = [...interfaces, tsgi];
  }

  /**
   * The application of a module: the export that `callable` names; without it the export `application`, else the default
   * export, else, for CommonJS, `module.exports` itself. Undefined: the module may yet listen. Throws a `LoadError` that
   * lists what there is.
   */
  find(exports: Exports, facts: AppFacts): EntryPoint | undefined {
    const { interface: wanted, callable } = facts;
    if (wanted === LISTEN) {
      return undefined;
    }
    const interfaces = this.#interfaces.filter(({ name }) => wanted === AUTO || wanted === name);
    if (interfaces.length === 0) {
      const names = [AUTO, ...this.#interfaces.map(({ name }) => name), LISTEN].join(', ');
      throw new LoadError(`the interface "${wanted}" is not known, there are: ${names}`, Tags.NoApplication);
    }
    for (const candidate of candidatesOf(exports, callable)) {
      for (const one of interfaces) {
        const start = one.adapt(candidate, wanted === one.name);
        if (start !== undefined) {
          return { interface: one.name, start };
        }
      }
    }
    if (wanted === AUTO && callable === undefined) {
      return undefined;
    }
    throw new LoadError(explain(exports, facts), Tags.NoApplication);
  }

  /** The application that a server of node:http is. */
  ofServer(server: Server): Application {
    for (const one of this.#interfaces) {
      const application = one.adapt(server, false)?.();
      if (typeof application === 'function') {
        return application;
      }
    }
    throw new TypeError('what listens is no server of HTTP');
  }

  /**
   * The module's `init` or `close`, to be called as a method of what it was found on; `close` may be that of a framework's
   * application, `init` may not.
   */
  findFunction(exports: Exports, name: 'init' | 'close'): (() => unknown) | undefined {
    for (const holder of holdersOf(exports)) {
      const value = property(holder, name);
      if (typeof value === 'function' && !(name === 'init' && this.#hasOwnInit(holder))) {
        return () => value.call(holder) as unknown;
      }
    }
    return undefined;
  }

  #hasOwnInit(holder: unknown): boolean {
    return this.#interfaces.some((one) => one.ownInit === true && one.adapt(holder, false) !== undefined);
  }

  /** Why a module has no application that has not listened either. */
  nothing(exports: Exports, facts: AppFacts): LoadError {
    return new LoadError(explain(exports, facts), Tags.NoApplication);
  }
}

function* candidatesOf(exports: Exports, callable: string | undefined): Generator {
  for (const holder of holdersOf(exports)) {
    if (callable !== undefined) {
      yield property(holder, callable);
    } else {
      yield property(holder, 'application');
      yield property(holder, 'default');
    }
  }
  if (callable === undefined) {
    yield exports;
  }
}

/**
 * Where exports are looked for: the module itself, and what a CommonJS module looks like when it was compiled from
 * `export default { application }` or is imported as an ES module.
 */
function* holdersOf(exports: Exports): Generator {
  yield exports;
  const inner = property(exports, 'default');
  if (typeof inner === 'object' && inner !== null) {
    yield inner;
  }
}

function property(holder: unknown, name: string): unknown {
  return (typeof holder === 'object' && holder !== null) || typeof holder === 'function'
    ? (holder as Record<string, unknown>)[name]
    : undefined;
}

function explain(exports: Exports, { callable, interface: wanted }: AppFacts): string {
  const found = `It exports ${describeExports(exports)}.`;
  if (wanted === LISTEN) {
    return `the module is to listen (interface=listen), and no server of node:http has. ${found} What it exports is called with interface=auto.`;
  }
  const kind = wanted === AUTO ? 'an application' : `one for interface=${wanted}`;
  const missing =
    callable === undefined
      ? `the module has no export "application" and no default export that is ${kind}`
      : `the module has no export "${callable}" that is ${kind}`;
  return (
    `${missing} (${KINDS[wanted] ?? KINDS[AUTO]})${callable === undefined && wanted === AUTO ? ', and it does not listen' : ''}. ${found} ` +
    'Name the one that is meant "application", export it as default, or say callable=NAME in the configuration; ' +
    'what is not recognised is told by interface=NAME: node for a function of request and response, fetch for one of a Request.'
  );
}

/** What is looked for, by interface. */
const KINDS: Readonly<Record<string, string>> = {
  auto: 'a function of environ and startResponse, an object with a method handle or fetch, or what a framework makes',
  tsgi: 'a function of environ and startResponse, or an object with a method handle',
  fetch: 'a function of a Request, or an object with a method fetch',
  node: 'a function of request and response, a server, or what a framework makes',
};
