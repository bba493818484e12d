#include "setup.h"

#include <utility>

#include "platform.h"
#include "reserves.h"

namespace tsgi
{

std::unique_ptr<Setup> Setup::Create(uint64_t heap, node::EnvironmentFlags::Flags flags,
                                     std::string *error)
{
    std::unique_ptr<Setup> setup(new Setup(heap));

    if (setup->room_.obstacle() != "") {
        *error = setup->room_.obstacle();
        return nullptr;
    }

    if (!Reserves::HaveEnvironment(error)) {
        return nullptr;
    }

    auto loop = std::make_unique<uv_loop_t>();
    int failed = uv_loop_init(loop.get());

    if (failed != 0) {
        *error = std::string("no event loop: ") + uv_strerror(failed);
        return nullptr;
    }

    setup->loop_ = std::move(loop);

    if (!setup->MakeIsolate(heap)) {
        *error = "V8 made no isolate";
        return nullptr;
    }

    if (!setup->MakeEnvironment(flags)) {
        *error = "Node made no context or no environment";
        return nullptr;
    }

    return setup;
}

bool Setup::MakeIsolate(uint64_t heap)
{
    node::MultiIsolatePlatform *platform = Platform::Get().node();
    v8::Isolate *isolate = v8::Isolate::Allocate();

    if (isolate == nullptr) {
        return false;
    }

    v8::Isolate::CreateParams params;

    allocator_ = node::ArrayBufferAllocator::Create();
    params.array_buffer_allocator_shared = allocator_;

    if (heap > 0) {
        params.constraints.set_max_old_generation_size_in_bytes(static_cast<size_t>(heap));
    }

    platform->RegisterIsolate(isolate, loop()); // V8 may use it as soon as it initialises
    v8::Isolate::Initialize(isolate, params);
    node::SetIsolateUpForNode(isolate);
    isolate_ = isolate;

    return true;
}

bool Setup::MakeEnvironment(node::EnvironmentFlags::Flags flags)
{
    Platform &platform = Platform::Get();
    v8::Locker locker(isolate_);
    v8::Isolate::Scope isolate_scope(isolate_);
    v8::HandleScope handle_scope(isolate_);

    data_ = node::CreateIsolateData(isolate_, loop(), platform.node(), allocator_.get());

    v8::Local<v8::Context> context = node::NewContext(isolate_);

    if (context.IsEmpty()) {
        return false;
    }

    context_.Reset(isolate_, context);

    v8::Context::Scope context_scope(context);

    env_ = node::CreateEnvironment(data_, context, platform.args(), platform.exec_args(), flags);

    return env_ != nullptr;
}

Setup::~Setup()
{
    if (isolate_ != nullptr) {
        node::MultiIsolatePlatform *platform = Platform::Get().node();
        bool finished = false;

        platform->AddIsolateFinishedCallback(
            isolate_, [](void *data) { *static_cast<bool *>(data) = true; }, &finished);

        {
            v8::Locker locker(isolate_);
            v8::Isolate::Scope isolate_scope(isolate_);

            context_.Reset();

            if (env_ != nullptr) {
                node::FreeEnvironment(env_);
            }

            if (data_ != nullptr) {
                node::FreeIsolateData(data_);
            }
        }

        platform->UnregisterIsolate(isolate_);
        isolate_->Dispose();

        while (!finished) {
            uv_run(loop(), UV_RUN_ONCE);
        }
    }

    // With a handle that an add-on never closed the loop stays in memory, as that may still use it.
    if (loop_ != nullptr && uv_loop_close(loop()) != 0) {
        static_cast<void>(loop_.release());
    }
}

} // namespace tsgi
