import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentType } from 'mime-types';
import {
  FileWrapper,
  requestTarget,
  toApplication,
  type Application,
  type Body,
  type Environ,
  type FileWrapperFactory,
  type Headers,
  type StartResponse,
} from '../spec';
import { toFilePath, type FilePath } from './file-path';
import type { Inner } from './middleware';
import { openBelow, type OpenFile, type Root } from './open-file';
import { answerPlainly } from './plain-answer';
import { judge, type ByteRange, type Validators } from './preconditions';
import { isBelow, toPrefix } from './prefix';

export interface StaticFilesOptions {
  /** The folder: an absolute path, or a `file:` URL (`new URL('public', import.meta.url)`). */
  root: string | URL;
  /** The path, below the mount, at which the files appear; the mount itself unless told. */
  prefix?: string;
  /** The file that stands for its folder; `false` is none. `index.html` unless told. */
  index?: string | false;
  /** Serve names that begin with a dot; not unless told. */
  dotfiles?: boolean;
  /** How far symbolic links may lead: to what is below the root, or to anywhere. `inside` unless told. */
  symlinks?: 'inside' | 'anywhere';
  /** For how many seconds caches may use a file without asking (`Cache-Control`); nothing is said unless told. */
  maxAge?: number;
  /** Files never change under their names; `maxAge` is a year unless told. */
  immutable?: boolean;
  /** Leave to the application inside what is no file here; unless told it is, where there is one. */
  fallthrough?: boolean;
}

const YEAR = 365 * 24 * 60 * 60;

/**
 * Serves the files of a folder; what is none of them is the application's inside, or 404. The server itself sends the
 * bytes (`tsgi.file_wrapper`). Preconditions and single byte ranges are answered here, so that they are the same on every
 * server.
 *
 *     staticFiles(application, { root: new URL('public', import.meta.url), prefix: '/static' })
 */
export function staticFiles(inner: Inner | undefined, options: StaticFilesOptions): Application {
  const files = new Files(options);
  const prefix = toPrefix(options.prefix ?? '');
  const rest: Application =
    inner === undefined ? (_environ, start) => answerPlainly(start, '404 Not Found') : toApplication(inner);
  const falls = inner !== undefined && (options.fallthrough ?? true);

  return (environ, startResponse) => {
    if (!isBelow(environ.PATH_INFO, prefix)) {
      return rest(environ, startResponse);
    }
    const refuse = (status: string, headers?: Headers): Body | Promise<Body> =>
      falls ? rest(environ, startResponse) : answerPlainly(startResponse, status, headers);

    if (environ.REQUEST_METHOD !== 'GET' && environ.REQUEST_METHOD !== 'HEAD') {
      return refuse('405 Method Not Allowed', [['Allow', 'GET, HEAD']]);
    }
    const path = toFilePath(environ.PATH_INFO.slice(prefix.length), environ, files.dotfiles);
    if (typeof path === 'number') {
      return refuse(path === 400 ? '400 Bad Request' : '404 Not Found');
    }
    return files.find(path, environ).then((found) => {
      if (found === undefined) {
        return refuse('404 Not Found');
      }
      return found === 'slash' ? redirect(environ, startResponse) : files.send(found, environ, startResponse);
    });
  };
}

interface NamedFile extends OpenFile {
  readonly name: string;
}

/** The folder and what was said about it. */
class Files {
  readonly dotfiles: boolean;
  readonly #root: Root;
  readonly #index: string | false;
  readonly #caching: Headers;

  constructor(options: StaticFilesOptions) {
    const path = String(options.root).startsWith('file:') ? fileURLToPath(options.root) : String(options.root);
    if (!isAbsolute(path)) {
      throw new TypeError(`the root of staticFiles must be an absolute path, not ${JSON.stringify(path)}`);
    }
    this.#root = { path, leave: options.symlinks === 'anywhere' };
    this.#index = options.index ?? 'index.html';
    this.#caching = caching(options);
    this.dotfiles = options.dotfiles ?? false;
  }

