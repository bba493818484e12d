/** docs/directives.md names every directive of the modules' command tables, with its contexts, and none else. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Directive {
  readonly name: string;
  readonly contexts: readonly string[];
}

const contextNames: Readonly<Record<string, string>> = {
  NGX_HTTP_MAIN_CONF: 'http',
  NGX_HTTP_SRV_CONF: 'server',
  NGX_HTTP_LOC_CONF: 'location',
  NGX_HTTP_LIF_CONF: 'if in location',
  NGX_HTTP_LMT_CONF: 'limit_except',
};

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

function nginxDirectives(): Directive[] {
  const entry = /ngx_string\("(tsgi_\w+)"\),\s*([A-Z0-9_|\s]+),/g;
  return [...read('nginx-module/ngx_http_tsgi_module.c').matchAll(entry)].map(([, name = '', flags = '']) => ({
    name,
    contexts: flags
      .split('|')
      .map((flag) => contextNames[flag.trim()])
      .filter((context) => context !== undefined),
  }));
}

function documented(): Directive[] {
  const section = /^### (tsgi_\w+)\n+> Syntax: `(\w+)[^\n]*\n> Default: [^\n]+\n> Context: ([^\n]+)\n/gm;
  return [...read('docs/directives.md').matchAll(section)].map(([, name = '', syntax, contexts = '']) => {
    expect(syntax, 'the syntax line names the directive').toBe(name);
    return {
      name,
      contexts: contexts === 'all' ? ['http', 'server', 'location'] : contexts.replaceAll('`', '').split(', '),
    };
  });
}

describe('docs/directives.md', () => {
  it('has every nginx directive with its contexts', () => {
    const byName = (left: Directive, right: Directive): number => left.name.localeCompare(right.name);
    expect(nginxDirectives().length).toBeGreaterThan(10);
    expect(documented().sort(byName)).toEqual(nginxDirectives().sort(byName));
  });

  it('states the limits and defaults of sizes and numbers as the module does', () => {
    const page = read('docs/directives.md');
    const ranges = /ngx_http_tsgi_(\w+) = \{\s*[^"]+"([^"]+)"\s*\}/g;
    for (const [, name = '', range = ''] of read('nginx-module/ngx_http_tsgi_module.c').matchAll(ranges)) {
      if (name === 'max_applications') {
        continue; // any positive number in practice
      }
      const [, low = '', high = ''] = /from (\w+) to (\w+)/.exec(range) ?? [];
      const section = page.split(`### tsgi_${name}\n`)[1]?.split('\n### ')[0] ?? '';
      expect(section.replaceAll('\n', ' ').toLowerCase(), name).toContain(`from ${low} to ${high}`);
    }
  });
});
