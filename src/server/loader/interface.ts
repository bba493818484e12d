import type { Application } from '../../spec';

/**
 * A way to make a TSGI application of something else that a module exports: one value of `interface=`.
 *
 * The loader knows TSGI itself; what more there is `boot.ts` hands in, so that this half of the house needs to know of no
 * framework.
 */
export interface Interface {
  readonly name: string;
  /**
   * Undefined: the candidate is none of this kind. Otherwise makes the application, once, when the module's `init()`
   * has run; what it starts first is awaited. `forced`: the configuration says that it is of this kind.
   */
  adapt(candidate: unknown, forced: boolean): Start | undefined;
  /** What is of this kind may have a method `init` that means something else than a module's. */
  readonly ownInit?: true;
}

export type Start = () => Application | Promise<Application>;
