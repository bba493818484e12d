/**
 * Makes the `process.env` of an application group: the group's own copy, which nobody else sees and which is not the
 * environment of the web server (writing that is `setenv`, under threads that call `getenv`). It behaves as Node's does:
 * values become strings, symbols are refused.
 */
export function makeEnvironment(initial: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const values: Record<string, string> = { ...initial };
  return new Proxy(values, {
    set(target, name, value: unknown) {
      target[keyOf(name)] = textOf(value);
      return true;
    },
    defineProperty(target, name, descriptor) {
      if (!('value' in descriptor)) {
        throw invalid("'process.env' does not accept an accessor(getter/setter) descriptor");
      }
      if (descriptor.configurable !== true || descriptor.writable !== true || descriptor.enumerable !== true) {
        throw invalid("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
      }
      target[keyOf(name)] = textOf(descriptor.value);
      return true;
    },
  });
}

function keyOf(name: string | symbol): string {
  if (typeof name === 'symbol') {
    throw new TypeError('Cannot convert a Symbol value to a string');
  }
  return name;
}

/** The string that Node makes of a value; throws for a symbol, as Node does. */
function textOf(value: unknown): string {
  return `${value as string}`;
}

function invalid(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_OBJECT_DEFINE_PROPERTY' });
}
