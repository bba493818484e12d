// Messages from the host, on their way into JavaScript.

#include <cstring>

#include "bridge.h"

extern "C" {
#include "core/message.h"
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

// Messages in one turn: enough to share the cost of a callback scope, few enough for timers
// and sockets of the application to get their turn.
constexpr int kTurn = 64;

} // namespace

// ---- turns ----

void Bridge::Drain(tsgi_port *visitor)
{
    if (!running_ || begin_.IsEmpty()) {
        return;
    }

    napi_callback_scope scope;

    if (napi_open_callback_scope(env_, resource_.Value(), context_, &scope) != napi_ok) {
        return;
    }

    bool more = ReceiveSome(visitor);

    napi_close_callback_scope(env_, scope); // runs what waits for promises and ticks

    Presence presence(this);

    if (!presence.Holds()) {
        return;
    }

    tsgi_turn_end(&port_->turn);

    if (more && !tsgi_port_rest(port_)) {
        turns_->Wake();
    }
}

bool Bridge::ReceiveSome(tsgi_port *visitor)
{
    Presence presence(this);
    bool more = false;
    int count = 0;

    if (!presence.Holds()) {
        return false;
    }

    tsgi_turn_begin(&port_->turn);
    OpenNewApps();
    FeedReady();

    while (running_ && !more) {
        tsgi_message *message = tsgi_port_next(port_);

        if (message == nullptr) {
            break;
        }

        Receive(message);
        count++;

        if (presence.Holds()) {
            tsgi_turn_step(&port_->turn);
        }

        more = count == kTurn || (visitor != nullptr && !tsgi_queue_is_empty(&visitor->queue));
    }

    return more;
}

void Bridge::Stop()
{
    napi_callback_scope scope;

    if (!running_ || stop_.IsEmpty() ||
        napi_open_callback_scope(env_, resource_.Value(), context_, &scope) != napi_ok) {
        turns_->Stopped();
        return;
    }

    bool called;

    {
        Presence presence(this);

        called = presence.Holds() && Call(stop_, 0, nullptr);
    }

    if (!called) {
        turns_->Stopped();
    }

    napi_close_callback_scope(env_, scope);
}

bool Bridge::Call(const Napi::FunctionReference &callback, size_t count, const napi_value *values)
{
    Leave();

    napi_status status =
        napi_call_function(env_, env_.Undefined(), callback.Value(), count, values, nullptr);

    Enter();

    if (status == napi_ok) {
        return true;
    }

    // A script that was stopped in the call leaves either no exception or one that is no value, of
    // which Napi::Error cannot be made: it would end the process.
    napi_value thrown = nullptr;
    napi_get_and_clear_last_exception(env_, &thrown);

    if (!MayRun()) {
        running_ = false; // the environment is being stopped
        return false;
    }

    // src/server catches what an application throws; this is a defect of its own.
    std::string text = "internal error: " + Napi::Error(env_, thrown).Message();

    Log(nullptr, TSGI_TAG_SERVER_THREW_LEVEL, TSGI_TAG_SERVER_THREW, text.c_str());
    return false;
}

bool Bridge::MayRun()
{
    napi_value global;
    bool has;

    // This one looks into an object, which is refused once the environment is being stopped.
    return napi_get_global(env_, &global) == napi_ok &&
           napi_has_named_property(env_, global, "Object", &has) == napi_ok;
}

napi_value Bridge::Number(double value)
{
    napi_value result = nullptr;

    napi_create_double(env_, value, &result);
    return result;
}

void Bridge::OpenNewApps()
{
    while (running_ &&
           apps_.size() < atomic_load_explicit(&group_->app_count, std::memory_order_relaxed)) {
        tsgi_app *app = tsgi_group_next_app(group_, apps_.empty() ? nullptr : apps_.back());

        if (app == nullptr) {
            return;
        }

        apps_.push_back(app);

        Napi::HandleScope scope(env_);
        Napi::Object facts = Napi::Object::New(env_);

        facts.Set("id", app->id);
        facts.Set("script", app->script);
        facts.Set("interface", app->interface != nullptr ? app->interface : "auto");
        bool known = coming_ != nullptr && coming_->count(app->id) > 0;

        facts.Set("preload", (app->flags & TSGI_APP_PRELOAD) != 0 || known);
        facts.Set("required", known && coming_->at(app->id) != AppState::kFailed);
        facts.Set("writeLimit", static_cast<double>(app->write_limit));
        facts.Set("window", app->window);

        if (app->callable != nullptr) {
            facts.Set("callable", app->callable);
        }

        if (app->warmup != nullptr) {
            facts.Set("warmUp", app->warmup);
            facts.Set("mount", app->mount != nullptr ? app->mount : "");
        }

        napi_value value = facts;

        Call(open_, 1, &value);
    }
}