  /** The file, open; `slash` when its folder was named without the slash that makes links in it work. */
  async find({ names, slash }: FilePath, environ: Environ): Promise<NamedFile | 'slash' | undefined> {
    const complain = (text: string): void => environ['tsgi.errors'].write(`staticFiles: ${text}\n`);
    const found = await openBelow(this.#root, names, complain);
    if (found?.kind === 'file') {
      if (slash) {
        await found.handle.close();
        return undefined;
      }
      return { ...found, name: names.at(-1) ?? '' };
    }
    if (found === undefined || this.#index === false) {
      return undefined;
    }
    const index = await openBelow(this.#root, [...names, this.#index], complain);
    if (index?.kind !== 'file') {
      return undefined;
    }
    if (!slash) {
      await index.handle.close();
      return 'slash';
    }
    return { ...index, name: this.#index };
  }

  /** Answers with a file: it is closed with the body that sends it, or before an answer without its bytes. */
  async send(file: NamedFile, environ: Environ, startResponse: StartResponse): Promise<Body> {
    const validators = validatorsOf(file);
    const verdict = judge(environ, validators);
    const isSent = environ.REQUEST_METHOD === 'GET' && (verdict.status === 200 || verdict.status === 206);
    if (!isSent) {
      await file.handle.close();
    }
    const known: Headers = [
      ['Last-Modified', new Date(validators.modified * 1000).toUTCString()],
      ['ETag', validators.etag],
      ...this.#caching,
    ];
    switch (verdict.status) {
      case 304:
        startResponse('304 Not Modified', known);
        return null;
      case 412:
        return answerPlainly(startResponse, '412 Precondition Failed');
      case 416:
        return answerPlainly(startResponse, '416 Range Not Satisfiable', [['Content-Range', `bytes */${file.size}`]]);
      default: {
        const part = verdict.range;
        const start = (): unknown =>
          startResponse(part ? '206 Partial Content' : '200 OK', headersOf(file, part, known));
        if (isSent) {
          return bodyOf(file, part, environ, start);
        }
        start();
        return null;
      }
    }
  }
}

function headersOf({ name, size }: NamedFile, part: ByteRange | undefined, known: Headers): Headers {
  const type = contentType(extensionOf(name)) || 'application/octet-stream';
  const headers: Headers = [['Content-Type', type], ['Content-Length', String(part?.length ?? size)], ...known];
  headers.push(['Accept-Ranges', 'bytes']);
  if (part !== undefined) {
    headers.push(['Content-Range', `bytes ${part.offset}-${part.offset + part.length - 1}/${size}`]);
  }
  return headers;
}

/** The body of a response that `start` begins. Where that fails nobody else would close the file. */
async function bodyOf(
  { handle, size }: OpenFile,
  part: ByteRange | undefined,
  environ: Environ,
  start: () => void,
): Promise<Body> {
  const wrap: FileWrapperFactory =
    environ['tsgi.file_wrapper'] ?? ((source, options) => new FileWrapper(source, options));
  try {
    start();
  } catch (error) {
    await handle.close();
    throw error;
  }
  return wrap(handle, part ?? { length: size });
}

/**
 * A file that was changed within this second may change again without another time: its ETag is weak, as httpd's is.
 * A time to come is none that may be told (RFC 9110, section 8.8.2.1).
 */
function validatorsOf({ size, modified }: OpenFile): Validators {
  const milliseconds = Number(modified / 1_000_000n);
  const age = Date.now() - milliseconds;
  const tag = `"${modified.toString(36)}-${size.toString(36)}"`;
  return {
    etag: age < 1000 ? `W/${tag}` : tag,
    modified: Math.floor((age < 0 ? Date.now() : milliseconds) / 1000),
    size,
  };
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : '';
}

function caching({ maxAge, immutable = false }: StaticFilesOptions): Headers {
  const seconds = maxAge ?? (immutable ? YEAR : undefined);
  if (seconds === undefined) {
    return [];
  }
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new TypeError(`maxAge must be a number of seconds, not ${String(seconds)}`);
  }
  return [['Cache-Control', `public, max-age=${seconds}${immutable ? ', immutable' : ''}`]];
}

/** To the same path with a slash at its end; what came before the mount, and the query, stay. */
function redirect(environ: Environ, startResponse: StartResponse): Body {
  const target = requestTarget({ ...environ, PATH_INFO: `${environ.PATH_INFO}/` });
  return answerPlainly(startResponse, '301 Moved Permanently', [['Location', target]]);
}
