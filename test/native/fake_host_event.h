// What the fake host is told by the runtime, on its way from a host thread to JavaScript.

#ifndef TSGI_TEST_FAKE_HOST_EVENT_H_
#define TSGI_TEST_FAKE_HOST_EVENT_H_

#include <napi.h>
#include <sys/types.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "fake_host_port.h"
#include "fake_host_view.h"

namespace tsgi_fake
{

// One thing that onMessage is told. Texts are copies; a held message is given back after the call.
struct Event {
    const char *kind = nullptr;
    uint32_t number = 0;
    double amount = 0; // status, size, cost or level
    double length = -1;
    uint32_t tag = 0;
    std::string text;
    std::string request_id;
    std::vector<std::string> fields;
    tsgi_message *held = nullptr;
    std::shared_ptr<Port> port; // of the held message
};

// What a message says.
inline Event EventOf(const tsgi_message *message)
{
    Event event = {};
    switch (message->kind) {
    case TSGI_INFORM:
    case TSGI_START: {
        const tsgi_start &start = message->u.start;
        event.kind = message->kind == TSGI_START ? "start" : "inform";
        event.amount = start.status;
        event.length = static_cast<double>(start.content_length);
        event.text.assign(start.reason.data, start.reason.size);
        for (uint32_t i = 0; i < start.header_count; i++) {
            event.fields.emplace_back(start.headers[i].name.data, start.headers[i].name.size);
            event.fields.emplace_back(start.headers[i].value.data, start.headers[i].value.size);
        }
        break;
    }
    case TSGI_DATA:
        event.kind = "data";
        event.amount = message->u.data.cost;
        break;
    case TSGI_FILE:
        event.kind = "file";
        event.amount = message->u.file.cost;
        break;
    case TSGI_WANT:
        event.kind = "want";
        event.amount = static_cast<double>(message->u.want.size);
        break;
    case TSGI_END:
        event.kind = "end";
        event.amount = message->u.end.status;
        break;
    default:
        event.kind = "unknown";
        event.amount = message->kind;
    }
    return event;
}

// The bytes of a held message.
inline Napi::Value Bytes(Napi::Env env, const tsgi_message *message)
{
    if (message->kind == TSGI_DATA) {
        return Napi::Buffer<char>::Copy(env, message->u.data.data, message->u.data.size);
    }
    const tsgi_file &file = message->u.file;
    Napi::Buffer<char> bytes = Napi::Buffer<char>::New(env, file.size);
    for (uint64_t done = 0; done < file.size;) {
        ssize_t n = pread(file.fd, bytes.Data() + done, file.size - done,
                          static_cast<off_t>(file.offset + done));
        if (n <= 0) {
            return env.Null();
        }
        done += static_cast<uint64_t>(n);
    }
    return bytes;
}

// A held message goes back to its host thread.
inline void GiveBack(const Event *event)
{
    if (event->held != nullptr) {
        tsgi_message *message = event->held;
        const tsgi_api *api = event->port->api;
        event->port->Post([api, message] { api->message_release(message); });
    }
}

// Calls onMessage with the event, and ends it.
inline void TellEvent(Napi::Env env, Napi::Function callback, Event *event)
{
    if (env != nullptr && callback != nullptr) {
        Napi::HandleScope scope(env);
        Napi::Object object = Napi::Object::New(env);
        object.Set("kind", event->kind);
        object.Set("number", event->number);
        object.Set("amount", event->amount);
        object.Set("length", event->length);
        object.Set("tag", event->tag);
        object.Set("requestId", Latin1(env, event->request_id));
        object.Set("text", event->kind[0] == 'l' ? Napi::String::New(env, event->text)
                                                 : Latin1(env, event->text));
        if (event->held != nullptr) {
            object.Set("bytes", Bytes(env, event->held));
        }
        Napi::Array fields = Napi::Array::New(env, event->fields.size());
        for (uint32_t i = 0; i < event->fields.size(); i++) {
            fields.Set(i, Latin1(env, event->fields[i]));
        }
        object.Set("fields", fields);
        callback.Call({object});
    }
    GiveBack(event);
    delete event;
}

} // namespace tsgi_fake

#endif // TSGI_TEST_FAKE_HOST_EVENT_H_
