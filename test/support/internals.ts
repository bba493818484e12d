/** What no client may ever be told: where things lie, what failed and how, what the process is. */
import { repository } from '../../scripts/lib/paths.mjs';
import type { Reply } from './reply';
import type { AnySite } from './site';

const traces: readonly [string, RegExp][] = [
  ['a stack', /^\s*at .*[:(]/m],
  ['a place in a file', /\.[cm]?[jt]s:\d+/],
  ['a tag of the log', /TSGI\d{4}/],
  ["a file of Node's", /node:|libnode|node_modules/],
  ['our library', /libtsgi|mod_tsgi|ngx_http_tsgi/],
  ['a version of Node', /\bv?18\.20\b|\bv?2\d\.\d+\.\d+\b/],
  ['an address of memory', /0x[0-9a-f]{6}/i],
  ['the message of an error', /secret|(Syntax|Reference|Type|Range)Error|ERR_[A-Z]|E(ACCES|NOENT|LOOP|NOTDIR)/],
];

/** Every byte of a reply but its date, as it came. */
function textOf({ status, reason, fields, interim, body }: Reply): string {
  const lines = [...interim, { status, reason, fields }].flatMap((head) => [
    `${head.status} ${head.reason}`,
    ...head.fields.filter(([name]) => name !== 'Date').map(([name, value]) => `${name}: ${value}`),
  ]);
  return [...lines, '', body.toString('latin1')].join('\n');
}

/** Paths of the site and of the package, and the server's environment. */
function namesOf(site: AnySite): string[] {
  const values = Object.values(process.env).filter((value) => value !== undefined && value.length > 8);
  return [site.folder, site.server.folder, site.server.root, repository, ...(values as string[])];
}

/** What of all this is in a reply. A response that the application has made itself is its own affair. */
export function internalsIn(site: AnySite, reply: Reply): string[] {
  const text = textOf(reply);
  const found = traces
    .filter(([, pattern]) => pattern.test(text))
    .map(([what, pattern]) => `${what}: ${pattern.exec(text)?.[0]}`);
  const names = namesOf(site).filter((name) => text.includes(name));
  const processes = [site.server.masterPid, ...site.server.workerPids()].filter((pid) =>
    new RegExp(`\\b(pid|process)\\W+${pid}\\b`, 'i').test(text),
  );
  return [...found, ...names, ...processes.map((pid) => `process ${pid}`)];
}
