// A web server without a network: the host half of tsgi/api.h on threads of its own, steered by a test.
//
//     new FakeHost(api, options, onMessage)     api is the External that tsgi.node's hostApi() gives
//     .group(options)          External of a tsgi_group, for tsgi.node's isolate()
//     .app(group, options)     External of a tsgi_app
//     .begin(app, view)        the number of a new exchange, or a negative tsgi_status
//     .body(n, bytes)  .bodyFile(n, fd, offset, size)  .bodyEnd(n, status)  .credit(n, cost)
//     .abort(n, reason)  .wanted(n)  .live()  .drain()  .stop()
//
// Every call is carried out on the host thread of its exchange, and the test waits for it; what
// the runtime sends comes back as calls of onMessage, in order. A DATA or FILE message is held
// until JavaScript has seen it, which may be long after its exchange has ended: that is how a
// server with a slow client behaves. Nothing of TSGI but native/include/tsgi is used here.

#include <napi.h>
#include <unistd.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fake_host_event.h"
#include "fake_host_port.h"
#include "fake_host_view.h"

extern "C" {
#include "tsgi/api.h"
}

namespace tsgi_fake
{

class FakeHost : public Napi::ObjectWrap<FakeHost>
{
  public:
    static Napi::Function Define(Napi::Env env)
    {
        return DefineClass(
            env, "FakeHost",
            {InstanceMethod<&FakeHost::OpenGroup>("group"),
             InstanceMethod<&FakeHost::OpenApp>("app"), InstanceMethod<&FakeHost::Begin>("begin"),
             InstanceMethod<&FakeHost::Body>("body"),
             InstanceMethod<&FakeHost::BodyFile>("bodyFile"),
             InstanceMethod<&FakeHost::BodyEnd>("bodyEnd"),
             InstanceMethod<&FakeHost::Credit>("credit"), InstanceMethod<&FakeHost::Abort>("abort"),
             InstanceMethod<&FakeHost::Wanted>("wanted"), InstanceMethod<&FakeHost::Live>("live"),
             InstanceMethod<&FakeHost::Drain>("drain"), InstanceMethod<&FakeHost::Stop>("stop")});
    }

    explicit FakeHost(const Napi::CallbackInfo &info) : Napi::ObjectWrap<FakeHost>(info)
    {
        Napi::Object options = info[1].As<Napi::Object>();

        api_ = info[0].As<Napi::External<tsgi_api>>().Data();
        on_message_ = Napi::ThreadSafeFunction::New(info.Env(), info[2].As<Napi::Function>(),
                                                    "fake host", 0, 1);
        on_message_.Unref(info.Env());
        host_ = {};
        host_.struct_size = sizeof(host_);
        host_.wake = OnWake;
        host_.deliver = OnDeliver;
        host_.log = OnLog;
        host_.alarm = OnAlarm;
        host_.defer = options.Get("defer").ToBoolean() ? OnDefer : nullptr;

        tsgi_runtime_options start = {};
        const char *message = nullptr;
        start.struct_size = sizeof(start);
        start.flags = Number(options, "flags", 0);
        start.host_name = "fake";
        start.host = &host_;
        start.port_data = this;
        start.max_groups = Number(options, "maxGroups", 0);
        if (api_->runtime_start(&start, &runtime_, &message) != TSGI_OK) {
            Napi::Error::New(info.Env(), message).ThrowAsJavaScriptException();
            return;
        }
        for (uint32_t i = 0; i < Number(options, "ports", 1); i++) {
            ports_.push_back(std::make_shared<Port>());
            Port *port = ports_.back().get();
            port->host = this;
            port->api = api_;
            port->runtime = runtime_;
            port->table = &host_;
            port->max = Number(options, "drainMax", 16);
            port->random.seed(Number(options, "seed", 0) + i);
            port->reluctant = options.Has("seed");
            port->thread = std::thread([port] { port->Run(); });
            port->Do([] {}); // it is open
        }
    }

    ~FakeHost() override { End(); }

  private:
    // ---- what the runtime calls ----

    static void OnWake(void *data)
    {
        Port *port = static_cast<Port *>(data);
        std::lock_guard<std::mutex> guard(port->lock);
        port->woken = true;
        port->changed.notify_all();
    }

    static void OnDeliver(void *data, void *request, tsgi_message *message)
    {
        Port *port = static_cast<Port *>(data);
        Request *own = static_cast<Request *>(request);
        auto event = std::make_unique<Event>(EventOf(message));
        event->number = own->number;
        if (message->kind == TSGI_END) {
            own->exchange = nullptr;
            port->ended.push_back(own->number);
        }
        if (message->kind == TSGI_DATA || message->kind == TSGI_FILE) {
            event->held = message;
            event->port = port->shared_from_this();
        }
        port->host->Tell(std::move(event));
        if (own->abort_after > 0 && --own->abort_after == 0 && own->exchange != nullptr) {
            port->host->Cut(own, TSGI_ABORT_CLIENT);
        }
    }

