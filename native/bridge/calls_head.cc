// The functions of `Binding` that are given the head of a response.

#include "arguments.h"
#include "calls.h"
#include "chunks.h"
#include "text.h"

extern "C" {
#include "core/message.h"
}

namespace tsgi
{

namespace
{

// The head of a response and the text that it points into.
struct Head : tsgi_head {
    // The arguments are the handle, whose slot this is, the status, the text and the number of
    // fields; the cuts of the text are in the shared words.
    template <size_t kCount>
    tsgi_status Read(napi_env env, const Arguments<kCount> &arguments, const Slot *slot,
                     const uint32_t *words);

  private:
    Text storage_;
};

template <size_t kCount>
tsgi_status Head::Read(napi_env env, const Arguments<kCount> &arguments, const Slot *slot,
                       const uint32_t *words)
{
    if (slot == nullptr) {
        return TSGI_EXPIRED;
    }

    uint64_t count = arguments.Integer(3);

    if (count > (kWordCount - 1) / 2) {
        return TSGI_INVALID;
    }

    uint64_t length = words[0];

    for (uint64_t i = 1; i <= 2 * count; i++) {
        length += words[i];
    }

    if (!storage_.ReadLatin1(env, arguments[2], length)) {
        return TSGI_INVALID;
    }

    status = static_cast<uint16_t>(arguments.Integer(1, 999));
    text = storage_.data();
    size = storage_.size();
    cuts = words;
    fields = static_cast<uint32_t>(count);
    return TSGI_OK;
}

// DATA of a body that is given as a whole. NULL with *status set: it does not fit the window, or it
// is no body, or memory is short.
tsgi_message *WholeBody(napi_env env, tsgi_exchange *exchange, const Arguments<5> &arguments,
                        tsgi_status *status)
{
    uint64_t room = tsgi_exchange_room(exchange);
    const char *bytes;
    size_t size;

    if (!arguments.Bytes(4, &bytes, &size)) {
        return DataOfString(env, exchange, arguments[4], room, status);
    }

    if (size > room) {
        *status = TSGI_AGAIN;
        return nullptr;
    }

    return DataOfBytes(exchange, bytes, size, status);
}

} // namespace

napi_value Calls::Start(napi_env env, napi_callback_info info)
{
    Arguments<5> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Presence presence(bridge);
    Slot *slot = presence.Find(arguments.Number(0));
    Head head;
    tsgi_status status = head.Read(env, arguments, slot, bridge->word_data_);

    if (status != TSGI_OK) {
        return Result(env, status);
    }

    double length = arguments.Number(4);

    return Result(env, tsgi_exchange_start(slot->exchange, &head,
                                           length >= 0 && length <= 9007199254740991.0
                                               ? static_cast<int64_t>(length)
                                               : -1));
}

napi_value Calls::Respond(napi_env env, napi_callback_info info)
{
    Arguments<5> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Presence presence(bridge);
    Slot *slot = presence.Find(arguments.Number(0));
    Head head;
    tsgi_status status = head.Read(env, arguments, slot, bridge->word_data_);

    if (status != TSGI_OK) {
        return Result(env, status);
    }

    tsgi_exchange *exchange = slot->exchange;
    uint32_t number = Slots::NumberOf(exchange);
    tsgi_message *data = nullptr;
    int64_t length = -1;

    if (!arguments.IsUndefined(4)) {
        data = WholeBody(env, exchange, arguments, &status);

        if (data == nullptr) {
            return Result(env, status);
        }

        length = data->u.data.size;

        if (length == 0) {
            tsgi_message_done(data);
            data = nullptr;
        }
    }

    status = tsgi_exchange_respond(exchange, &head, length, data);

    if (status == TSGI_OK) {
        bridge->slots_.Release(number);
    }

    return Result(env, status);
}

napi_value Calls::Inform(napi_env env, napi_callback_info info)
{
    Arguments<4> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Presence presence(bridge);
    Slot *slot = presence.Find(arguments.Number(0));
    Head head;
    tsgi_status status = head.Read(env, arguments, slot, bridge->word_data_);

    if (status != TSGI_OK) {
        return Result(env, status);
    }

    return Result(env, tsgi_exchange_inform(slot->exchange, &head));
}

} // namespace tsgi
