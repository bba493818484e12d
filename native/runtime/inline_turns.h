// Turns of an isolate that threads of the server run themselves.
//
// Where each exchange has a thread of its own (Apache), that thread would wake the isolate's thread,
// sleep, and be woken: two switches for a call that takes microseconds. While the isolate's thread sleeps
// in its event loop, the server's thread locks the isolate instead, runs the turn that it has sent the
// messages for, and finds the answer on its port. mod_wsgi and mod_perl run all requests so.
//
// Whoever holds the receiver lock of the port is in the isolate. Its own thread does, all the time but for
// the poll of its loop, which Rest makes before libuv would; a visitor takes it when it is free, and else
// wakes the isolate's thread as ever. That one alone runs the event loop.
//
// With an application that computes for long a visitor would do so; what is sent to that would wait, and
// its time limit with it. So after a turn that was not brisk nobody is let in for a while.
//
// Made by     Environment, if the host wants it (TSGI_HOST_INLINE)

#ifndef TSGI_RUNTIME_INLINE_TURNS_H_
#define TSGI_RUNTIME_INLINE_TURNS_H_

#include <uv.h>
#include <v8.h>

#include <atomic>
#include <cstdint>
#include <functional>

extern "C" {
#include "core/port.h"
#include "core/tenure.h"
}

namespace tsgi
{

class InlineTurns
{
  public:
    // `tenure` is that of the isolate's thread. Both outlive this.
    InlineTurns(tsgi_port *port, const tsgi_tenure *tenure) : port_(port), tenure_(tenure) {}

    // Isolate's thread, before it enters an isolate and when it has left that for good. It has the
    // receiver lock in between; unless a thread has it that is stuck and whose tenure was taken
    // away: then there are no visitors.
    void Begin();
    void End();

    // Isolate's thread, in the isolate. From now on visitors are let in when it rests. `turn` handles
    // what is on the port, for the visitor's own port; `wake` has the loop go round.
    void Open(v8::Isolate *isolate, uv_loop_t *loop, std::function<void(tsgi_port *)> turn,
              std::function<void()> wake);

    // Isolate's thread, in the isolate: no more. *open as in Pulse::Close.
    void Close(int *open);

    // Isolate's thread, in the midst of its loop, before that polls. Sleeps outside of the isolate for
    // as long as the loop would.
    void Rest();

    // Any thread. A thread of the server is in it.
    bool IsVisited() const { return visited_.load(std::memory_order_relaxed); }

  private:
    static bool Run(void *data, tsgi_port *visitor);

    void Visit(tsgi_port *visitor);
    bool LoopIsWanted() const;

    tsgi_port *const port_;
    const tsgi_tenure *const tenure_;
    bool locked_ = false;
    v8::Isolate *isolate_ = nullptr;
    uv_loop_t *loop_ = nullptr;
    uv_idle_t spin_;
    std::function<void(tsgi_port *)> turn_;
    std::function<void()> wake_;

    std::atomic<bool> wanted_{false}; // by its own thread
    std::atomic<bool> visited_{false};

    // Under the receiver lock.
    bool resting_ = false;
    uint64_t wakes_at_ = 0; // when the rest ends by itself, loop's milliseconds
};

} // namespace tsgi

#endif // TSGI_RUNTIME_INLINE_TURNS_H_
