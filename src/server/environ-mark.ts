import type { Exchange } from './exchange';

/** Returns its argument from its constructor, so that a subclass can put a private field on any object. */
class Given {
  constructor(object: object) {
    return object;
  }
}

/** The link from an environ to its exchange: nothing that looks at an object, or copies it, sees a private field. */
class Marked extends Given {
  readonly #exchange: Exchange;

  constructor(environ: object, exchange: Exchange) {
    super(environ);
    this.#exchange = exchange;
  }

  static exchangeOf(environ: object): Exchange | undefined {
    return #exchange in environ ? environ.#exchange : undefined;
  }
}

export function markEnviron(environ: object, exchange: Exchange): void {
  new Marked(environ, exchange);
}

/**
 * The exchange of an environ, or of an object made on top of one. Throws for anything else: an accessor was taken to an
 * object that it does not belong to.
 */
export function exchangeOf(environ: object): Exchange {
  for (
    let object: unknown = environ;
    typeof object === 'object' && object !== null;
    object = Object.getPrototypeOf(object)
  ) {
    const exchange = Marked.exchangeOf(object);
    if (exchange !== undefined) {
      return exchange;
    }
  }
  throw new TypeError('this accessor belongs to an environ; copy one with { ...environ }');
}
