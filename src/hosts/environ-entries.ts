/** environ as hosts in JavaScript put it together: the same keys, joins and spoofing rules as `native/core/environ.c`. */
import { HEADER_KEY, SPELLED_KEY } from '../server/binding';

/** The CGI keys of `native/core/environ_keys.h`; a test compares the two. */
export const ENVIRON_KEYS = [
  'REQUEST_METHOD',
  'SCRIPT_NAME',
  'PATH_INFO',
  'QUERY_STRING',
  'REQUEST_URI',
  'SERVER_PROTOCOL',
  'SERVER_NAME',
  'SERVER_PORT',
  'REQUEST_SCHEME',
  'SERVER_ADDR',
  'SERVER_SOFTWARE',
  'REMOTE_ADDR',
  'REMOTE_PORT',
  'REMOTE_USER',
  'AUTH_TYPE',
  'DOCUMENT_ROOT',
  'SCRIPT_FILENAME',
  'HTTPS',
  'CONTENT_TYPE',
  'CONTENT_LENGTH',
] as const;

/** A few header keys that travel as numbers; every other is spelled out. Which these are changes no behaviour. */
export const HEADER_KEYS = ['HTTP_HOST', 'HTTP_USER_AGENT', 'HTTP_ACCEPT', 'HTTP_COOKIE'] as const;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_BYTES = /[^\0-\xff]/;

/** Keys and values of one environ, the required ones first and in the order of `ENVIRON_KEYS`. */
export type EnvironEntries = Map<string, string>;

/** What of the request's fields is kept from the application. */
export interface HiddenFields {
  /** The request counts as one without a body: so has it no length and no type. */
  readonly body?: boolean;
  readonly authorization?: boolean;
}

/** Whether a field is kept from the application altogether. */
export function isHidden(name: string, hidden: HiddenFields): boolean {
  return hidden.authorization === true && name.toLowerCase() === 'authorization';
}

/** Adds the fields of a request: joined when sent twice, dropped when their name could pass for another's. */
export function addFields(
  entries: EnvironEntries,
  fields: Iterable<readonly [name: string, value: string]>,
  hidden: HiddenFields,
): void {
  for (const [name, value] of fields) {
    const field = name.toLowerCase();
    if (field === 'content-type' || field === 'content-length') {
      if (hidden.body !== true) {
        entries.set(field === 'content-type' ? 'CONTENT_TYPE' : 'CONTENT_LENGTH', value);
      }
      continue;
    }
    if (!TOKEN.test(field) || field.includes('_') || field === 'proxy' || isHidden(name, hidden)) {
      continue;
    }
    const key = `HTTP_${field.toUpperCase().replaceAll('-', '_')}`;
    const earlier = entries.get(key);
    entries.set(key, earlier === undefined ? value : `${earlier}${field === 'cookie' ? '; ' : ', '}${value}`);
  }
}

/** Packs entries as `Callbacks.begin` takes them. */
export function packEntries(entries: EnvironEntries): { text: string; words: Uint32Array } {
  const words = [entries.size];
  let text = '';
  for (const [name, value] of entries) {
    if (NOT_BYTES.test(name + value)) {
      throw new TypeError(`a request consists of bytes (U+0000 to U+00FF): ${name}`);
    }
    const cgi = (ENVIRON_KEYS as readonly string[]).indexOf(name);
    const header = (HEADER_KEYS as readonly string[]).indexOf(name);
    const spelled = cgi < 0 && header < 0;
    text += (spelled ? name : '') + value;
    words.push(spelled ? SPELLED_KEY + name.length : cgi < 0 ? HEADER_KEY + header : cgi, text.length);
  }
  return { text, words: Uint32Array.from(words) };
}
