#include "slots.h"

extern "C" {
#include "core/message.h"
}

namespace tsgi
{

uint32_t Slots::Take(tsgi_exchange *exchange)
{
    uint32_t number;

    if (!free_.empty()) {
        number = free_.back();
        free_.pop_back();
    } else if (slots_.size() < kCount) {
        number = static_cast<uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        return kCount;
    }

    slots_[number].exchange = exchange;
    exchange->reader = reinterpret_cast<void *>(static_cast<uintptr_t>(number) + 1);
    return number;
}

void Slots::Release(uint32_t number)
{
    Slot &slot = slots_[number];

    while (slot.held != nullptr) {
        tsgi_message *message = slot.held;
        slot.held = message->next;
        tsgi_message_done(message);
    }

    uint32_t generation = slot.generation + 1;
    slot = Slot{};
    slot.generation = generation == 0 ? 1 : generation;
    free_.push_back(number);
}

Slot *Slots::Find(double handle)
{
    // Also false for NaN.
    if (!(handle >= kCount && handle < 9007199254740992.0)) {
        return nullptr;
    }

    uint64_t value = static_cast<uint64_t>(handle);
    uint32_t number = static_cast<uint32_t>(value % kCount);

    if (number >= slots_.size() || slots_[number].generation != value / kCount ||
        slots_[number].exchange == nullptr) {
        return nullptr;
    }

    return &slots_[number];
}

uint32_t Slots::NumberOf(const tsgi_exchange *exchange)
{
    return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(exchange->reader) - 1);
}

} // namespace tsgi
