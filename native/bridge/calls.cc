#include "calls.h"

#include <algorithm>
#include <cstring>

#include "arguments.h"
#include "text.h"

extern "C" {
#include "core/log.h"
#include "core/message.h"
}

namespace tsgi
{

namespace
{

// Strings up to so many code units are encoded before their size is known.
constexpr size_t kShortString = 4096 / 3;

napi_value Result(napi_env env, double value)
{
    napi_value result = nullptr;

    napi_create_double(env, value, &result);
    return result;
}

// Reads the head of a response: its text, and its cuts from the shared words.
bool ReadHead(napi_env env, napi_value text, uint64_t status, uint64_t fields,
              const uint32_t *words, Text *storage, tsgi_head *head)
{
    if (fields > (kWordCount - 1) / 2) {
        return false;
    }

    uint64_t size = words[0];

    for (uint64_t i = 1; i <= 2 * fields; i++) {
        size += words[i];
    }

    if (!storage->ReadLatin1(env, text, size)) {
        return false;
    }

    head->status = static_cast<uint16_t>(status);
    head->text = storage->data();
    head->size = storage->size();
    head->cuts = words;
    head->fields = static_cast<uint32_t>(fields);
    return true;
}

// DATA of a string, of at most `room` bytes. NULL with *status set: it does not fit, or it is no
// string, or memory is short.
tsgi_message *StringData(napi_env env, tsgi_exchange *exchange, napi_value value, uint64_t room,
                         tsgi_status *status)
{
    char few[3 * kShortString + 1];
    size_t size;

    *status = TSGI_INVALID;

    if (napi_get_value_string_latin1(env, value, nullptr, 0, &size) != napi_ok) {
        return nullptr;
    }

    bool is_short = size <= kShortString;

    if (is_short) {
        napi_get_value_string_utf8(env, value, few, sizeof(few), &size);
    } else {
        napi_get_value_string_utf8(env, value, nullptr, 0, &size);
    }

    if (size > room || size > UINT32_MAX - 1) {
        *status = TSGI_AGAIN;
        return nullptr;
    }

    tsgi_message *data = tsgi_message_new_data(exchange, TSGI_DATA, static_cast<uint32_t>(size));

    if (data == nullptr) {
        *status = TSGI_NO_MEMORY;
        return nullptr;
    }

    if (is_short) {
        memcpy(tsgi_message_extra(data), few, size);
    } else {
        napi_get_value_string_utf8(env, value, tsgi_message_extra(data), size + 1, &size);
    }

    *status = TSGI_OK;
    return data;
}

// DATA of bytes.
tsgi_message *ByteData(tsgi_exchange *exchange, const char *bytes, size_t size, tsgi_status *status)
{
    tsgi_message *data = tsgi_message_new_data(exchange, TSGI_DATA, static_cast<uint32_t>(size));

    *status = data != nullptr ? TSGI_OK : TSGI_NO_MEMORY;

    if (data != nullptr && size > 0) { // an empty array may have no memory at all
        memcpy(tsgi_message_extra(data), bytes, size);
    }

    return data;
}

// What a bodiless response makes of a chunk: its size, as if it had been sent.
double Discard(napi_env env, napi_value chunk, size_t offset)
{
    size_t size = 0;
    void *bytes;

    if (napi_get_typedarray_info(env, chunk, nullptr, &size, &bytes, nullptr, nullptr) != napi_ok) {
        napi_get_value_string_utf8(env, chunk, nullptr, 0, &size);
        return static_cast<double>(size);
    }

    return static_cast<double>(size - std::min(offset, size));
}

double SendString(napi_env env, tsgi_exchange *exchange, napi_value chunk)
{
    uint64_t room = tsgi_exchange_room(exchange);
    tsgi_status status;

    if (room == 0) {
        return tsgi_exchange_is_full(exchange) ? TSGI_EXCESS : TSGI_AGAIN;
    }

    tsgi_message *data = StringData(env, exchange, chunk, room, &status);

    if (data == nullptr) {
        return status;
    }

    uint32_t size = data->u.data.size;

    if (size == 0) {
        tsgi_message_done(data);
        return 0;
    }

    status = tsgi_exchange_data(exchange, data);
    return status == TSGI_OK ? static_cast<double>(size) : static_cast<double>(status);
}

double SendBytes(tsgi_exchange *exchange, const char *bytes, size_t size)
{
    size_t room = std::min<uint64_t>({tsgi_exchange_room(exchange), size, UINT32_MAX - 1});
    tsgi_status status;

    if (room == 0) {
        return size > 0 && tsgi_exchange_is_full(exchange) ? static_cast<double>(TSGI_EXCESS) : 0;
    }

    tsgi_message *data = ByteData(exchange, bytes, room, &status);

    if (data != nullptr) {
        status = tsgi_exchange_data(exchange, data);
    }

    if (status != TSGI_OK) {
        return status;
    }

    return room < size && tsgi_exchange_is_full(exchange) ? static_cast<double>(TSGI_EXCESS)
                                                          : static_cast<double>(room);
}

} // namespace

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

