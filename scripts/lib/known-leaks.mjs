/**
 * What LeakSanitizer may report while TSGI runs; nothing of ours is in it.
 *
 * Memory of others that is still there when a process ends, on purpose or by a defect of theirs. `frames` is looked for in
 * the functions and files of the call stack, innermost first, joined by ` < `, after those that only allocate.
 *
 * @type {ReadonlyArray<{ frames: RegExp, reason: string }>}
 */
export const knownLeaks = [
  {
    frames: /^ngx_memalign \S+ < ngx_create_pool \S+ < (main|ngx_init_cycle) /,
    reason: '`nginx -t`, and a start that fails, end without giving back the pools of the configuration',
  },
  {
    frames: /^ngx_alloc \S+ < .*\bngx_(init_cycle|process_options|save_argv|add_inherited_sockets|os_init) /,
    reason: 'the same, what is in these pools: NGX_DEBUG_PALLOC makes a block of each piece',
  },
  {
    frames: /^\S* ?libcrypto\.so/,
    reason: 'OpenSSL keeps what its configuration file and its error strings filled until the process ends',
  },
  {
    frames: /^apr_allocator_create libapr/,
    reason:
      'httpd never gives back the memory pools of its threads, not even that of the main thread; ours come from them',
  },
  {
    frames: /^(pcre2_compile_8 )?libpcre2-8\.so/,
    reason:
      'the patterns of a configuration hang on memory pools of httpd, which are mapped: nothing is looked for there',
  },
  {
    frames: /^napi_module_register libnode/,
    reason: 'Node keeps the record of an add-on that registers itself as it is loaded',
  },
  {
    frames: /^napi_create_reference node < napi_register_module_v1 rolldown-binding/,
    reason: 'the bundler of the test runner, in a process of the runner',
  },
  {
    frames: /^napi_module_register node < call_init /,
    reason: 'Node notes each add-on that registers itself while it is loaded, as long as the process lives',
  },
];
