import { describe, expect, it } from 'vitest';
import { parseCounts } from '../../bench/profile/callgrind.mjs';
import { Ledger, systemCallOf } from '../../bench/profile/ledger.mjs';
import { parseSample } from '../../bench/profile/perf.mjs';
import { describeProfile } from '../../bench/profile/report.mjs';
import { classify, parseSources } from '../../bench/profile/stages.mjs';
import { inRepository } from '../../scripts/lib/paths.mjs';

const sources = parseSources(
  [
    `0000000000011942 t _ZN4tsgi6Bridge5DrainEv\t${inRepository('native/bridge/bridge_in.cc')}:40`,
    `00000000000119ff t tsgi_queue_take\t${inRepository('native/core/queue.c')}:12`,
    `0000000000012000 T tsgi_api_get\t${inRepository('native/runtime/runtime.cc')}:90`,
    '0000000000012fff w __gmon_start__',
  ].join('\n'),
);

const library = '/srv/build/native/libtsgi.so';
const code = '/tmp/perf-5249.map';

describe('a function belongs to a stage', () => {
  it.each([
    ['tcp_ack', '[kernel.kallsyms]', 'kernel', 'tcp_ack'],
    ['ngx_http_parse_request_line', '/usr/sbin/nginx', 'nginx', 'ngx_http_parse_request_line'],
    ['ngx_http_tsgi_handler', '/srv/ngx_http_tsgi_module.so', 'nginx module', 'ngx_http_tsgi_handler'],
    ['tsgi_queue_take', library, 'core', 'native/core/queue.c tsgi_queue_take'],
    ['_ZN4tsgi6Bridge5DrainEv', library, 'bridge', 'native/bridge/bridge_in.cc _ZN4tsgi6Bridge5DrainEv'],
    ['tsgi_api_get', library, 'runtime', 'native/runtime/runtime.cc tsgi_api_get'],
    ['[unknown]', library, 'bridge', '[unknown]'],
    [
      `LazyCompile:*run ${inRepository('dist/server/exchange.js')}:67`,
      code,
      'src/server',
      'dist/server/exchange.js:67 run',
    ],
    [`JS:^#go file://${inRepository('dist/server/a.js')}:6:2`, code, 'src/server', 'dist/server/a.js:6 #go'],
    [`Function:~ ${inRepository('examples/app.mjs')}:3`, code, 'application', 'examples/app.mjs:3 (anonymous)'],
    ['LazyCompile:*emit node:events:466', code, "Node's JavaScript", 'node:events:466 emit'],
    ['BytecodeHandler:LdaZero', code, 'V8 and Node', 'BytecodeHandler:LdaZero'],
    ['napi_call_function', '/usr/lib/libnode.so.108', 'Node-API', 'napi_call_function'],
    ['_ZN2v88internal9Scavenger7ProcessEv', '/usr/lib/libnode.so.108', 'garbage collection', undefined],
    ['[unknown]', '/usr/lib/libnode.so.108', 'V8 and Node', '[unknown]'],
    ['uv__io_poll', '/usr/lib/libuv.so.1', 'libuv', 'uv__io_poll'],
    ['malloc', '/usr/lib/x86_64-linux-gnu/libc.so.6', 'C library', 'malloc'],
    ['[unknown]', '[unknown]', 'elsewhere', '[unknown]'],
  ])('%s of %s', (symbol, object, stage, label) => {
    const place = classify({ symbol, object }, sources);
    expect(place.stage).toBe(stage);
    if (label !== undefined) {
      expect(place.label).toBe(label);
    }
  });
});

const sample = (thread: string, ...frames: string[]) =>
  parseSample([`${thread} `, ...frames.map((frame) => `\t    7f90cc48dd11 ${frame}`)], [5249]);

