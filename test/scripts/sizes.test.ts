import { describe, expect, it } from 'vitest';
import { compare, excessesOf, exceptions, findViolations, limits } from '../../scripts/check-sizes.mjs';
import { functionSizes } from '../../scripts/lib/function-sizes.mjs';

const statements = (count: number, indentation = '    ') => `${indentation};\n`.repeat(count);

/** A function of so many lines in each language and layout; the name is `long`. */
const layouts: Array<[string, string, (lines: number) => string]> = [
  ['C, as clang-format has it', 'x.c', (lines) => `static int *long(int a)\n{\n${statements(lines - 3)}}\n`],
  ['C, as nginx has it', 'x.c', (lines) => `static char *\nlong(int a,\n    int b)\n{\n${statements(lines - 5)}}\n`],
  ['C++ in a namespace', 'x.cc', (lines) => `namespace a\n{\n\nvoid A::long() const\n{\n${statements(lines - 3)}}\n\n}\n`],
  [
    'C++ in a class',
    'x.h',
    (lines) =>
      `namespace a\n{\n\nclass A\n{\n  public:\n    int long()\n    {\n${statements(lines - 3, '        ')}    }\n};\n\n}\n`,
  ],
  ['TypeScript', 'x.ts', (lines) => `/**\n * What it does.\n */\nexport function long(a: string): void {\n${statements(lines - 2)}}\n`],
  ['a method', 'x.ts', (lines) => `class A {\n  async long() {\n${statements(lines - 2)}  }\n}\n`],
  ['an accessor', 'x.ts', (lines) => `const a = {\n  get long() {\n${statements(lines - 2)}  },\n};\n`],
  ['an arrow function', 'x.mjs', (lines) => `const long = () => {\n${statements(lines - 2)}};\n`],
  ['a property', 'x.mjs', (lines) => `f({\n  long: async function () {\n${statements(lines - 2)}  },\n});\n`],
]; // prettier-ignore

describe('sizes', () => {
  it('hold in this repository, or have a reason', () => {
    expect(findViolations()).toEqual([]);
    for (const reason of Object.values(exceptions)) {
      expect(reason.length).toBeGreaterThan(20);
    }
  });

  it.each(layouts)('of a function, from its first word to its closing brace: %s', (_layout, file, source) => {
    for (const lines of [10, limits.function, limits.function + 1]) {
      const text = source(lines);
      expect(functionSizes(file, text).map(({ name, lines: counted }) => [name.replace(/^.*:/, ''), counted])).toEqual([
        ['long', lines],
      ]);
      expect(excessesOf(file, text).map(({ lines: excess }) => excess)).toEqual(lines > limits.function ? [lines] : []);
    }
  });

  it('of a function within a function count for both', () => {
    const text = `function outer() {\n  const inner = () => {\n${statements(3)}  };\n}\n`;
    expect(functionSizes('x.ts', text)).toEqual([
      { name: 'outer', line: 1, lines: 7 },
      { name: 'inner', line: 2, lines: 5 },
    ]);
  });

  it('of a group of tests are those of its tests', () => {
    const text = `describe.each([1])('a', () => {\n${statements(90)}  it('b', () => {\n${statements(70)}  });\n});\n`;
    expect(excessesOf('x.test.ts', text).map(({ place }) => place)).toEqual(["x.test.ts:92: callback of it 'b'"]);
  });

  it.each([
    ['an array', 'x.c', `static const int table[] =\n{\n${statements(90)}};\n`],
    [
      'an element',
      'x.c',
      `static const item table[] = {\n    {\n${statements(90)}    },\n    {\n${statements(90)}    }};\n`,
    ],
    ['a struct', 'x.c', `struct a\n{\n${statements(90)}};\n`],
    ['a class of a template', 'x.h', `template <typename T> class A\n{\n${statements(90)}};\n`],
  ])('are not taken of what is no function: %s', (_what, file, text) => {
    expect(functionSizes(file, text)).toEqual([]);
  });

  it('of a brace that is never closed are not guessed', () => {
    expect(() => functionSizes('x.c', 'int main(void)\n{\n')).toThrow(
      'the brace of main is never closed in its column',
    );
  });

  it('of a file count every line', () => {
    expect(excessesOf('x.ts', '\n'.repeat(limits.file))).toEqual([]);
    expect(excessesOf('x.ts', '\n'.repeat(limits.file + 1))).toEqual([
      { what: 'x.ts', place: 'x.ts', lines: limits.file + 1, limit: limits.file },
    ]);
  });

  it('need a reason, and a reason needs them', () => {
    const [, [, file, source]] = layouts as [unknown, (typeof layouts)[number]];
    const excesses = excessesOf(file, source(limits.function + 1));
    expect(compare(excesses, {})).toEqual(['x.c:1: long: 61 lines, more than 60']);
    expect(compare(excesses, { 'x.c: long': 'because' })).toEqual([]);
    expect(compare([], { 'x.c: long': 'because' })).toEqual([
      'x.c: long: is excused, and there is no such thing over its limit',
    ]);
  });
});
