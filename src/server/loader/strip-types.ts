/** TypeScript becomes JavaScript by the engine that Node itself uses. Also used on the hooks thread. */

interface Amaro {
  transformSync(source: string, options: { mode: 'strip-only'; filename: string }): { code: string };
}

/** What the engine throws: a plain object. */
interface StripError {
  message: string;
  snippet?: string;
  startLine?: number;
  startColumn?: number;
}

let amaro: Amaro | undefined;

/**
 * Replaces types by spaces, so that every line and column stays where it was and no source map is needed. Syntax that
 * needs code to be made (`enum`, `namespace`, parameter properties) is refused, as Node refuses it.
 */
export function stripTypes(source: string, path: string): string {
  amaro ??= loadAmaro();
  try {
    return amaro.transformSync(source, { mode: 'strip-only', filename: path }).code;
  } catch (error) {
    throw isStripError(error) ? describe(error, path) : error;
  }
}

function loadAmaro(): Amaro {
  try {
    // Loaded when the first TypeScript file is: it is a WebAssembly module of some megabytes.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('amaro') as Amaro;
  } catch (error) {
    throw new Error(`TypeScript is loaded by the package amaro, which cannot be found beside tsgi`, { cause: error });
  }
}

function isStripError(error: unknown): error is StripError {
  return (
    typeof error === 'object' &&
    error !== null &&
    !(error instanceof Error) &&
    typeof (error as Partial<StripError>).message === 'string'
  );
}

function describe(error: StripError, path: string): SyntaxError {
  const place = error.startLine === undefined ? path : `${path}:${error.startLine}:${(error.startColumn ?? 0) + 1}`;
  return new SyntaxError(`${error.message} (${place})\n${error.snippet ?? ''}`.trimEnd());
}
