// Chunks of a response body on their way from JavaScript into DATA messages.

#ifndef TSGI_BRIDGE_CHUNKS_H_
#define TSGI_BRIDGE_CHUNKS_H_

#include <node_api.h>

#include <cstddef>
#include <cstdint>

extern "C" {
#include "core/exchange.h"
}

namespace tsgi
{

// DATA of a string as UTF-8, of at most `room` bytes. NULL with *status set: it does not fit, or it
// is no string, or memory is short.
tsgi_message *DataOfString(napi_env env, tsgi_exchange *exchange, napi_value value, uint64_t room,
                           tsgi_status *status);

// DATA of bytes. NULL with *status set: memory is short.
tsgi_message *DataOfBytes(tsgi_exchange *exchange, const char *bytes, size_t size,
                          tsgi_status *status);

// Sends a whole string or nothing; answers as Binding.data.
double SendString(napi_env env, tsgi_exchange *exchange, napi_value chunk);

// Sends what there is room for; answers as Binding.data.
double SendBytes(tsgi_exchange *exchange, const char *bytes, size_t size);

// What a bodiless response makes of a chunk: its size, as if it had been sent.
double DiscardChunk(napi_env env, napi_value chunk, size_t offset);

} // namespace tsgi

#endif // TSGI_BRIDGE_CHUNKS_H_
