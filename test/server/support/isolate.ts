import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { LogRecord, MockRequest } from '../../../src/testing';

export interface Task {
  /** Scripts to open, the first unless a request says `appId`. */
  apps: Array<{ script: string; callable?: string; interface?: string }>;
  requests?: Array<MockRequest & { appId?: number }>;
  modulePath?: string[];
  environment?: Record<string, string>;
  /** Milliseconds; 0: none. */
  startupTimeout?: number;
  /** Whether `process` is guarded, as it is inside a server; true unless told. */
  embedded?: boolean;
  /** Milliseconds, at least, between an answer and the next request. */
  between?: number;
  /** Milliseconds, at least, that the isolate lives on after the last answer, unless it dies. */
  turns?: number;
  /** Stop the isolate at the end, which calls close(). */
  stop?: boolean;
}

export interface Outcome {
  responses: Array<{ status: number; text: string; page: boolean }>;
  records: LogRecord[];
  deaths: string[];
  faults: string[];
  /** Files, and what they were when they were read; null: as they were when that was told. */
  watched: Record<string, string | null>;
  /** What reached the descriptors 1 and 2 of the process. */
  output: string;
}

const DRIVER = join(__dirname, 'isolate.cjs');
const folders: string[] = [];

/** A folder with these files; removed when the tests of this file are over. */
export function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-loader-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs an isolate in a process of its own, of this Node or the one TSGI_TEST_NODE names, and tells what came of it. */
export async function runIsolate(task: Task): Promise<Outcome> {
  const whole = {
    requests: [{}],
    modulePath: [],
    environment: {},
    startupTimeout: 0,
    embedded: true,
    between: 0,
    turns: 0,
    stop: false,
    ...task,
  };
  // Its own NODE_ENV and the like are those of an ordinary process: nothing of vitest may be inherited.
  const env = { PATH: process.env['PATH'], REAL: 'of the server' };
  const child = spawn(process.env['TSGI_TEST_NODE'] ?? process.execPath, [DRIVER, JSON.stringify(whole)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  await new Promise((resolve) => child.on('close', resolve));
  const lines = output.trimEnd().split('\n');
  const last = lines.pop() ?? '';
  if (!last.startsWith('{"responses"')) {
    throw new Error(`the isolate came to no outcome (is dist/ built?): ${output}`);
  }
  return { ...(JSON.parse(last) as Omit<Outcome, 'output'>), output: lines.join('\n').trim() };
}

afterAll(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});
