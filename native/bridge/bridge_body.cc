// The request body, on its way into JavaScript: held in the slot until it may be handed over.

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "bridge.h"

extern "C" {
#include "core/message.h"
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

constexpr size_t kSpoolRead = 64 * 1024; // bytes

} // namespace

void Bridge::HoldBody(tsgi_message *message)
{
    uint32_t number = Slots::NumberOf(message->exchange);
    Slot &slot = slots_.At(number);

    if (message->kind == TSGI_BODY_END) {
        slot.fed = true;
    }

    message->next = nullptr;

    if (slot.held == nullptr) {
        slot.held = message;
    } else {
        slot.held_last->next = message;
    }

    slot.held_last = message;
    FeedBody(number);
}

void Bridge::FeedBody(uint32_t number)
{
    double handle = slots_.HandleOf(number);

    // Each step may run the application, which may end the exchange and free the slot.
    while (running_) {
        Slot *slot = slots_.Find(handle);

        if (slot == nullptr || slot->held == nullptr) {
            return;
        }

        tsgi_message *message = slot->held;
        Napi::HandleScope scope(env_);
        bool more;

        if (message->kind == TSGI_BODY_END) {
            more = FeedEnd(number, message);
        } else if (message->flags & TSGI_MESSAGE_SPOOLED) {
            more = FeedSpooled(number, message);
        } else {
            more = FeedMemory(number, message);
        }

        if (!more) {
            return;
        }
    }
}

bool Bridge::FeedMemory(uint32_t number, tsgi_message *message)
{
    Slot &slot = slots_.At(number);
    napi_value chunk;
    napi_status status =
        napi_create_buffer_copy(env_, message->u.data.size, message->u.data.data, nullptr, &chunk);

    slot.held = message->next;
    tsgi_message_done(message);

    if (status != napi_ok) {
        EndExchange(number, 500);
        return false;
    }

    napi_value values[] = {Number(slots_.HandleOf(number)), chunk};

    return Call(body_, 2, values);
}

bool Bridge::FeedSpooled(uint32_t number, tsgi_message *message)
{
    Slot &slot = slots_.At(number);
    tsgi_file &file = message->u.file;
    size_t size = std::min<uint64_t>({kSpoolRead, slot.allowed, file.size});

    if (size == 0) {
        return false;
    }

    void *data;
    napi_value chunk;

    if (napi_create_buffer(env_, size, &data, &chunk) != napi_ok) {
        EndExchange(number, 500);
        return false;
    }

    ssize_t got;

    do {
        got = pread(file.fd, data, size, static_cast<off_t>(file.offset));
    } while (got == -1 && errno == EINTR);

    if (got != static_cast<ssize_t>(size)) {
        Log(slot.exchange, TSGI_TAG_SPOOL_FAILED_LEVEL, TSGI_TAG_SPOOL_FAILED,
            got == -1 ? "a spooled request body could not be read"
                      : "a spooled request body is shorter than the server said");
        napi_value values[] = {Number(slots_.HandleOf(number)), Number(TSGI_ABORT_STOP)};

        EndExchange(number, 500);
        Call(abort_, 2, values);
        return false;
    }

    file.offset += size;
    file.size -= size;
    slot.allowed -= size;

    if (file.size == 0) {
        slot.held = message->next;
        tsgi_message_done(message);
    }

    napi_value values[] = {Number(slots_.HandleOf(number)), chunk};

    return Call(body_, 2, values);
}

bool Bridge::FeedEnd(uint32_t number, tsgi_message *message)
{
    Slot &slot = slots_.At(number);
    napi_value values[] = {Number(slots_.HandleOf(number)), Number(message->u.end.status)};

    slot.held = message->next;
    tsgi_message_done(message);

    return Call(body_end_, 2, values);
}

void Bridge::FeedReady()
{
    std::vector<uint32_t> ready;

    ready.swap(ready_);

    for (uint32_t number : ready) {
        if (running_) {
            FeedBody(number);
        }
    }
}

} // namespace tsgi
