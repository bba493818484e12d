/** What the kernel knows of a process. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** The open descriptors of a process: number and what it leads to. */
export function descriptorsOf(pid: number): Map<number, string> {
  const folder = `/proc/${pid}/fd`;
  const found = new Map<number, string>();
  for (const name of readdirSync(folder)) {
    try {
      found.set(Number(name), readlinkSync(`${folder}/${name}`));
    } catch {
      // closed in the meantime
    }
  }
  return found;
}

/** Resident memory in bytes, without pages of mapped files: what the process itself allocated. */
export function residentBytes(pid: number): number {
  const match = /^RssAnon:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (match === null) {
    throw new Error(`process ${pid} has no RssAnon`);
  }
  return Number(match[1]) * 1024;
}

/** The names of its threads; none when it has ended. */
export function threadsOf(pid: number): string[] {
  const folder = `/proc/${pid}/task`;
  try {
    return readdirSync(folder).map((thread) => readFileSync(`${folder}/${thread}/comm`, 'latin1').trim());
  } catch {
    return []; // or one has, between the two looks
  }
}

/** The nice values of its threads, by their names. */
export function niceValuesOf(pid: number): Record<string, number[]> {
  const folder = `/proc/${pid}/task`;
  const found: Record<string, number[]> = {};
  for (const thread of readdirSync(folder)) {
    const stat = readFileSync(`${folder}/${thread}/stat`, 'latin1'); // proc(5): "id (name) state …", the 19th is nice
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/.exec(stat.trim()) ?? [];
    (found[name] ??= []).push(Number(rest.split(' ')[16]));
  }
  return found;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** It is there and is not a zombie, which only waits to be asked how it ended. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

/** What a process may have more than without a sanitizer, which keeps freed memory for a while to see who still uses it. */
export const sanitizersShare = process.env['TSGI_SANITIZE'] === undefined ? 0 : 320 << 20;
