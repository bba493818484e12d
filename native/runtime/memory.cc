#include "memory.h"

#include <malloc.h>
#include <v8.h>

#include <utility>

namespace tsgi
{

namespace
{

// What JavaScript gets to end in.
constexpr size_t kMargin = 64 * 1024 * 1024;

constexpr uint64_t kPeriod = 250;           // milliseconds between two looks
constexpr uint64_t kAfterCollection = 2000; // a forced collection stops everything for a while

} // namespace

Memory::Memory(v8::Isolate *isolate, uint64_t limit, std::function<void()> exceeded)
    : isolate_(isolate), limit_(limit), exceeded_(std::move(exceeded))
{
    if (limit_ > 0) {
        isolate_->AddNearHeapLimitCallback(OnNearHeapLimit, this);
    }
}

// V8 aborts the process unless it is given more.
size_t Memory::OnNearHeapLimit(void *data, size_t current, size_t)
{
    static_cast<Memory *>(data)->Exceed();
    return current + kMargin;
}

void Memory::Exceed()
{
    if (!over_) {
        over_ = true;
        exceeded_();
    }
}

uint64_t Memory::Used() const
{
    v8::HeapStatistics statistics;

    isolate_->GetHeapStatistics(&statistics);
    return statistics.used_heap_size() + statistics.external_memory();
}

void Memory::Sample(uint64_t now)
{
    if (limit_ == 0 || over_ || now < next_sample_) {
        return;
    }

    next_sample_ = now + kPeriod;

    if (Used() <= limit_) {
        return;
    }

    isolate_->LowMemoryNotification(); // most of it may be garbage
    next_sample_ = now + kAfterCollection;

    if (Used() > limit_) {
        Exceed();
    }
}

void GiveMemoryBack()
{
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

std::string Megabytes(uint64_t bytes)
{
    return std::to_string((bytes + 512 * 1024) / (1024 * 1024)) + " MB";
}

} // namespace tsgi
