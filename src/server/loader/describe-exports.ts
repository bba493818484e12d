const MOST = 20;

/** What a module exports, in words, for somebody who looks for an application among it. Runs no code of the module. */
export function describeExports(exports: unknown): string {
  if (typeof exports !== 'object' || exports === null) {
    return `${describe(exports)} (module.exports)`;
  }
  const names = Object.keys(exports);
  if (names.length === 0) {
    return 'nothing';
  }
  const shown = names.slice(0, MOST).map((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(exports, name);
    return `"${name}" (${descriptor?.get === undefined ? describe(descriptor?.value) : 'an accessor'})`;
  });
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function describe(value: unknown): string {
  if (typeof value === 'function') {
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    return isClass ? 'a class' : `a function${methodsOf(value)}`;
  }
  if (typeof value !== 'object' || value === null) {
    return value === undefined || value === null ? String(value) : `a ${typeof value}`;
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  const names = Object.keys(value);
  const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  return names.length === 0 ? 'an object' : `an object with ${shown}`;
}

/** What tells an application of a framework from a function. */
function methodsOf(value: object): string {
  const names = Object.keys(value).filter(
    (name) => typeof Object.getOwnPropertyDescriptor(value, name)?.value === 'function',
  );
  return names.length === 0 ? '' : ` with methods, among them ${names.slice(0, 3).join(', ')}`;
}
