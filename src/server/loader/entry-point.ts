import { isApplication, toApplication, type Application } from '../../spec';
import { LoadError } from '../app';
import type { AppFacts } from '../binding';
import { Tags } from '../log-tags';
import { describeExports } from './describe-exports';
import { isListener } from './is-listener';

/** What a module has exported: the namespace of an ES module, or `module.exports`. */
export type Exports = unknown;

/** A way to make an application of what a module exports; `auto` tries them in this order. */
interface Interface {
  readonly name: string;
  /** The application; undefined when the candidate is none of this kind. `forced`: the configuration says that it is. */
  adapt(candidate: unknown, forced: boolean): Application | undefined;
}

const INTERFACES: readonly Interface[] = [
  {
    name: 'tsgi',
    adapt: (candidate, forced) =>
      isApplication(candidate) && (forced || !isListener(candidate)) ? toApplication(candidate) : undefined,
  },
];

/**
 * The application of a module: the export that `callable` names; without it the export `application`, else the default
 * export, else, for CommonJS, `module.exports` itself. Throws a `LoadError` that lists what there is.
 */
export function findApplication(exports: Exports, facts: AppFacts): Application {
  const interfaces = INTERFACES.filter(({ name }) => facts.interface === 'auto' || facts.interface === name);
  if (interfaces.length === 0) {
    const names = INTERFACES.map(({ name }) => name).join(', ');
    throw new LoadError(
      `the interface "${facts.interface}" is not known, there are: auto, ${names}`,
      Tags.NoApplication,
    );
  }
  for (const candidate of candidatesOf(exports, facts.callable)) {
    for (const one of interfaces) {
      const application = one.adapt(candidate, facts.interface === one.name);
      if (application !== undefined) {
        return application;
      }
    }
  }
  throw new LoadError(explain(exports, facts.callable), Tags.NoApplication);
}

/** A function that a module exports under that name, to be called as a method of what it was found on. */
export function findFunction(exports: Exports, name: 'init' | 'close'): (() => unknown) | undefined {
  for (const holder of holdersOf(exports)) {
    const value = property(holder, name);
    if (typeof value === 'function') {
      return () => value.call(holder) as unknown;
    }
  }
  return undefined;
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

function explain(exports: Exports, callable: string | undefined): string {
  const wanted =
    callable === undefined
      ? 'the module has no export "application" and no default export that is an application'
      : `the module has no export "${callable}" that is an application`;
  return (
    `${wanted} (a function, or an object with a method handle). It exports ${describeExports(exports)}. ` +
    'Name the one that is meant "application", export it as default, or say callable=NAME in the configuration.'
  );
}
