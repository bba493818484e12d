// What an isolate takes of memory, against its limit: objects on V8's heap, and what they hold
// outside of it (buffers).
//
// V8 tells when the heap is nearly full; what is outside it does not count, so that is sampled. One
// allocation larger than the margin is not survived, and an add-on's own memory is not seen.
//
// Isolate's thread throughout.

#ifndef TSGI_RUNTIME_MEMORY_H_
#define TSGI_RUNTIME_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace v8
{
class Isolate;
}

namespace tsgi
{

class Memory
{
  public:
    // Outlives the isolate. `limit` in bytes; 0: none. `exceeded` is called once, perhaps in the midst of a collection:
    // it may stop JavaScript, and must neither run it nor allocate on its heap.
    Memory(v8::Isolate *isolate, uint64_t limit, std::function<void()> exceeded);

    Memory(const Memory &) = delete;
    Memory &operator=(const Memory &) = delete;

    // Compares, after a collection if need be. `now`: milliseconds; called as often as one likes.
    void Sample(uint64_t now);

    // Bytes in use, garbage included.
    uint64_t Used() const;

  private:
    static size_t OnNearHeapLimit(void *data, size_t current, size_t initial);
    void Exceed();

    v8::Isolate *const isolate_;
    const uint64_t limit_;
    std::function<void()> exceeded_;
    bool over_ = false;
    uint64_t next_sample_ = 0; // milliseconds
};

// Any thread, when an isolate has gone: some milliseconds. What it had of malloc is spread over the pools of the
// threads that ran it, where much stays that nobody will need; the system gets that.
void GiveMemoryBack();

// For people: "512 MB".
std::string Megabytes(uint64_t bytes);

} // namespace tsgi

#endif // TSGI_RUNTIME_MEMORY_H_
