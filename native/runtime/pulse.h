// The heart of an isolate's event loop: one beat each time round.

#ifndef TSGI_RUNTIME_PULSE_H_
#define TSGI_RUNTIME_PULSE_H_

#include <uv.h>

#include <atomic>
#include <cstdint>
#include <functional>

namespace tsgi
{

class Pulse
{
  public:
    // Isolate's thread. `beat` is called each time round, before the loop waits, with the loop's time in
    // milliseconds.
    void Start(uv_loop_t *loop, std::function<void(uint64_t)> beat);

    // Isolate's thread. *open is counted up, and down again when its handle has been closed, in a later
    // turn of the loop.
    void Close(int *open);

    // Any thread. How often the loop has gone round.
    uint64_t Beats() const { return beats_.load(std::memory_order_relaxed); }

    // Any thread. Milliseconds, on the clock of a loop.
    static uint64_t Now() { return uv_hrtime() / 1000000; }

  private:
    static void OnPrepare(uv_prepare_t *handle);

    uv_prepare_t prepare_;
    std::function<void(uint64_t)> beat_;
    std::atomic<uint64_t> beats_{0};
};

} // namespace tsgi

#endif // TSGI_RUNTIME_PULSE_H_
