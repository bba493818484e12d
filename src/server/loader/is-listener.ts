/**
 * Whether a function is a request listener of `node:http` that is known by its methods, as those of Express and connect
 * are. Called as a TSGI application it would fail in ways that tell nothing.
 */
export function isListener(candidate: unknown): boolean {
  return (
    typeof candidate === 'function' &&
    typeof (candidate as { handle?: unknown }).handle === 'function' &&
    typeof (candidate as { use?: unknown }).use === 'function'
  );
}
