#include "bridge.h"

#include <cstring>

extern "C" {
#include "core/log.h"
#include "core/message.h"
}

namespace tsgi
{

Bridge::Bridge(Napi::Env env, tsgi_group *group, tsgi_port *port, tsgi_tenure *tenure, Turns *turns,
               const AppStates *coming)
    : env_(env), group_(group), port_(port), tenure_(tenure), turns_(turns), coming_(coming)
{
    Napi::Object resource = Napi::Object::New(env);

    resource_ = Napi::Persistent(resource);
    napi_async_init(env, resource, Napi::String::New(env, "TSGI"), &context_);

    Napi::Uint32Array words = Napi::Uint32Array::New(env, kWordCount);

    words_ = Napi::Reference<Napi::Uint32Array>::New(words, 1);
    word_data_ = words.Data();
}

Bridge::~Bridge()
{
    Detach();
    napi_async_destroy(env_, context_);
}

void Bridge::OnWake(void *data)
{
    static_cast<Bridge *>(data)->turns_->Wake();
}

// ---- whose the port is ----

void Bridge::Enter()
{
    present_ = tsgi_tenure_enter(tenure_);

    if (!present_) {
        running_ = false; // somebody else speaks for what this bridge has begun
    }
}

void Bridge::Leave()
{
    if (present_) {
        present_ = false;
        tsgi_tenure_leave(tenure_);
    }
}

// ---- ends ----

void Bridge::EndExchange(uint32_t number, uint16_t status)
{
    tsgi_exchange *exchange = slots_.At(number).exchange;

    slots_.Release(number);
    tsgi_exchange_end(exchange, status);
}

void Bridge::Log(tsgi_exchange *exchange, int level, uint16_t tag, const char *text)
{
    tsgi_app *app = exchange != nullptr ? exchange->app : nullptr;

    tsgi_log(group_->runtime, exchange, app, static_cast<tsgi_level>(level), tag, text,
             strlen(text));
}

std::string Bridge::InFlight(uint32_t most) const
{
    std::string text;
    uint32_t live = 0;

    for (uint32_t number = 0; number < slots_.Size(); number++) {
        const tsgi_exchange *exchange = slots_.At(number).exchange;

        if (exchange != nullptr && live++ < most) {
            text += "\n    in flight: ";
            text.append(exchange->first_line.data, exchange->first_line.size);
        }
    }

    return live > most ? text + "\n    in flight: " + std::to_string(live - most) + " more" : text;
}

void Bridge::EndAll(uint16_t status)
{
    tsgi_port_receive(port_, nullptr, nullptr);

    for (uint32_t number = 0; number < slots_.Size(); number++) {
        if (slots_.At(number).exchange != nullptr) {
            EndExchange(number, status);
        }
    }
}

void Bridge::Detach()
{
    Presence presence(this);

    running_ = false;

    if (presence.Holds()) {
        EndAll(500);
    }
}

void Bridge::Abandon()
{
    EndAll(504);
    tsgi_turn_end(&port_->turn); // in the midst of which it may have been left
}

} // namespace tsgi