    bridge->OpenNewApps();
    tsgi_port_receive(bridge->port_, Bridge::OnWake, bridge);
    bridge->turns_->Wake(); // for what was queued before
    return nullptr;
}

napi_value Calls::Start(napi_env env, napi_callback_info info)
{
    Arguments<5> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Slot *slot = bridge->slots_.Find(arguments.Number(0));
    Text text;
    tsgi_head head;

    if (slot == nullptr) {
        return Result(env, TSGI_EXPIRED);
    }

    if (!ReadHead(env, arguments[2], arguments.Integer(1, 999), arguments.Integer(3),
                  bridge->word_data_, &text, &head)) {
        return Result(env, TSGI_INVALID);
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
    Slot *slot = bridge->slots_.Find(arguments.Number(0));
    Text text;
    tsgi_head head;

    if (slot == nullptr) {
        return Result(env, TSGI_EXPIRED);
    }

    if (!ReadHead(env, arguments[2], arguments.Integer(1, 999), arguments.Integer(3),
                  bridge->word_data_, &text, &head)) {
        return Result(env, TSGI_INVALID);
    }

    tsgi_exchange *exchange = slot->exchange;
    uint32_t number = Slots::NumberOf(exchange);
    uint64_t room = tsgi_exchange_room(exchange);
    tsgi_message *data = nullptr;
    tsgi_status status = TSGI_OK;
    int64_t length = -1;

    if (!arguments.IsUndefined(4)) {
        const char *bytes;
        size_t size;

        if (!arguments.Bytes(4, &bytes, &size)) {
            data = StringData(env, exchange, arguments[4], room, &status);
        } else if (size > room) {
            status = TSGI_AGAIN;
        } else {
            data = ByteData(exchange, bytes, size, &status);
        }

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

napi_value Calls::Data(napi_env env, napi_callback_info info)
{
    Arguments<3> arguments(env, info);
    Slot *slot = arguments.Data<Bridge>()->slots_.Find(arguments.Number(0));

    if (slot == nullptr) {
        return Result(env, TSGI_EXPIRED);
    }

    tsgi_exchange *exchange = slot->exchange;
    size_t offset = arguments.Integer(2);

    if (exchange->app_state != TSGI_STARTED) {
        return Result(env, TSGI_ORDER);
    }

    if (tsgi_exchange_is_bodiless(exchange)) {
        return Result(env, Discard(env, arguments[1], offset));
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
    Slot *slot = arguments.Data<Bridge>()->slots_.Find(arguments.Number(0));

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
    Slot *slot = bridge->slots_.Find(arguments.Number(0));

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

napi_value Calls::Inform(napi_env env, napi_callback_info info)
{
    Arguments<4> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Slot *slot = bridge->slots_.Find(arguments.Number(0));
    Text text;
    tsgi_head head;

    if (slot == nullptr) {
        return Result(env, TSGI_EXPIRED);
    }

    if (!ReadHead(env, arguments[2], arguments.Integer(1, 999), arguments.Integer(3),
                  bridge->word_data_, &text, &head)) {
        return Result(env, TSGI_INVALID);
    }

    return Result(env, tsgi_exchange_inform(slot->exchange, &head));
}

napi_value Calls::Want(napi_env env, napi_callback_info info)
{
    Arguments<2> arguments(env, info);
    Bridge *bridge = arguments.Data<Bridge>();
    Slot *slot = bridge->slots_.Find(arguments.Number(0));
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
    Slot *slot = arguments.Data<Bridge>()->slots_.Find(arguments.Number(0));

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
    Slot *slot = bridge->slots_.Find(arguments.Number(0));
    uint64_t id = arguments.Integer(1);
    tsgi_app *app = nullptr;
    Text text;

    for (tsgi_app *candidate : bridge->apps_) {
        if (candidate->id == id) {
            app = candidate;
        }
    }

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

napi_value Calls::Die(napi_env env, napi_callback_info info)
{
    Arguments<1> arguments(env, info);
    Text text;
    bool read = text.ReadUtf8(env, arguments[0]);

    arguments.Data<Bridge>()->turns_->Die(read ? text.data() : "");
    return nullptr;
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
    };

    for (const auto &function : functions) {
        napi_value value;

        napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.function, bridge,
                             &value);
        binding.Set(function.name, value);
    }
}

} // namespace tsgi
