// One isolate's end of the wall: messages become calls of src/server, its calls become messages.
//
// Made by     Bridge's constructor, on the isolate's thread, once its environment exists
// Owned by    the runtime or the add-on, which destroys it on the same thread before the environment
// Ended by    Detach: every live exchange fails; what is queued on the port stays there for the
//             isolate's next environment
//
// src/server/binding.ts is the specification of both directions. Only Node-API is used here, so
// that the same sources serve the embedded runtime and a stock node.

#ifndef TSGI_BRIDGE_BRIDGE_H_
#define TSGI_BRIDGE_BRIDGE_H_

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "slots.h"
#include "turns.h"

extern "C" {
#include "core/runtime.h"
}

namespace tsgi
{

class Bridge
{
  public:
    // `port` is the isolate's. The arguments outlive the bridge.
    Bridge(Napi::Env env, tsgi_group *group, tsgi_port *port, Turns *turns);
    ~Bridge();

    Bridge(const Bridge &) = delete;
    Bridge &operator=(const Bridge &) = delete;

    // The object that src/server calls: `Binding` of src/server/binding.ts. `stuck_at`: its field of
    // that name; empty: none.
    Napi::Object MakeBinding(bool embedded, const std::string &stuck_at = "");

    // Isolate's thread, on an empty JavaScript stack, in a handle scope. Handles a bounded number of
    // messages and asks for another turn when there are more.
    void Drain();

    // Isolate's thread, as Drain. Asks JavaScript to end; Turns::Stopped is the answer, at once
    // if JavaScript never attached itself.
    void Stop();

    // Isolate's thread. Runs no JavaScript.
    void Detach();

    // Isolate's thread. Exchanges begun so far.
    uint64_t Begun() const { return begun_; }

    // Isolate's thread, perhaps in the midst of a collection. A line for each of at most `most` live
    // exchanges, with its method and target, each beginning with a line end.
    std::string InFlight(uint32_t most) const;

  private:
    friend class Calls;

    // ---- messages in (bridge_in.cc) ----
    void Receive(tsgi_message *message);
    void Begin(tsgi_message *message);
    void Credit(tsgi_message *message);
    void Abort(tsgi_message *message);

    void OpenNewApps();

    napi_value BeginWords(const tsgi_environ &environ);
    napi_value Number(double value);

    // Calls a callback. False: it threw, or JavaScript may not run any more.
    bool Call(const Napi::FunctionReference &callback, size_t count, const napi_value *values);

    // Whether JavaScript may still be entered.
    bool MayRun();

    // ---- the request body in (bridge_body.cc) ----
    void HoldBody(tsgi_message *message);

    // Hands over body messages of the slot as far as they may be.
    void FeedBody(uint32_t number);
    bool FeedMemory(uint32_t number, tsgi_message *message);
    bool FeedSpooled(uint32_t number, tsgi_message *message);
    bool FeedEnd(uint32_t number, tsgi_message *message);
    void FeedReady();

    // ---- both ----
    void EndExchange(uint32_t number, uint16_t status);
    void Log(tsgi_exchange *exchange, int level, uint16_t tag, const char *text);

    static void OnWake(void *data);

    Napi::Env env_;
    tsgi_group *const group_;
    tsgi_port *const port_;
    Turns *const turns_;

    Slots slots_;
    std::vector<uint32_t> ready_;  // slots whose spooled body may go on
    std::vector<tsgi_app *> apps_; // opened so far
    uint64_t begun_ = 0;
    bool running_ = true; // false: JavaScript may not be entered any more

    Napi::ObjectReference resource_; // of the callback scopes
    napi_async_context context_ = nullptr;
    Napi::FunctionReference begin_, body_, body_end_, credit_, abort_, open_, stop_;
    Napi::Reference<Napi::Uint32Array> words_;
    uint32_t *word_data_ = nullptr;
};

// Words shared with JavaScript, enough for 2,047 header fields.
constexpr uint32_t kWordCount = 4096;

} // namespace tsgi

#endif // TSGI_BRIDGE_BRIDGE_H_
