// What one Node environment stands on: a loop, an isolate with a limit of memory, a context.
//
// node::CommonEnvironmentSetup with a limit, which that takes none of.
//
// Made by     Setup::Create, on the thread that will run it
// Ended by    its destructor, on the same thread, when nothing of it is entered any more

#ifndef TSGI_RUNTIME_SETUP_H_
#define TSGI_RUNTIME_SETUP_H_

#include <node.h>
#include <uv.h>

#include <cstdint>
#include <memory>
#include <string>

#include "confines.h"

namespace tsgi
{

class Setup
{
  public:
    // `heap` is the most that objects may take, in bytes; 0 is V8's own default. NULL: *error is
    // one sentence.
    static std::unique_ptr<Setup> Create(uint64_t heap, node::EnvironmentFlags::Flags flags,
                                         std::string *error);
    ~Setup();

    Setup(const Setup &) = delete;
    Setup &operator=(const Setup &) = delete;

    uv_loop_t *loop() const { return loop_.get(); }
    v8::Isolate *isolate() const { return isolate_; }
    node::Environment *env() const { return env_; }
    v8::Local<v8::Context> context() const { return context_.Get(isolate_); }

  private:
    explicit Setup(uint64_t heap) : room_(heap) {}

    bool MakeIsolate(uint64_t heap);
    bool MakeEnvironment(node::EnvironmentFlags::Flags flags);

    const Room room_;
    std::unique_ptr<uv_loop_t> loop_;
    std::shared_ptr<node::ArrayBufferAllocator> allocator_;
    v8::Isolate *isolate_ = nullptr;
    node::IsolateData *data_ = nullptr;
    v8::Global<v8::Context> context_;
    node::Environment *env_ = nullptr;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_SETUP_H_
