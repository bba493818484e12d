// How long an isolate waits when its environment has died, and what becomes of requests meanwhile.
//
//     closed --so many deaths that the pause is long--> open --one lives long enough--> closed
//
// It pauses 0.1 s, then twice as long for each environment that died within 30 s, up to 10 s. From 1 s on its
// requests are refused during the pause rather than kept waiting, and others of the group get them as
// far as they can; then the next environment is tried with requests again.
//
// Owned by    the isolate, whose lock guards it

#ifndef TSGI_RUNTIME_CIRCUIT_H_
#define TSGI_RUNTIME_CIRCUIT_H_

#include <cstdint>

extern "C" {
#include "core/group.h"
}

namespace tsgi
{

class Circuit
{
  public:
    // Both outlive it.
    Circuit(tsgi_group *group, tsgi_port *port) : group_(group), port_(port) {}

    Circuit(const Circuit &) = delete;
    Circuit &operator=(const Circuit &) = delete;

    // An environment has died that lived so long. Returns the pause, both in milliseconds.
    uint32_t Die(uint64_t lived);

    // The pause of so many milliseconds begins. True: requests are refused until it ends, and the log
    // has been told, when that is new.
    bool Refuse(uint32_t pause);

    // The pause has ended.
    void Admit();

    // The environment has lived so long, in milliseconds, and goes on.
    void Live(uint64_t lived);

    bool IsOpen() const { return open_; }

  private:
    void Report(uint16_t tag, int level, const char *text) const;

    tsgi_group *const group_;
    tsgi_port *const port_;
    uint32_t pause_ = 0;
    uint32_t deaths_ = 0; // in a row
    bool refusing_ = false;
    bool open_ = false;
};

// Milliseconds that an environment has to live until an open circuit is closed.
constexpr uint64_t kCloses = 10000;

} // namespace tsgi

#endif // TSGI_RUNTIME_CIRCUIT_H_