    static void OnLog(void *data, const tsgi_record *record)
    {
        Port *port = static_cast<Port *>(data);
        auto event = std::make_unique<Event>();
        event->kind = "log";
        event->number =
            record->request == nullptr ? 0 : static_cast<Request *>(record->request)->number;
        event->amount = record->level;
        event->tag = record->tag;
        event->text.assign(record->text.data, record->text.size);
        event->request_id.assign(record->request_id.data == nullptr ? "" : record->request_id.data,
                                 record->request_id.size);
        port->host->Tell(std::move(event));
    }

    static void OnDefer(void *data) { static_cast<Port *>(data)->deferred = true; }

    static void OnAlarm(void *, const char *text, uint32_t size)
    {
        ssize_t written = write(STDERR_FILENO, text, size);
        (void)written;
    }

    // ---- towards JavaScript ----

    void Tell(std::unique_ptr<Event> event)
    {
        Event *owned = event.release();
        if (on_message_.NonBlockingCall(owned, TellEvent) != napi_ok) {
            GiveBack(owned);
            delete owned;
        }
    }

    // ---- what the test calls ----

    template <typename T> static Napi::Value Made(Napi::Env env, tsgi_status status, T *made)
    {
        if (status != TSGI_OK) {
            return Napi::Number::New(env, status);
        }
        return Napi::External<T>::New(env, made);
    }

    Napi::Value OpenGroup(const Napi::CallbackInfo &info)
    {
        Napi::Object from = info[0].As<Napi::Object>();
        std::string name = Latin1(from.Get("name"));
        std::deque<std::string> texts;
        std::vector<tsgi_variable> env;
        if (from.Get("env").IsObject()) {
            Napi::Object variables = from.Get("env").As<Napi::Object>();
            Napi::Array names = variables.GetPropertyNames();
            for (uint32_t i = 0; i < names.Length(); i++) {
                texts.push_back(names.Get(i).As<Napi::String>().Utf8Value());
                texts.push_back(variables.Get(names.Get(i)).As<Napi::String>().Utf8Value());
                env.push_back({texts[texts.size() - 2].c_str(), texts.back().c_str()});
            }
        }
        tsgi_group_options options = {};
        options.struct_size = sizeof(options);
        options.threads = Number(from, "threads", 1);
        options.name = name.c_str();
        options.env = env.data();
        options.env_count = static_cast<uint32_t>(env.size());

        tsgi_group *group = nullptr;
        tsgi_status status = TSGI_OK;
        First()->Do([&] { status = api_->group_open(runtime_, &options, &group); });
        return Made(info.Env(), status, group);
    }

    Napi::Value OpenApp(const Napi::CallbackInfo &info)
    {
        tsgi_group *group = info[0].As<Napi::External<tsgi_group>>().Data();
        Napi::Object from = info[1].As<Napi::Object>();
        std::string script = from.Get("script").As<Napi::String>().Utf8Value();
        std::string callable = from.Get("callable").IsString() ? Latin1(from.Get("callable")) : "";
        std::string kind =
            from.Get("interface").IsString() ? Latin1(from.Get("interface")) : "auto";
        tsgi_app_options options = {};
        options.struct_size = sizeof(options);
        options.flags = from.Get("preload").ToBoolean() ? TSGI_APP_PRELOAD : 0;
        options.script = script.c_str();
        options.callable = from.Get("callable").IsString() ? callable.c_str() : nullptr;
        options.interface = kind.c_str();
        options.window = Number(from, "window", 256 * 1024);
        options.write_limit = Number(from, "writeLimit", 64 << 20);

        tsgi_app *app = nullptr;
        tsgi_status status = TSGI_OK;
        First()->Do([&] { status = api_->app_open(group, &options, &app); });
        return Made(info.Env(), status, app);
    }

    Napi::Value Begin(const Napi::CallbackInfo &info)
    {
        if (ports_.empty()) {
            return Napi::Number::New(info.Env(), TSGI_UNAVAILABLE);
        }
        tsgi_app *app = info[0].As<Napi::External<tsgi_app>>().Data();
        Napi::Object from = info[1].As<Napi::Object>();
        View view(from);
        Napi::Value abort_after = from.Get("abortAfter");
        uint32_t number = ++last_number_;
        auto request = std::make_unique<Request>();
        Request *own = request.get();
        Port *port = PortOf(number);
        own->number = number;
        own->port = port;
        own->exchange = nullptr;
        own->abort_after =
            abort_after.IsNumber() ? abort_after.As<Napi::Number>().Int64Value() : -1;

        tsgi_status status = TSGI_OK;
        port->Do([&] {
            status = api_->exchange_begin(port->port, app, view.get(), own, &own->exchange);
            if (status == TSGI_OK) {
                port->requests[number] = std::move(request);
                if (own->abort_after == 0) {
                    Cut(own, TSGI_ABORT_CLIENT);
                }
            }
        });
        double result = status;
        return Napi::Number::New(info.Env(), status == TSGI_OK ? number : result);
    }