describe('samples', () => {
  it('are read as perf prints them', () => {
    const lines = [
      'tsgi-app  5261 ',
      '\t  ce230f uv_run+0x10 (/usr/lib/libuv.so.1)',
      '\t 11942 main (/srv/x (deleted))',
    ];
    expect(parseSample(lines, [5249])).toEqual({
      thread: 'tsgi-app',
      frames: [
        { symbol: 'uv_run', object: '/usr/lib/libuv.so.1' },
        { symbol: 'main', object: '/srv/x' },
      ],
    });
  });

  it("tell nginx's own thread from those that only inherited its name", () => {
    expect(parseSample(['nginx  5249 '], [5249]).thread).toBe('nginx');
    expect(parseSample(['nginx  5250 '], [5249]).thread).toBe('(nginx)');
  });

  it('are charged to the nearest function that can be changed here', async () => {
    const ledger = new Ledger(sources);
    const run = `LazyCompile:*run ${inRepository('dist/server/exchange.js')}:67 (${code})`;
    ledger.add(sample('tsgi-app  5261', run, `napi_call_function (/usr/lib/libnode.so.108)`));
    ledger.add(sample('tsgi-app  5261', `[unknown] (/usr/lib/libnode.so.108)`, run));
    ledger.add(sample('tsgi-app  5261', `malloc (/usr/lib/libc.so.6)`, `tsgi_queue_take (${library})`, run));
    ledger.add(
      sample(
        'nginx  5249',
        'tcp_ack ([kernel.kallsyms])',
        'do_writev ([kernel.kallsyms])',
        'do_syscall_64 ([kernel.kallsyms])',
      ),
    );
    const { stages, functions, systemCalls } = await describeProfile(ledger, 8);
    expect(stages).toEqual([
      { thread: 'tsgi-app', microseconds: { 'src/server': 2, 'V8 and Node': 2, 'C library': 2 } },
      { thread: 'nginx', microseconds: { kernel: 2 } },
    ]);
    expect(functions).toEqual([
      { stage: 'src/server', name: 'dist/server/exchange.js:67 run', own: 2, caused: 4 },
      { stage: 'core', name: 'native/core/queue.c tsgi_queue_take', own: 0, caused: 2 },
    ]);
    expect(systemCalls).toEqual([{ name: 'writev', microseconds: 2 }]);
  });

  it.each([
    [['tcp_ack', '__x64_sys_writev', 'do_syscall_64'], 'writev'],
    [['ksys_write', 'do_syscall_64'], 'write'],
    [['__sys_recvfrom', '__x64_sys_recvfrom', 'x64_sys_call', 'do_syscall_64'], 'recvfrom'],
    [['do_syscall_64', 'entry_SYSCALL_64'], 'entry and exit'],
    [['asm_sysvec_apic_timer_interrupt'], 'none: interrupts, page faults'],
  ])('in the kernel at %j are in the system call %s', (symbols, name) => {
    expect(systemCallOf(symbols.map((symbol) => ({ symbol, object: '[kernel.kallsyms]' })))).toBe(name);
  });
});

it('instructions are those of each function itself, by source file, inlined code where it was written', () => {
  const text = `version: 1
creator: callgrind-3.19.0
positions: line
events: Ir
summary: 1000

ob=(1) /srv/build/addon/Release/tsgi.node
fl=(1) /srv/native/core/queue.c
fn=(1) tsgi_queue_take
10 5
+2 7
cfn=(2) tsgi::(anonymous namespace)::Read(napi_env__*)'2
calls=3 40
* 900

fl=(2) /srv/native/bridge/calls.cc
fn=(2)
40 11
fi=(3) /srv/node_modules/node-addon-api/napi-inl.h
100 2
fe=(2)
41 1

ob=(2) /usr/bin/node
fl=(4) ???
fn=(3) uv_run
0 5000
`;
  expect([...parseCounts(text).values()]).toEqual([
    { part: 'core', name: 'native/core/queue.c tsgi_queue_take', instructions: 12 },
    { part: 'bridge', name: 'native/bridge/calls.cc tsgi::{anonymous}::Read', instructions: 12 },
    { part: 'bridge', name: 'napi-inl.h tsgi::{anonymous}::Read', instructions: 2 },
  ]);
});
