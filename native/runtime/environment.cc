#include "environment.h"

#include <node.h>
#include <node_api.h>
#include <uv.h>

#include <cstdio>
#include <utility>

#include "children.h"
#include "paths.h"
#include "setup.h"
#include "stack.h"

extern "C" {
#include "core/log.h"
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

// Handed to the linked binding's initialiser, which has no argument for it.
thread_local Environment *current = nullptr;

constexpr auto kFlags = static_cast<node::EnvironmentFlags::Flags>(
    node::EnvironmentFlags::kTrackUnmanagedFds | node::EnvironmentFlags::kNoGlobalSearchPaths |
    node::EnvironmentFlags::kNoCreateInspector);

// The `require` of an embedder's script knows built-in modules only, and import() fails in it; from
// a CommonJS file of the package on, everything is as in any Node program.
std::string BootScript()
{
    std::string file = JavaScriptRoot() + "/server/boot.js";

    return "const file = " + Quote(file) +
           ";\n"
           "require('module').createRequire(file)(file).boot(process._linkedBinding('tsgi'));\n";
}

} // namespace

struct EnvironmentAccess {
    static napi_value MakeBinding(napi_env env, napi_value)
    {
        Environment *self = current;

        if (self == nullptr) {
            return nullptr; // an application asks, or a thread that it has started
        }

        auto bridge = std::make_unique<Bridge>(Napi::Env(env), self->group_, self->port_,
                                               self->tenure_, self, self->coming_);

        std::lock_guard<std::mutex> guard(self->lock_);

        self->bridge_ = std::move(bridge);
        return self->bridge_->MakeBinding(true, self->predecessor_stuck_at_);
    }

    static void OnAsync(uv_async_t *async)
    {
        static_cast<Environment *>(async->data)->Turn(nullptr);
    }
};

Environment::Environment(tsgi_group *group, tsgi_port *port, tsgi_tenure *tenure,
                         Listener *listener, const AppStates *coming, std::string stuck_at)
    : group_(group), port_(port), tenure_(tenure), listener_(listener), coming_(coming),
      predecessor_stuck_at_(std::move(stuck_at))
{
    if ((group->runtime->flags & TSGI_HOST_INLINE) != 0) {
        inline_turns_ = std::make_unique<InlineTurns>(port, tenure);
    }
}

Environment::~Environment() = default;

void Environment::Report(uint16_t tag, const std::string &text, tsgi_level level)
{
    tsgi_log(group_->runtime, nullptr, group_->apps, level, tag, text.data(), text.size());
}

// ---- up ----

bool Environment::Run()
{
    if (inline_turns_ == nullptr) {
        return RunHeld();
    }

    inline_turns_->Begin();
    bool stopped = RunHeld();
    inline_turns_->End();
    return stopped;
}

bool Environment::RunHeld()
{
    std::string error;

    began_ = Pulse::Now();
    setup_ = Setup::Create(group_->memory_limit, kFlags, &error);

    if (setup_ == nullptr) {
        Report(TSGI_TAG_NO_ENVIRONMENT, "a Node environment could not be made: " + error);
        return false;
    }

    {
        // For the thread's whole stay in this isolate, but for the rests of InlineTurns.
        v8::Locker locker(setup_->isolate());
        v8::Isolate::Scope isolate_scope(setup_->isolate());
        v8::HandleScope handle_scope(setup_->isolate());
        v8::Context::Scope context_scope(setup_->context());

        if (Load()) {
            Loop();
        }

        TakeDown();
    }

    setup_.reset();
    memory_.reset(); // until then V8 may ask for more
    GiveMemoryBack();
    ReportReturn();
    return stopped_;
}

bool Environment::Load()
{
    node::Environment *env = setup_->env();

    async_ = new uv_async_t;
    async_->data = this;
    uv_async_init(setup_->loop(), async_, EnvironmentAccess::OnAsync);
    pulse_.Start(setup_->loop(), [this](uint64_t now) { Beat(now); });
    memory_ = std::make_unique<Memory>(setup_->isolate(), group_->memory_limit, [this] {
        Condemn(TSGI_TAG_OUTGROWN, "the application's isolate has reached its limit of memory, " +
                                       Megabytes(group_->memory_limit));
    });

    {
        std::lock_guard<std::mutex> guard(lock_);

        node_ = env;
    }

    node::SetProcessExitHandler(env, [this](node::Environment *, int code) {
        Condemn(TSGI_TAG_EXITED,
                "the application's isolate exited with code " + std::to_string(code));
    });

    node::AddLinkedBinding(env, "tsgi", EnvironmentAccess::MakeBinding);
    node::AddLinkedBinding(env, "tsgi_thread", Children::MakeBinding);

    current = this;
    v8::TryCatch catcher(setup_->isolate());
    bool loaded = !node::LoadEnvironment(env, BootScript().c_str()).IsEmpty();
    current = nullptr;

    if (!loaded && !dying_ && !stop_wanted_.load()) {
        v8::String::Utf8Value text(setup_->isolate(), catcher.Exception());

        Report(TSGI_TAG_BOOT_FAILED, std::string("the isolate could not start: ") +
                                         (*text != nullptr ? *text : "JavaScript was interrupted"));
    }

    if (loaded && inline_turns_ != nullptr) {
        inline_turns_->Open(
            setup_->isolate(), setup_->loop(), [this](tsgi_port *visitor) { Turn(visitor); },
            [this] { Wake(); });
    }

    came_up_.store(loaded);
    return loaded;
}

