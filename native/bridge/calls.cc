#include "calls.h"

#include <algorithm>

#include "arguments.h"
#include "chunks.h"
#include "text.h"

extern "C" {
#include "core/log.h"
}

namespace tsgi
{

napi_value Calls::Attach(napi_env env, napi_callback_info info)
{
    Arguments<1> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Napi::Value value(env, arguments[0]);

    if (!value.IsObject() || !bridge->begin_.IsEmpty()) {
        return nullptr;
    }

    Napi::Object callbacks = value.As<Napi::Object>();
    const struct {
        const char *name;
        Napi::FunctionReference *reference;
    } functions[] = {
        {"begin", &bridge->begin_},   {"body", &bridge->body_},   {"bodyEnd", &bridge->body_end_},
        {"credit", &bridge->credit_}, {"abort", &bridge->abort_}, {"open", &bridge->open_},
        {"stop", &bridge->stop_},
    };

    for (const auto &function : functions) {
        Napi::Value member = callbacks.Get(function.name);

        if (!member.IsFunction()) {
            Napi::TypeError::New(env, std::string("callbacks.") + function.name + " is no function")
                .ThrowAsJavaScriptException();
            return nullptr;
        }

        // Bound, so that a call needs no receiver.
        Napi::Function bind = member.As<Napi::Function>().Get("bind").As<Napi::Function>();
        *function.reference = Napi::Persistent(bind.Call(member, {callbacks}).As<Napi::Function>());
    }

    Presence presence(bridge);

    if (presence.Holds()) {
        bridge->OpenNewApps();
    }

    if (presence.Holds()) {
        tsgi_port_receive(bridge->port_, Bridge::OnWake, bridge);
        bridge->turns_->Wake(); // for what was queued before
    }

    return nullptr;
}

tsgi_app *Calls::FindApp(const Bridge &bridge, uint64_t id)
{
    for (tsgi_app *app : bridge.apps_) {
        if (app->id == id) {
            return app;
        }
    }

    return nullptr;
}

napi_value Calls::Ready(napi_env env, napi_callback_info info)
{
    Arguments<1> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    const tsgi_app *app = FindApp(*bridge, arguments.Integer(0));

    if (app != nullptr) {
        if (app->id >= bridge->app_is_ready_.size()) {
            bridge->app_is_ready_.resize(app->id + 1);
        }

        bridge->app_is_ready_[app->id] = true;
    }

    return nullptr;
}

napi_value Calls::Take(napi_env env, napi_callback_info info)
{
    Arguments<1> arguments(env, info);
    Presence presence(arguments.Data<Bridge>());
    Slot *slot = presence.Find(arguments.Number(0));
    bool taken = slot != nullptr && tsgi_exchange_take(slot->exchange);

    return Result(env, taken ? TSGI_OK : TSGI_EXPIRED);
}

napi_value Calls::Data(napi_env env, napi_callback_info info)
{
    Arguments<3> arguments(env, info);
    Presence presence(arguments.Data<Bridge>());
    Slot *slot = presence.Find(arguments.Number(0));

    if (slot == nullptr) {
        return Result(env, TSGI_EXPIRED);
    }

    tsgi_exchange *exchange = slot->exchange;
    size_t offset = arguments.Integer(2);

    if (exchange->app_state != TSGI_STARTED) {
        return Result(env, TSGI_ORDER);
    }

    if (tsgi_exchange_is_bodiless(exchange)) {
        return Result(env, DiscardChunk(env, arguments[1], offset));
    }

    const char *bytes;
    size_t size;

    if (!arguments.Bytes(1, &bytes, &size)) {
        return Result(env, SendString(env, exchange, arguments[1]));
    }

    offset = std::min(offset, size);
    return Result(env, SendBytes(exchange, bytes + offset, size - offset));
}

napi_value Calls::File(napi_env env, napi_callback_info info)
{
    Arguments<4> arguments(env, info);
    Presence presence(arguments.Data<Bridge>());
    Slot *slot = presence.Find(arguments.Number(0));

    if (slot == nullptr) {
        return Result(env, TSGI_EXPIRED);
    }

    return Result(env, tsgi_exchange_file(slot->exchange, static_cast<int>(arguments.Number(1)),
                                          arguments.Integer(2), arguments.Integer(3)));
}

napi_value Calls::End(napi_env env, napi_callback_info info)
{
    Arguments<2> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Presence presence(bridge);
    Slot *slot = presence.Find(arguments.Number(0));

    if (slot == nullptr) {
        return Result(env, TSGI_EXPIRED);
    }

    tsgi_exchange *exchange = slot->exchange;
    uint32_t number = Slots::NumberOf(exchange);
    tsgi_status status =
        tsgi_exchange_end(exchange, static_cast<uint16_t>(arguments.Integer(1, 999)));

    if (status == TSGI_OK) {
        bridge->slots_.Release(number);
    }

    return Result(env, status);
}

napi_value Calls::Want(napi_env env, napi_callback_info info)
{
    Arguments<2> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Presence presence(bridge);
    Slot *slot = presence.Find(arguments.Number(0));
    uint64_t size = arguments.Integer(1);

    if (slot == nullptr) {
        return Result(env, TSGI_EXPIRED);
    }

    if (slot->held != nullptr) {
        // A spooled piece waits here; it goes on in the next turn, not under the caller's feet.
        slot->allowed += size;
        bridge->ready_.push_back(Slots::NumberOf(slot->exchange));
        bridge->turns_->Wake();
    }

    // A host that has sent everything need not be told.
    return Result(env, slot->fed ? TSGI_OK : tsgi_exchange_want(slot->exchange, size));
}

napi_value Calls::RawHeaders(napi_env env, napi_callback_info info)
{
    Arguments<1> arguments(env, info);
    Presence presence(arguments.Data<Bridge>());
    Slot *slot = presence.Find(arguments.Number(0));

    if (slot == nullptr) {
        return nullptr;
    }

    const tsgi_environ &environ = slot->exchange->environ;
    const char *raw = environ.raw;
    uint32_t count = 2 * environ.header_count;
    napi_value result;

    napi_create_array_with_length(env, count, &result);

    for (uint32_t i = 0; i < count; i++) {
        napi_value text;

        napi_create_string_latin1(env, raw, environ.cuts[i], &text);
        napi_set_element(env, result, i, text);
        raw += environ.cuts[i];
    }

    return result;
}

napi_value Calls::Log(napi_env env, napi_callback_info info)
{
    Arguments<5> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Presence presence(bridge);
    Slot *slot = presence.Find(arguments.Number(0));
    tsgi_app *app = FindApp(*bridge, arguments.Integer(1));
    Text text;

    if (text.ReadUtf8(env, arguments[4])) {
        tsgi_log(bridge->group_->runtime, slot != nullptr ? slot->exchange : nullptr, app,
                 static_cast<tsgi_level>(arguments.Integer(2, TSGI_LEVEL_DEBUG)),
                 static_cast<uint16_t>(arguments.Integer(3, 9999)), text.data(), text.size());
    }

    return nullptr;
}

napi_value Calls::Stopped(napi_env env, napi_callback_info info)
{
    Arguments<1>(env, info).Data<Bridge>()->turns_->Stopped();
    return nullptr;
}

// Hands on the reason that is its only argument.
napi_value Calls::Tell(napi_env env, napi_callback_info info, void (Turns::*told)(const char *))
{
    Arguments<1> arguments(env, info);
    Text text;
    bool read = text.ReadUtf8(env, arguments[0]);

    (arguments.Data<Bridge>()->turns_->*told)(read ? text.data() : "");
    return nullptr;
}

napi_value Calls::Die(napi_env env, napi_callback_info info)
{
    return Tell(env, info, &Turns::Die);
}

napi_value Calls::Watch(napi_env env, napi_callback_info info)
{
    Arguments<2> arguments(env, info);
    Text path;
    Text stamp;

    if (path.ReadUtf8(env, arguments[0])) {
        bool read = stamp.ReadUtf8(env, arguments[1]);

        arguments.Data<Bridge>()->turns_->Watch(path.data(), read ? stamp.data() : nullptr);
    }

    return nullptr;
}

napi_value Calls::NoteApp(napi_env env, napi_callback_info info)
{
    Arguments<2> arguments(env, info);
    uint64_t state = arguments.Integer(1);

    if (state >= static_cast<uint64_t>(AppState::kLoading) &&
        state <= static_cast<uint64_t>(AppState::kFailed)) {
        arguments.Data<Bridge>()->turns_->Note(static_cast<uint32_t>(arguments.Integer(0)),
                                               static_cast<AppState>(state));
    }

    return nullptr;
}

napi_value Calls::Arrived(napi_env env, napi_callback_info info)
{
    Arguments<1>(env, info).Data<Bridge>()->turns_->Ready();
    return nullptr;
}

napi_value Calls::Failed(napi_env env, napi_callback_info info)
{
    return Tell(env, info, &Turns::Failed);
}

void Calls::Define(Napi::Env env, Napi::Object binding, Bridge *bridge)
{
    const struct {
        const char *name;
        napi_callback function;
    } functions[] = {
        {"attach", Attach}, {"start", Start},     {"respond", Respond},
        {"data", Data},     {"file", File},       {"end", End},
        {"inform", Inform}, {"want", Want},       {"rawHeaders", RawHeaders},
        {"log", Log},       {"stopped", Stopped}, {"die", Die},
        {"watch", Watch},   {"ready", Ready},     {"take", Take},
        {"note", NoteApp},  {"arrived", Arrived}, {"failed", Failed},
    };

    for (const auto &function : functions) {
        napi_value value;

        napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.function, bridge,
                             &value);
        binding.Set(function.name, value);
    }
}

} // namespace tsgi