    // Carries out `call` for the exchange that the first argument names; TSGI_EXPIRED when it has ended.
    Napi::Value With(const Napi::CallbackInfo &info, const std::function<double(Request *)> &call)
    {
        if (ports_.empty()) { // stopped: messages may still be on their way to JavaScript
            return Napi::Number::New(info.Env(), TSGI_EXPIRED);
        }
        uint32_t number = info[0].As<Napi::Number>().Uint32Value();
        Port *port = PortOf(number);
        double result = TSGI_EXPIRED;
        port->Do([&] {
            if (Request *request = port->Find(number)) {
                result = call(request);
            }
        });
        return Napi::Number::New(info.Env(), result);
    }

    Napi::Value Body(const Napi::CallbackInfo &info)
    {
        Napi::Buffer<char> bytes = info[1].As<Napi::Buffer<char>>();
        return With(info, [&](Request *request) {
            return api_->exchange_body(request->exchange, bytes.Data(), bytes.Length());
        });
    }

    Napi::Value BodyFile(const Napi::CallbackInfo &info)
    {
        int fd = info[1].As<Napi::Number>().Int32Value();
        uint64_t offset = static_cast<uint64_t>(info[2].As<Napi::Number>().Int64Value());
        uint64_t size = static_cast<uint64_t>(info[3].As<Napi::Number>().Int64Value());
        return With(info, [&](Request *request) {
            return api_->exchange_body_file(request->exchange, fd, offset, size);
        });
    }

    Napi::Value BodyEnd(const Napi::CallbackInfo &info)
    {
        uint16_t status = static_cast<uint16_t>(info[1].As<Napi::Number>().Uint32Value());
        return With(info, [&](Request *request) {
            return api_->exchange_body_end(request->exchange, status);
        });
    }

    Napi::Value Credit(const Napi::CallbackInfo &info)
    {
        uint64_t cost = static_cast<uint64_t>(info[1].As<Napi::Number>().Int64Value());
        return With(info, [&](Request *request) {
            api_->exchange_credit(request->exchange, cost);
            return TSGI_OK;
        });
    }

    Napi::Value Abort(const Napi::CallbackInfo &info)
    {
        tsgi_abort reason = static_cast<tsgi_abort>(info[1].As<Napi::Number>().Uint32Value());
        return With(info, [&](Request *request) {
            Cut(request, reason);
            return TSGI_OK;
        });
    }

    Napi::Value Wanted(const Napi::CallbackInfo &info)
    {
        return With(info, [&](Request *request) {
            return static_cast<double>(api_->exchange_wanted(request->exchange));
        });
    }

    Napi::Value Live(const Napi::CallbackInfo &info)
    {
        return Napi::Number::New(info.Env(), api_->runtime_live(runtime_));
    }

    void Drain(const Napi::CallbackInfo &)
    {
        First()->Do([&] { api_->runtime_drain(runtime_); });
    }

    void Stop(const Napi::CallbackInfo &) { End(); }

    void Cut(Request *request, tsgi_abort reason)
    {
        tsgi_exchange *exchange = request->exchange;
        request->exchange = nullptr;
        request->port->ended.push_back(request->number);
        api_->exchange_abort(exchange, reason);
    }

    void End()
    {
        if (ports_.empty()) {
            return;
        }
        for (auto &port : ports_) {
            {
                std::lock_guard<std::mutex> guard(port->lock);
                port->stopping = true;
                port->changed.notify_all();
            }
            port->thread.join();
        }
        api_->runtime_stop(runtime_, 1000);
        ports_.clear();
        on_message_.Release();
    }

    Port *First() { return ports_[0].get(); }
    Port *PortOf(uint32_t number) { return ports_[number % ports_.size()].get(); }

    const tsgi_api *api_ = nullptr;
    tsgi_host host_;
    tsgi_runtime *runtime_ = nullptr;
    uint32_t last_number_ = 0;
    std::vector<std::shared_ptr<Port>> ports_;
    Napi::ThreadSafeFunction on_message_;
};

} // namespace tsgi_fake

// The macro defines its functions where it stands.
static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
    exports.Set("FakeHost", tsgi_fake::FakeHost::Define(env));
    return exports;
}

NODE_API_MODULE(tsgi_fake_host, Init)
