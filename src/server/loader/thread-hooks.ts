/**
 * Module hooks for `import` on Node 18 and 20, which run on a thread of their own (`module.register`). Node loads this
 * file there; `initialize` is given what `register` passed.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { stampOf } from '../files';
import { isNotFound, resolveExtra } from './extra-resolution';
import { markMain } from './main-module';
import { missingFiles } from './missing-files';
import { declaredKind, isTypeScript, kindOfSource, sourceOf } from './module-kind';

interface Resolved {
  url: string;
  shortCircuit?: boolean;
}

interface Loaded {
  format: string;
  source?: string;
  shortCircuit?: boolean;
}

type Next<Context, Result> = (subject: string, context: Context) => Promise<Result>;

let folders: readonly string[] = [];
let port: MessagePort | undefined;
const mains = new Set<string>();

/** What the thread that registers passes. */
export interface HookData {
  folders: readonly string[];
  /** Gets the URL of each main module before it is imported; gives a `ReadFile` for each file that is read. */
  port: MessagePort;
}

/** A file that is about to be read, or was not found, and what it was then. */
export type ReadFile = [path: string, stamp: string];

export function initialize(data: HookData): void {
  folders = data.folders;
  port = data.port;
}

export async function resolve(
  specifier: string,
  context: object,
  nextResolve: Next<object, Resolved>,
): Promise<Resolved> {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    const file = isNotFound(error) ? resolveExtra(specifier, folders) : undefined;
    if (file === undefined) {
      if (isNotFound(error)) {
        tellMissing(specifier, context as { parentURL?: string });
      }
      throw error;
    }
    return { url: pathToFileURL(file).href, shortCircuit: true };
  }
}

export async function load(url: string, context: object, nextLoad: Next<object, Loaded>): Promise<Loaded> {
  const loaded = await loadKind(url, context, nextLoad);
  for (let news = port && receiveMessageOnPort(port); news !== undefined; news = port && receiveMessageOnPort(port)) {
    mains.add((news as { message: string }).message);
  }
  return mains.has(url) ? markMain(loaded) : loaded;
}

function tell(path: string): void {
  port?.postMessage([path, stampOf(path)] satisfies ReadFile);
}

function tellMissing(specifier: string, { parentURL }: { parentURL?: string }): void {
  const parent = parentURL?.startsWith('file:') === true ? fileURLToPath(parentURL) : undefined;
  missingFiles(specifier, parent, folders).forEach(tell);
}

async function loadKind(url: string, context: object, nextLoad: Next<object, Loaded>): Promise<Loaded> {
  const path = url.startsWith('file:') ? fileURLToPath(url) : '';
  if (path !== '') {
    tell(path);
  }
  const typeScript = isTypeScript(path);
  if (!typeScript && !path.endsWith('.js')) {
    return nextLoad(url, context);
  }
  const declared = declaredKind(path);
  if (!typeScript && declared !== undefined) {
    return nextLoad(url, context);
  }
  if (declared === 'commonjs') {
    return { format: 'commonjs', shortCircuit: true };
  }
  const source = sourceOf(path);
  const kind = declared ?? kindOfSource(source);
  // Without source Node gives CommonJS to its own loader, which has the hooks of common-js-hooks.ts.
  return kind === 'commonjs'
    ? { format: 'commonjs', shortCircuit: true }
    : { format: 'module', source, shortCircuit: true };
}
