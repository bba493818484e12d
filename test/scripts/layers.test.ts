import { describe, expect, it } from 'vitest';
import { findViolations, violationsOf } from '../../scripts/check-layers.mjs';

describe('layers', () => {
  it('hold in this repository', () => {
    expect(findViolations()).toEqual([]);
  });

  it.each([
    ['native/include/tsgi/x.h', '#include <string.h>', 'native/include/tsgi may not include <string.h>'],
    ['native/core/x.c', '#include <uv.h>', 'native/core may not include <uv.h>'],
    ['native/core/x.c', '#include "bridge/slots.h"', 'native/core may not include native/bridge/'],
    ['native/bridge/x.cc', '#include <v8.h>', 'native/bridge may not include <v8.h>'],
    ['native/runtime/x.cc', '#include <ngx_core.h>', 'native/runtime may not include <ngx_core.h>'],
    ['nginx-module/x.c', '#include <node_api.h>', 'nginx-module may not include <node_api.h>'],
    ['nginx-module/x.c', '#include "../native/core/queue.h"', 'nginx-module may not include native/core/'],
    ['native/host/x.c', '#include "core/queue.h"', 'native/host may not include native/core/'],
    ['native/host/x.c', '#include <ngx_core.h>', 'native/host may not include <ngx_core.h>'],
    ['native/core/x.c', '#include "host/script.h"', 'native/core may not include native/host/'],
    ['apache-module/x.c', '#include <core/queue.h>', 'apache-module may not include native/core/'],
    ['apache-module/x.c', '#include <ngx_core.h>', 'apache-module may not include <ngx_core.h>'],
    ['src/spec/x.ts', "import { a } from '../server/a';", 'src/spec may not import from src/server'],
    ['src/adapters/x.ts', "const a = require('../server/a');", 'src/adapters may not import from src/server'],
    ['src/server/x.ts', "import { a } from '../adapters/a';", 'src/server may not import from src/adapters'],
    ['src/server/boot.ts', "import { a } from '../middleware/a';", 'src/server may not import from src/middleware'],
    ['src/server/x.ts', "process._linkedBinding('tsgi');", 'only src/server/binding.ts obtains the native binding'],
  ])('refuse in %s: %s', (file, text, sentence) => {
    expect(violationsOf(file, `\n${text}\n`)).toEqual([`${file}:2: ${sentence}`]);
  });

  it.each([
    ['native/nowhere/x.c', 'native/nowhere is not in the table of layers'],
    ['src/nowhere/x.ts', 'src/nowhere is not in the table of layers'],
  ])('know every folder: %s', (file, sentence) => {
    expect(violationsOf(file, '').join()).toContain(sentence);
  });

  it.each([
    ['native/core/x.c', '#include "queue.h"'],
    ['native/bridge/x.cc', '#include "core/queue.h"'],
    ['native/runtime/x.cc', '#include <node.h>'],
    ['native/host/x.c', '#include "tsgi/api.h"'],
    ['nginx-module/x.c', '#include "tsgi/api.h"'],
    ['nginx-module/x.c', '#include <host/script.h>'],
    ['apache-module/x.c', '#include <host/script.h>'],
    ['apache-module/x.c', '#include <util_filter.h>'],
    ['src/server/x.ts', "import { a } from '../spec/types';"],
    ['src/server/boot.ts', "import { a } from '../adapters/a';"],
  ])('allow in %s: %s', (file, text) => {
    expect(violationsOf(file, text)).toEqual([]);
  });
});