// ---- turns ----

void Environment::Loop()
{
    v8::SealHandleScope seal(setup_->isolate());

    // Ends when somebody calls node::Stop; the async handle keeps the loop alive until then.
    static_cast<void>(node::SpinEventLoop(setup_->env()));
}

void Environment::Beat(uint64_t now)
{
    if (tsgi_tenure_is_lost(tenure_)) {
        Terminate();
    }

    memory_->Sample(now);

    if (version_due_ && !new_files_) {
        version_due_ = false;
        TellVersion();
    }

    TellFiles();

    if (inline_turns_ != nullptr) {
        inline_turns_->Rest();
    }
}

void Environment::Turn(tsgi_port *visitor)
{
    v8::HandleScope scope(setup_->isolate());
    v8::Context::Scope context_scope(setup_->context());

    if (bridge_ == nullptr) {
        return;
    }

    if (stop_wanted_.load() && !stop_asked_) {
        stop_asked_ = true;
        bridge_->Stop();
    }

    bridge_->Drain(visitor);

    if (visitor != nullptr) {
        memory_->Sample(uv_now(setup_->loop()));
        TellFiles();
    }
}

void Environment::Wake()
{
    uv_async_send(async_);
}

void Environment::Stop()
{
    stop_wanted_.store(true);
    tsgi_port_wake(port_);
}

void Environment::Stopped()
{
    stopped_ = true;
    Terminate();
}

void Environment::Die(const char *reason)
{
    Condemn(TSGI_TAG_EXITED, std::string("the application's isolate ends: ") + reason);
}

void Environment::Terminate()
{
    std::lock_guard<std::mutex> guard(lock_);

    if (node_ != nullptr) {
        node::Stop(node_);
    }
}

// ---- before its time ----

// What is known of it at its end.
std::string Environment::Life() const
{
    uint64_t lived = Pulse::Now() - began_;
    char seconds[32];

    snprintf(seconds, sizeof(seconds), "%llu.%03llu", static_cast<unsigned long long>(lived / 1000),
             static_cast<unsigned long long>(lived % 1000));

    return "up " + std::string(seconds) + " s, " +
           std::to_string(bridge_ != nullptr ? bridge_->Begun() : 0) + " requests";
}

// The same, and the requests it takes with it.
std::string Environment::Record() const
{
    std::string text = " (" + Life() + ", ";

    text += Megabytes(memory_ != nullptr ? memory_->Used() : 0) + " in use)";

    return bridge_ != nullptr ? text + bridge_->InFlight(kShown) : text;
}

void Environment::Condemn(uint16_t tag, const std::string &cause, const std::string &detail)
{
    if (!dying_ && !tsgi_tenure_is_lost(tenure_)) {
        dying_ = true;
        Report(tag, cause + Record() + detail);
    }

    Terminate();
}

void Environment::Ping()
{
    tsgi_port_wake(port_);
}

void Environment::Interrupt(uint64_t stuck)
{
    std::lock_guard<std::mutex> guard(lock_);

    stuck_.store(stuck);

    if (node_ != nullptr) {
        setup_->isolate()->RequestInterrupt(OnInterrupt, this);
    }
}

void Environment::OnInterrupt(v8::Isolate *isolate, void *data)
{
    auto *self = static_cast<Environment *>(data);

    if (tsgi_tenure_is_lost(self->tenure_)) {
        self->stuck_at_ = StackOf(isolate);
        self->Terminate();
        return;
    }

    uint64_t stuck = self->stuck_.exchange(0);

    if (stuck != 0) {
        self->stuck_at_ = StackOf(isolate);
        self->Condemn(TSGI_TAG_STALLED,
                      "the application's thread has not come back to its event loop for " +
                          std::to_string(stuck) + " ms and is stopped where it is",
                      self->stuck_at_);
    }
}

// ---- down ----

void Environment::TakeDown()
{
    TellFiles();

    {
        std::lock_guard<std::mutex> guard(lock_);

        node_ = nullptr;
    }

    if (bridge_ != nullptr) {
        bridge_->Detach(); // from here on nobody wakes this loop
    }

    int open = 1;

    async_->data = &open;
    uv_close(reinterpret_cast<uv_handle_t *>(async_), [](uv_handle_t *handle) {
        --*static_cast<int *>(handle->data);
        delete reinterpret_cast<uv_async_t *>(handle);
    });
    pulse_.Close(&open);

    if (inline_turns_ != nullptr) {
        inline_turns_->Close(&open);
    }

    node::Stop(setup_->env()); // the turns below run no JavaScript

    while (open > 0) {
        uv_run(setup_->loop(), UV_RUN_NOWAIT);
    }

    async_ = nullptr;

    std::lock_guard<std::mutex> guard(lock_);

    bridge_.reset();
}

} // namespace tsgi
