// One isolate's end of the wall: messages become calls of src/server, its calls become messages.
//
// Made by     Bridge's constructor, on the isolate's thread, once its environment exists
// Owned by    the runtime or the add-on, which destroys it on the same thread before the environment
// Ended by    Detach: every live exchange fails; what is queued on the port stays there for the
//             isolate's next environment
//             or Abandon, by another thread when this one does not come back: the same. Whatever the
//             thread asks of the bridge then is answered as for an exchange that has ended
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
#include "core/tenure.h"
}

namespace tsgi
{

class Bridge
{
  public:
    // `port` is the isolate's, `tenure` its thread's. `coming`: of the isolate whose place it is to take;
    // NULL: of none. The arguments outlive the bridge.
    Bridge(Napi::Env env, tsgi_group *group, tsgi_port *port, tsgi_tenure *tenure, Turns *turns,
           const AppStates *coming = nullptr);
    ~Bridge();

    Bridge(const Bridge &) = delete;
    Bridge &operator=(const Bridge &) = delete;

    // The object that src/server calls: `Binding` of src/server/binding.ts. `stuck_at`: its field of
    // that name; empty: none.
    Napi::Object MakeBinding(bool embedded, const std::string &stuck_at = "");

    // Isolate's thread, on an empty JavaScript stack, in a handle scope. Handles a bounded number of
    // messages and asks for another turn when there are more. `visitor`: the port of a host thread that
    // runs this turn, and leaves when something was sent to it; null: it is the isolate's own.
    void Drain(tsgi_port *visitor = nullptr);

    // Isolate's thread, as Drain. Asks JavaScript to end; Turns::Stopped is the answer, at once
    // if JavaScript never attached itself.
    void Stop();

    // Isolate's thread. Runs no JavaScript.
    void Detach();

    // Who has taken the tenure from the isolate's thread, once. Every exchange that was begun fails with
    // 504.
    void Abandon();

    // Isolate's thread. Exchanges begun so far.
    uint64_t Begun() const { return begun_; }

    // Isolate's thread, perhaps in the midst of a collection; or who has taken its tenure, before
    // Abandon. A line for each of at most `most` live exchanges, with its method and target, each
    // beginning with a line end.
    std::string InFlight(uint32_t most) const;

  private:
    friend class Calls;
    friend class Presence;

    // ---- the port and the exchanges: touched between these two alone ----
    void Enter();
    void Leave();

    // ---- messages in (bridge_in.cc) ----
    void Receive(tsgi_message *message);
    void Begin(tsgi_message *message);
    void Credit(tsgi_message *message);
    void Abort(tsgi_message *message);

    // False: the host has withdrawn it. What comes to an application that is still loading waits
    // in JavaScript, and is taken by Calls::Take when that goes on.
    bool Admit(tsgi_exchange *exchange);

    void OpenNewApps();
    bool IsReady(uint32_t app) const { return app < app_is_ready_.size() && app_is_ready_[app]; }

    // A turn, but for its end. True: there is more, perhaps.
    bool ReceiveSome(tsgi_port *visitor);

    napi_value BeginWords(const tsgi_environ &environ);
    napi_value Number(double value);

    // Calls a callback, present before and, unless the tenure is lost meanwhile, after it. False: it
    // threw, or JavaScript may not run any more.
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
    void EndAll(uint16_t status);
    void EndExchange(uint32_t number, uint16_t status);
    void Log(tsgi_exchange *exchange, int level, uint16_t tag, const char *text);

    static void OnWake(void *data);

    Napi::Env env_;
    tsgi_group *const group_;
    tsgi_port *const port_;
    tsgi_tenure *const tenure_;
    Turns *const turns_;
    const AppStates *const coming_;

    Slots slots_;
    std::vector<uint32_t> ready_;    // slots whose spooled body may go on
    std::vector<tsgi_app *> apps_;   // opened so far
    std::vector<bool> app_is_ready_; // by the application's id: whether it is loading no more
    uint64_t begun_ = 0;
    bool running_ = true; // false: JavaScript may not be entered any more
    bool present_ = false;

    Napi::ObjectReference resource_; // of the callback scopes
    napi_async_context context_ = nullptr;
    Napi::FunctionReference begin_, body_, body_end_, credit_, abort_, open_, stop_;
    Napi::Reference<Napi::Uint32Array> words_;
    uint32_t *word_data_ = nullptr;
};

// While it lives the isolate's thread is in the bridge (core/tenure.h), but for what Call does, and
// unless its tenure is lost. One inside another does nothing.
class Presence
{
  public:
    explicit Presence(Bridge *bridge) : bridge_(bridge), outermost_(!bridge->present_)
    {
        if (outermost_) {
            bridge_->Enter();
        }
    }

    ~Presence()
    {
        if (outermost_) {
            bridge_->Leave();
        }
    }

    Presence(const Presence &) = delete;
    Presence &operator=(const Presence &) = delete;

    // False: the port and the exchanges are somebody else's.
    bool Holds() const { return bridge_->present_; }

    // NULL: the handle has expired.
    Slot *Find(double handle) const { return Holds() ? bridge_->slots_.Find(handle) : nullptr; }

  private:
    Bridge *const bridge_;
    const bool outermost_;
};

// Words shared with JavaScript, enough for 2,047 header fields.
constexpr uint32_t kWordCount = 4096;

} // namespace tsgi

#endif // TSGI_BRIDGE_BRIDGE_H_
