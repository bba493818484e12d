/** What a server's error log may hold after a test: nothing but information, and what the test expected. */

/** nginx says this at `warn` whenever a request body goes to disk: no fault. */
const ORDINARY = /a client request body is buffered to a temporary file/;

/** The lines of an nginx error log at `warn` and above that nobody expected. */
export function unexpected(log: string, expected: readonly RegExp[] = []): string[] {
  return log
    .split('\n')
    .filter((line) => /\[(?:warn|error|crit|alert|emerg)\]/.test(line) || /Sanitizer|runtime error:/.test(line))
    .filter((line) => !ORDINARY.test(line) && !expected.some((pattern) => pattern.test(line)));
}
