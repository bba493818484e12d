/** docs/directives.md names every directive of the modules' command tables, with its contexts, and none else. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Directive {
  readonly name: string;
  readonly contexts: readonly string[];
  /** What AllowOverride must allow. */
  readonly override: string;
}

const nginxContexts: Readonly<Record<string, string>> = {
  NGX_HTTP_MAIN_CONF: 'http',
  NGX_HTTP_SRV_CONF: 'server',
  NGX_HTTP_LOC_CONF: 'location',
  NGX_HTTP_LIF_CONF: 'if in location',
  NGX_HTTP_LMT_CONF: 'limit_except',
};

const serverWide = ['server config', 'virtual host'];
const apacheContexts: Readonly<Record<string, Omit<Directive, 'name'>>> = {
  RSRC_CONF: { contexts: serverWide, override: '' },
  'RSRC_CONF | ACCESS_CONF': { contexts: [...serverWide, 'directory'], override: '' },
  OR_FILEINFO: { contexts: [...serverWide, 'directory', '.htaccess'], override: 'FileInfo' },
  'OR_AUTHCFG | RSRC_CONF': { contexts: [...serverWide, 'directory', '.htaccess'], override: 'AuthConfig' },
};

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

function nginxDirectives(): Directive[] {
  const entry = /ngx_string\("(tsgi_\w+)"\),\s*([A-Z0-9_|\s]+),/g;
  return [...read('nginx-module/ngx_http_tsgi_module.c').matchAll(entry)].map(([, name = '', flags = '']) => ({
    name,
    contexts: flags.split('|').flatMap((flag) => nginxContexts[flag.trim()] ?? []),
    override: '',
  }));
}

/** The functions of Apache's command table that refuse to stand in a virtual host. */
function refusersOfVirtualHosts(source: string): string[] {
  const functions = source.matchAll(/^static const char \*(\w+)\([^;{]*\)\n\{\n([^]*?)^\}/gm);
  return [...functions].flatMap(([, name = '', body = '']) => (body.includes('GLOBAL_ONLY') ? [name] : []));
}

function apacheDirectives(): Directive[] {
  const source = read('apache-module/mod_tsgi_directive.c');
  const refusers = refusersOfVirtualHosts(source);
  const entry = /(?:AP_INIT_\w+|FLAG)\("(TSGI\w+)",\s*([\w.]+),[^"]*?\b((?:RSRC_CONF|OR_\w+)[A-Z_| ]*?)\s*,\s*"/g;
  return [...source.matchAll(entry)].map(([, name = '', setter = '', where = '']) => {
    const { contexts, override } = apacheContexts[where] ?? { contexts: [where], override: '' };
    return { name, contexts: refusers.includes(setter) ? ['server config'] : contexts, override };
  });
}

interface Section {
  readonly heading: string;
  /** Columns by the label of their row. */
  readonly rows: ReadonlyMap<string, { readonly nginx: string; readonly Apache: string }>;
}

/** A directive's section has a table whose columns are nginx and Apache. */
function sections(): Section[] {
  const section = /^### (.+)\n\n\| +\| nginx +\| Apache +\|\n\|[ |-]+\|\n((?:\|.*\n)+)/gm;
  return [...read('docs/directives.md').matchAll(section)].map(([, heading = '', text = '']) => {
    const cells = text
      .trim()
      .split('\n')
      .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    return {
      heading,
      rows: new Map(cells.map(([, label = '', nginx = '', apache = '']) => [label, { nginx, Apache: apache }])),
    };
  });
}

function documented(server: 'nginx' | 'Apache'): Directive[] {
  const pattern = server === 'nginx' ? /\btsgi_\w+/g : /\bTSGI\w+/g;
  return sections().flatMap(({ heading, rows }) =>
    (heading.match(pattern) ?? []).map((name) => {
      expect(rows.get('Syntax')?.[server], 'the syntax names the directive').toMatch(new RegExp(`^\`${name} `));
      const contexts = rows.get('Context')?.[server].replaceAll('`', '') ?? '';
      return {
        name,
        contexts: contexts === 'all' ? ['http', 'server', 'location'] : contexts.split(', '),
        override: rows.get('Override')?.[server] ?? '',
      };
    }),
  );
}

const sorted = (directives: readonly Directive[]): Directive[] =>
  [...directives].sort((left, right) => left.name.localeCompare(right.name));

describe('docs/directives.md', () => {
  it.each([
    { server: 'nginx', directives: nginxDirectives() },
    { server: 'Apache', directives: apacheDirectives() },
  ] as const)('has every directive of $server with its contexts', ({ server, directives }) => {
    expect(directives.length).toBeGreaterThan(10);
    expect(sorted(documented(server))).toEqual(sorted(directives));
  });

  it('states the limits of sizes and numbers as the modules do', () => {
    const page = read('docs/directives.md').replaceAll('\n', ' ').toLowerCase();
    const ranges = [...read('native/host/value.c').matchAll(/tsgi_value_(\w+) = \{[^]*?"[^"]*from (\w+) to (\w+)"/g)];
    expect(ranges.length).toBeGreaterThan(2);
    for (const [, name = '', low = '', high = ''] of ranges) {
      const section = page.split(`### tsgi_${name} `)[1]?.split(' ### ')[0];
      expect(section, name).toContain(`from ${low} to ${high}`);
    }
  });

  it('states the memory of an isolate as the modules do', () => {
    const [, megabytes = ''] = /define TSGI_ISOLATE_MB (\d+)/.exec(read('native/include/tsgi/api.h')) ?? [];
    expect(read('docs/directives.md')).toContain(`about ${megabytes} MB.`);
  });
});
