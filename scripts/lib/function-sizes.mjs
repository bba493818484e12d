/** Where the functions of a source file are, and how many lines each has: from its first word to its closing brace. */
import ts from 'typescript';

/** @typedef {{ name: string, line: number, lines: number }} FunctionSize */

/**
 * @param {string} file its name tells the language
 * @param {string} text what is in it
 * @returns {FunctionSize[]} in the order of the file; a function within a function counts for both
 */
export function functionSizes(file, text) {
  return /\.(c|cc|h)$/.test(file) ? sizesOfNative(text) : sizesOfScript(file, text);
}

/**
 * C and C++ as nginx and clang-format lay them out: a body opens with a brace alone on its line and closes with one in the
 * same column. In what such a brace opens besides, namespaces and classes, functions are looked for too.
 * @param {string} text
 */
function sizesOfNative(text) {
  const lines = text.split('\n');
  const sizes = [];
  for (let index = 0; index < lines.length; index++) {
    const indentation = /^(\s*)\{$/.exec(lines[index] ?? '')?.[1];
    if (indentation === undefined) {
      continue;
    }
    const start = declarationStart(lines, index);
    const declaration = lines.slice(start, index).join(' ').trim();
    if (!isFunction(declaration)) {
      continue;
    }
    const end = lines.findIndex((line, after) => after > index && line.startsWith(`${indentation}}`));
    if (end === -1) {
      throw new Error(`line ${index + 1}: the brace of ${nativeName(declaration)} is never closed in its column`);
    }
    sizes.push({ name: nativeName(declaration), line: start + 1, lines: end - start + 1 });
    index = end;
  }
  return sizes;
}

/**
 * @param {string[]} lines
 * @param {number} brace index of the line that opens a body
 */
function declarationStart(lines, brace) {
  let start = brace;
  // What stands before a declaration: nothing, a directive or label, or the end of something else.
  while (start > 0 && !/^\s*$|^\s*#|^\s*\w+:$|^\s*\/\/|[;{}]\s*$|\*\/\s*$/.test(lines[start - 1] ?? '')) {
    start--;
  }
  return start;
}

/** @param {string} declaration */
function isFunction(declaration) {
  return /\w\s*\(/.test(declaration) && !/^(namespace|class|struct|union|enum)\b[^(]*$|[=,]$/.test(declaration);
}

/** @param {string} declaration */
function nativeName(declaration) {
  return /([\w:~]+)\s*\(/.exec(declaration)?.[1] ?? declaration;
}

/**
 * TypeScript and JavaScript, by their own parser. A callback of `describe` only groups tests, as a file does: it is not
 * measured, the tests in it are.
 * @param {string} file
 * @param {string} text
 */
function sizesOfScript(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  /** @type {FunctionSize[]} */
  const sizes = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && !isGroupOfTests(node)) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      sizes.push({ name: scriptName(node), line: first + 1, lines: last - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sizes;
}

/** @param {ts.Node} node */
function isGroupOfTests(node) {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}

/** @param {ts.SignatureDeclaration} node */
function scriptName(node) {
  if (node.name !== undefined) {
    return node.name.getText();
  }
  if (ts.isConstructorDeclaration(node)) {
    return 'constructor';
  }
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) {
    return parent.name.getText();
  }
  return ts.isCallExpression(parent) ? `callback of ${calleeOf(parent)}` : 'a function without a name';
}

/**
 * With the call's first argument where that is a text: the title of a test.
 * @param {ts.CallExpression} call
 */
function calleeOf({ expression, arguments: [first] }) {
  const title = first !== undefined && ts.isStringLiteralLike(first) ? ` '${first.text}'` : '';
  return `${expression.getText().split('\n')[0] ?? ''}${title}`;
}
