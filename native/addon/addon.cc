// tsgi.node: the bridge under a stock node, for a host that lives in the same process.
//
//     hostApi(): External      the table of tsgi/api.h, for a native host
//     isolate(group: External, index?: number): Binding
//                              JavaScript of this thread becomes an isolate of a group that the
//                              host opened
//
// runtime_start makes a runtime without threads: isolates attach themselves.

#include <napi.h>

#include <memory>
#include <string>

#include "bridge/bridge.h"

extern "C" {
#include "core/api.h"
#include "core/log.h"
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

// Turns from a thread-safe function, which Node runs on its own loop.
class NodeTurns final : public Turns
{
  public:
    // Takes over the reference to `port`.
    NodeTurns(Napi::Env env, tsgi_group *group, tsgi_port *port)
        : env_(env), group_(group), port_(port)
    {
        tsgi_tenure_init(&tenure_);

        napi_value name = Napi::String::New(env, "tsgi");

        napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this,
                                        OnTurn, &function_);
        napi_unref_threadsafe_function(env, function_);
    }

    ~NodeTurns() override
    {
        napi_release_threadsafe_function(function_, napi_tsfn_abort);
        tsgi_port_unref(port_);
    }

    void Own(std::unique_ptr<Bridge> bridge) { bridge_ = std::move(bridge); }
    Bridge *bridge() { return bridge_.get(); }
    tsgi_tenure *tenure() { return &tenure_; }
    void Close() { bridge_.reset(); }

    void Wake() override
    {
        napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
    }

    void Stopped() override { bridge_->Detach(); }

    void Die(const char *reason) override
    {
        std::string text = std::string("the application's isolate ends: ") + reason;

        tsgi_log(group_->runtime, nullptr, nullptr, TSGI_LEVEL_ERROR, TSGI_TAG_EXITED, text.data(),
                 text.size());
        bridge_->Detach();
    }

    void Watch(const char *, const char *) override {} // whoever runs the process restarts it
    void Note(uint32_t, AppState) override {}
    void Ready() override {}
    void Failed(const char *) override {}

  private:
    static void OnTurn(napi_env env, napi_value, void *context, void *)
    {
        NodeTurns *self = static_cast<NodeTurns *>(context);

        if (env != nullptr && self->bridge_ != nullptr) {
            Napi::HandleScope scope(env);

            self->bridge_->Drain();
        }
    }

    Napi::Env env_;
    tsgi_group *const group_;
    tsgi_port *const port_;
    tsgi_tenure tenure_; // nobody takes it
    napi_threadsafe_function function_ = nullptr;
    std::unique_ptr<Bridge> bridge_;
};

tsgi_status RuntimeStart(const tsgi_runtime_options *options, tsgi_runtime **runtime,
                         const char **message)
{
    *runtime = tsgi_runtime_new(options, {nullptr, nullptr, nullptr});
    *message = *runtime == nullptr ? "out of memory" : nullptr;
    return *runtime == nullptr ? TSGI_NO_MEMORY : TSGI_OK;
}

// Isolates are their own threads' business; one that is still attached keeps the runtime.
void RuntimeStop(tsgi_runtime *runtime, uint32_t)
{
    atomic_store(&runtime->draining, true);
}

Napi::Value HostApi(const Napi::CallbackInfo &info)
{
    static tsgi_api api = [] {
        tsgi_api made = tsgi_api_make();

        made.runtime_start = RuntimeStart;
        made.runtime_stop = RuntimeStop;
        return made;
    }();

    return Napi::External<tsgi_api>::New(info.Env(), &api);
}

Napi::Value MakeIsolate(const Napi::CallbackInfo &info)
{
    Napi::Env env = info.Env();

    if (!info[0].IsExternal()) {
        Napi::TypeError::New(env, "isolate: the group is to be an External that a host made")
            .ThrowAsJavaScriptException();
        return env.Undefined();
    }

    tsgi_group *group = info[0].As<Napi::External<tsgi_group>>().Data();
    uint32_t index = info[1].IsNumber() ? info[1].As<Napi::Number>().Uint32Value() : 0;

    if (index >= group->threads) {
        Napi::RangeError::New(env, "isolate: the group has " + std::to_string(group->threads) +
                                       " isolates, not " + std::to_string(index + 1))
            .ThrowAsJavaScriptException();
        return env.Undefined();
    }

    tsgi_port *port = tsgi_group_port(group, index);
    NodeTurns *turns = new NodeTurns(env, group, port);

    turns->Own(std::make_unique<Bridge>(env, group, port, turns->tenure(), turns));

    // Before the environment goes, while Node-API may still be called.
    env.AddCleanupHook(
        [](NodeTurns *turns) {
            turns->Close();
            delete turns;
        },
        turns);

    return turns->bridge()->MakeBinding(false);
}

Napi::Object Init(Napi::Env env, Napi::Object exports)
{
    exports.Set("hostApi", Napi::Function::New(env, HostApi, "hostApi"));
    exports.Set("isolate", Napi::Function::New(env, MakeIsolate, "isolate"));
    return exports;
}

} // namespace

} // namespace tsgi

// The macro defines its functions where it stands.
static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
    return tsgi::Init(env, exports);
}

NODE_API_MODULE(tsgi, Init)
