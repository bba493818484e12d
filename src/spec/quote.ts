/** The longest piece of an offending string that an error message repeats. */
const LIMIT = 60;

/**
 * Describes an offending value for an error message: short, on one line, in printable ASCII, and without running
 * any code of the value (no `toString`, `toJSON`, or `inspect`).
 */
export function quote(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoteString(value);
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'bigint':
      return 'a bigint';
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    default:
      return value === null ? 'null' : describeObject(value as object);
  }
}

function quoteString(text: string): string {
  const shown = text.length > LIMIT ? text.slice(0, LIMIT) : text;
  const printable = JSON.stringify(shown).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > LIMIT ? `${printable}... (${text.length} characters)` : printable;
}

function describeObject(value: object): string {
  if (Array.isArray(value)) {
    return `an array of length ${value.length}`;
  }
  if (ArrayBuffer.isView(value)) {
    return `a ${value instanceof Uint8Array ? 'Uint8Array' : 'typed array'} of ${value.byteLength} bytes`;
  }
  return `an object${className(value)}`;
}

/** The name of the value's class, found without calling a getter; empty when there is none worth telling. */
function className(value: object): string {
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype) {
      return '';
    }
    const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    const name: unknown =
      typeof constructor === 'function' ? Object.getOwnPropertyDescriptor(constructor, 'name')?.value : undefined;
    return typeof name === 'string' && /^[A-Za-z_$][\w$]{0,59}$/.test(name) ? ` of class ${name}` : '';
  } catch {
    return ''; // a Proxy whose traps throw
  }
}
