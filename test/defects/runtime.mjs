/** Mistakes of the embedding that matter most: a use after the end, a thread that is not stopped or not replaced, a leak. */

const USED_AFTER_FREE = /AddressSanitizer: heap-use-after-free/;
const LEAKED = /Direct leak of/;

/** @type {import('./index.mjs').Defect[]} */
export const runtime = [
  {
    layer: 'native/runtime',
    breaks: 'use after the end of an environment',
    file: 'native/runtime/environment.cc',
    find: `        --*static_cast<int *>(handle->data);
        delete reinterpret_cast<uv_async_t *>(handle);
`,
    replace: `        delete reinterpret_cast<uv_async_t *>(handle);
        --*static_cast<int *>(handle->data);
`,
    tests: 'test/nginx/resets.test.ts',
    only: 'of a chunked response',
    report: USED_AFTER_FREE,
  },
  {
    layer: 'native/runtime',
    breaks: 'no END: an application that exits and stays',
    file: 'native/runtime/environment.cc',
    find: `        Report(tag, cause + Record() + detail);
    }

    Terminate();`,
    replace: `        Report(tag, cause + Record() + detail);
    }`,
    tests: 'test/nginx/failing.test.ts',
    only: 'is replaced .exit-later.$',
  },
  {
    layer: 'native/runtime',
    breaks: 'a thread that is stuck and is not stopped',
    file: 'native/runtime/isolate.cc',
    find: `        environment_->Interrupt(now - pinged_);
`,
    replace: ``,
    tests: 'test/nginx/survival.test.ts',
    only: 'is stopped where it is: loop',
  },
  {
    layer: 'native/runtime',
    breaks: 'a thread that is stopped although it has come back',
    file: 'native/runtime/isolate.cc',
    find: `|| beats != beats_) {`,
    replace: `|| beats < beats_) {`,
    tests: 'test/nginx/survival.test.ts',
    only: 'however long it works',
  },
  {
    layer: 'native/runtime',
    breaks: 'memory outside of the heap that does not count',
    file: 'native/runtime/memory.cc',
    find: `statistics.used_heap_size() + statistics.external_memory()`,
    replace: `statistics.used_heap_size()`,
    tests: 'test/nginx/survival.test.ts',
    only: 'is stopped alone: buffers',
  },
  {
    layer: 'native/runtime',
    breaks: 'threads of applications that do not give way to the server',
    file: 'native/runtime/isolate.cc',
    find: `    BeNicer(Platform::Get().nice());
`,
    replace: ``,
    tests: 'test/nginx/nice.test.ts',
    only: 'nicer by 3',
  },
  {
    layer: 'native/runtime',
    breaks: 'helpers of V8 that do not give way to the server',
    file: 'native/runtime/platform.cc',
    find: `        BeNicer(platform->nice_);
`,
    replace: ``,
    tests: 'test/apache/nice.test.ts',
    only: 'nicer by 10',
  },
  {
    layer: 'native/runtime',
    breaks: 'an isolate that is stopped for its garbage',
    file: 'native/runtime/memory.cc',
    find: `    isolate_->LowMemoryNotification(); // most of it may be garbage
`,
    replace: ``,
    tests: 'test/nginx/survival.test.ts',
    only: 'is collected first',
  },
  {
    layer: 'native/runtime',
    breaks: 'an isolate that nobody is told to make',
    file: 'native/runtime/keeper.cc',
    find: `    jobs_.push_back(std::move(job));
    posted_.notify_one();
`,
    replace: `    static_cast<void>(job);
`,
    tests: 'test/nginx/resets.test.ts',
    only: 'of a chunked response',
  },
  {
    layer: 'native/runtime',
    breaks: 'leak of what wakes an environment',
    file: 'native/runtime/environment.cc',
    find: `        delete reinterpret_cast<uv_async_t *>(handle);
`,
    replace: ``,
    tests: 'test/nginx/resets.test.ts',
    only: 'of a chunked response',
    report: LEAKED,
  },
  {
    layer: 'native/runtime',
    breaks: 'a change that nobody looks for',
    file: 'native/runtime/watch.cc',
    find: `if (known->second != file.stamp) {`,
    replace: `if (known->second.size() > file.stamp.size() + 4096) {`,
    tests: 'test/nginx/reload.test.ts',
    only: 'of the script',
  },
  {
    layer: 'native/runtime',
    breaks: 'a circuit that never opens',
    file: 'native/runtime/circuit.cc',
    find: `if (pause < kOpens) {`,
    replace: `if (pause <= kLastPause) {`,
    tests: 'test/nginx/circuit.test.ts',
  },
  {
    layer: 'native/runtime',
    breaks: 'a circuit that stays open',
    file: 'native/runtime/circuit.cc',
    find: `        tsgi_group_refuse(group_, port_, false);
`,
    replace: ``,
    tests: 'test/nginx/circuit.test.ts',
  },
  {
    layer: 'native/runtime',
    breaks: 'a thread that is stuck outside of JavaScript and is waited for',
    file: 'native/runtime/isolate.cc',
    find: `    environment_->Abandon(now - pinged_);
`,
    replace: ``,
    tests: 'test/nginx/abandon.test.ts',
    only: 'only what it had begun fails: read',
  },
  {
    layer: 'native/runtime',
    breaks: 'an abandoned thread that goes on with its application',
    file: 'native/runtime/environment.cc',
    find: `        self->stuck_at_ = StackOf(isolate);
        self->Terminate();
        return;
`,
    replace: `        self->stuck_at_ = StackOf(isolate);
        return;
`,
    tests: 'test/nginx/abandon.test.ts',
    only: 'ends without a word',
  },
];
