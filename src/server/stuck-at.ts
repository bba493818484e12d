import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Binding } from './binding';
import { Tags } from './log-tags';
import { report, withoutOwnFrames, type LogScope } from './report';

/** A call in a stack: what stands before its place, the file, line and column, what stands behind it. */
const CALL = /^(\s+at (?:.* \()?)((?:file:\/\/)?\/.*):(\d+):(\d+)(\)?)$/;
const COMMENT = /^\/\/# sourceMappingURL=(\S+)\s*$/gm;

interface MappedFile {
  map: SourceMap;
  /** What its sources are named by. */
  base: URL;
}

/**
 * Tells where a stuck isolate was in the sources of what it ran: its own record, made in the midst of JavaScript, can only
 * tell what V8 has compiled. Says nothing where the two are the same.
 */
export function reportSources(binding: Binding, scope: LogScope, stack: string): void {
  const files = new Map<string, MappedFile | undefined>();
  const calls = withoutOwnFrames(stack)
    .split('\n')
    .filter((line) => line !== '');
  const mapped = calls.map((call) => callInSources(call, files));
  if (mapped.some((call, n) => call !== calls[n])) {
    report(binding, scope, Tags.StuckInSources, ['in its sources the stuck thread was', ...mapped].join('\n'));
  }
}

function callInSources(call: string, files: Map<string, MappedFile | undefined>): string {
  const [, before = '', name = '', line = '', column = '', behind = ''] = CALL.exec(call) ?? [];
  if (name === '') {
    return call;
  }
  if (!files.has(name)) {
    files.set(name, readMap(name));
  }
  const file = files.get(name);
  const entry = file?.map.findEntry(Number(line) - 1, Number(column) - 1);
  if (file === undefined || entry === undefined || !('originalSource' in entry)) {
    return call;
  }
  const source = new URL(entry.originalSource, file.base);
  const path = source.protocol === 'file:' ? fileURLToPath(source) : source.href;
  return `${before}${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}${behind}`;
}

/** The map that a file names at its end; undefined: none, or none that can be read. */
function readMap(name: string): MappedFile | undefined {
  try {
    const url = name.startsWith('file:') ? new URL(name) : pathToFileURL(name);
    const comments = [...readFileSync(url, 'utf8').matchAll(COMMENT)];
    const target = comments.at(-1)?.[1];
    if (target === undefined) {
      return undefined;
    }
    const base = new URL(target, url);
    const text = base.protocol === 'data:' ? textOf(base.href) : readFileSync(base, 'utf8');
    const payload = JSON.parse(text) as SourceMapPayload;
    return { map: new SourceMap(payload), base: base.protocol === 'data:' ? url : base };
  } catch {
    return undefined;
  }
}

function textOf(dataUrl: string): string {
  const comma = dataUrl.indexOf(',');
  const data = decodeURIComponent(dataUrl.slice(comma + 1));
  return dataUrl.slice(0, comma).endsWith(';base64') ? Buffer.from(data, 'base64').toString('utf8') : data;
}
