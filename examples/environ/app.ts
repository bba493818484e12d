/** What an application is told about a request: a page for browsers, plain text for everybody else. */
import type { Application, Environ } from 'tsgi';

export const application: Application = (environ, startResponse) => {
  const html = environ.HTTP_ACCEPT?.includes('text/html') === true;
  startResponse('200 OK', [
    ['Content-Type', `text/${html ? 'html' : 'plain'}; charset=utf-8`],
    ['Cache-Control', 'no-store'],
    ['Vary', 'Accept'],
  ]);
  const entries = Object.keys(environ)
    .sort()
    .map((name): [string, string] => [name, describe(environ, name)]);
  // The strings of environ hold one byte of the request in each character. Sent as Latin-1 they are these bytes again.
  return [Buffer.from(html ? page(entries) : text(entries), 'latin1')];
};

/** The strings of CGI as they are; of the objects of the specification, what they are. */
function describe(environ: Environ, name: string): string {
  const value = environ[name];
  switch (typeof value) {
    case 'string':
      return value;
    case 'function':
      return '[function]';
    default:
      return Array.isArray(value) || typeof value === 'boolean' ? JSON.stringify(value) : '[object]';
  }
}

function text(entries: Array<[string, string]>): string {
  return entries.map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('');
}

function page(entries: Array<[string, string]>): string {
  const rows = entries.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>\n`,
  );
  return `<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>environ</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  tr:nth-child(odd) { background: #8881; }
  th, td { font: 14px/1.6 ui-monospace, monospace; overflow-wrap: anywhere; padding: .1rem .6rem; text-align: left; }
  th { font-weight: 600; vertical-align: top; white-space: nowrap; }
  :root { color-scheme: light dark; }
</style>
<h1>environ</h1>
<table>
${rows.join('')}</table>
</html>
`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
