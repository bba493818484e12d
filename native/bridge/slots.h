// The exchanges of one isolate, by the number JavaScript knows them by.
//
// A handle is slot + generation * 2^20, a double without loss (src/server/binding.ts). JavaScript
// never holds a pointer: when an exchange ends its slot's generation moves on, and an old handle
// names nothing.

#ifndef TSGI_BRIDGE_SLOTS_H_
#define TSGI_BRIDGE_SLOTS_H_

#include <cstdint>
#include <vector>

extern "C" {
#include "core/exchange.h"
}

namespace tsgi
{

// What the bridge keeps of a live exchange.
struct Slot {
    tsgi_exchange *exchange = nullptr; // NULL: free
    uint32_t generation = 1;
    bool fed = false;             // BODY_END has arrived, though perhaps behind a spooled piece
    uint64_t allowed = 0;         // bytes of spooled body that may be read now
    tsgi_message *held = nullptr; // body messages not handed over yet, oldest first
    tsgi_message *held_last = nullptr;
};

class Slots
{
  public:
    static constexpr uint32_t kCount = 1u << 20;

    // The slot's number, or kCount when all are taken.
    uint32_t Take(tsgi_exchange *exchange);

    // Frees the slot: gives held messages back and lets handles expire.
    void Release(uint32_t number);

    // NULL: the handle has expired.
    Slot *Find(double handle);

    Slot &At(uint32_t number) { return slots_[number]; }
    const Slot &At(uint32_t number) const { return slots_[number]; }
    uint32_t Size() const { return static_cast<uint32_t>(slots_.size()); }

    double HandleOf(uint32_t number) const
    {
        return static_cast<double>(number) +
               static_cast<double>(slots_[number].generation) * kCount;
    }

    // The number of an exchange that is in a slot.
    static uint32_t NumberOf(const tsgi_exchange *exchange);

  private:
    std::vector<Slot> slots_;
    std::vector<uint32_t> free_;
};

} // namespace tsgi

#endif // TSGI_BRIDGE_SLOTS_H_
