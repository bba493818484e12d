#include "chunks.h"

#include <algorithm>
#include <cstring>

extern "C" {
#include "core/message.h"
}

namespace tsgi
{

namespace
{

// Strings up to so many code units are encoded before their size is known.
constexpr size_t kShortString = 4096 / 3;

} // namespace

tsgi_message *DataOfString(napi_env env, tsgi_exchange *exchange, napi_value value, uint64_t room,
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

tsgi_message *DataOfBytes(tsgi_exchange *exchange, const char *bytes, size_t size,
                          tsgi_status *status)
{
    tsgi_message *data = tsgi_message_new_data(exchange, TSGI_DATA, static_cast<uint32_t>(size));

    *status = data != nullptr ? TSGI_OK : TSGI_NO_MEMORY;

    if (data != nullptr && size > 0) { // an empty array may have no memory at all
        memcpy(tsgi_message_extra(data), bytes, size);
    }

    return data;
}

double DiscardChunk(napi_env env, napi_value chunk, size_t offset)
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

    tsgi_message *data = DataOfString(env, exchange, chunk, room, &status);

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

    tsgi_message *data = DataOfBytes(exchange, bytes, room, &status);

    if (data != nullptr) {
        status = tsgi_exchange_data(exchange, data);
    }

    if (status != TSGI_OK) {
        return status;
    }

    return room < size && tsgi_exchange_is_full(exchange) ? static_cast<double>(TSGI_EXCESS)
                                                          : static_cast<double>(room);
}

} // namespace tsgi