// ---- messages ----

void Bridge::Receive(tsgi_message *message)
{
    tsgi_exchange *exchange = message->exchange;
    Napi::HandleScope scope(env_);

    if (message->kind == TSGI_BEGIN) {
        Begin(message);
        return;
    }

    if (exchange->app_state == TSGI_OVER) {
        tsgi_message_done(message);
        return;
    }

    switch (message->kind) {
    case TSGI_BODY:
    case TSGI_BODY_END:
        HoldBody(message);
        return;
    case TSGI_CREDIT:
        Credit(message);
        return;
    default:
        Abort(message);
        return;
    }
}

napi_value Bridge::BeginWords(const tsgi_environ &environ)
{
    if (environ.word_count <= kWordCount) {
        memcpy(word_data_, environ.words, environ.word_count * sizeof(uint32_t));
        return words_.Value();
    }

    Napi::Uint32Array words = Napi::Uint32Array::New(env_, environ.word_count);

    memcpy(words.Data(), environ.words, environ.word_count * sizeof(uint32_t));
    return words;
}

bool Bridge::Admit(tsgi_exchange *exchange)
{
    tsgi_refusals_tell(exchange->app);

    return IsReady(exchange->app->id) ? tsgi_exchange_take(exchange)
                                      : !tsgi_exchange_is_withdrawn(exchange);
}

void Bridge::Begin(tsgi_message *message)
{
    tsgi_exchange *exchange = message->exchange;

    if (!Admit(exchange)) {
        tsgi_exchange_cut(exchange); // the ABORT that follows says nothing new
        tsgi_message_done(message);
        return;
    }

    uint32_t number = slots_.Take(exchange);

    begun_++;

    if (number == Slots::kCount) {
        Log(exchange, TSGI_TAG_NO_SLOT_LEVEL, TSGI_TAG_NO_SLOT,
            "more than 1048576 exchanges in one isolate");
        tsgi_exchange_end(exchange, 503);
        tsgi_message_done(message);
        return;
    }

    napi_value text;
    const tsgi_environ &environ = exchange->environ;

    slots_.At(number).allowed = exchange->app->window;
    slots_.At(number).fed = (exchange->flags & TSGI_VIEW_EMPTY_BODY) != 0;
    double handle = slots_.HandleOf(number);

    if (napi_create_string_latin1(env_, environ.text, environ.text_size, &text) != napi_ok) {
        EndExchange(number, 500);
        tsgi_message_done(message);
        return;
    }

    napi_value values[] = {Number(handle), Number(exchange->app->id), Number(exchange->flags), text,
                           BeginWords(environ)};

    tsgi_message_done(message);

    // A failed call of an environment that is being stopped leaves the exchange to Detach.
    if (!Call(begin_, 5, values) && running_ && slots_.Find(handle) != nullptr) {
        EndExchange(number, 500);
    }
}

void Bridge::Credit(tsgi_message *message)
{
    tsgi_exchange *exchange = message->exchange;

    tsgi_message_done(message);

    if (tsgi_exchange_take_credit(exchange)) {
        napi_value handle = Number(slots_.HandleOf(Slots::NumberOf(exchange)));

        Call(credit_, 1, &handle);
    }
}

void Bridge::Abort(tsgi_message *message)
{
    uint32_t number = Slots::NumberOf(message->exchange);
    napi_value values[] = {Number(slots_.HandleOf(number)), Number(message->u.end.status)};

    slots_.Release(number);
    tsgi_exchange_cut(message->exchange);
    tsgi_message_done(message);
    Call(abort_, 2, values);
}

} // namespace tsgi
