#include "confines.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <v8.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "memory.h"

namespace tsgi
{

namespace
{

constexpr uint64_t kMegabyte = 1024 * 1024;

// V8's helpers, libuv's pool and our own threads: eight stacks of 8 MB, and the 64 MB that malloc
// reserves for a thread.
constexpr uint64_t kProcess = 576 * kMegabyte;

// What an isolate takes besides the heap that its limit is about: 256 MB reserved for its code, 64
// for its malloc, which takes twice as many for a moment to have them aligned, 64 as the margin of
// memory.cc, and young objects, those that a collection moves, its stack; and two memories of WebAssembly, those
// of Node itself.
constexpr uint64_t kIsolate = 832 * kMegabyte;

// For a memory of WebAssembly V8 reserves 4 GB, or as many quarters of that as it gets, which then
// are missed elsewhere. This is 128 MB in pages of 64 KB; options of the administrator come later.
constexpr char kSmallMemories[] = "--wasm-max-mem-pages=2048";

// A heap whose limit is V8's own.
constexpr uint64_t kDefaultHeap = 2048 * kMegabyte;

std::mutex lock;
uint64_t at_start = 0;  // bytes in use when the runtime began
uint64_t set_aside = 0; // bytes, of all rooms

// Of V8's flags the last one counts, and dashes and underscores are the same to it.
bool IsJitless(const std::vector<std::string> &options)
{
    bool jitless = false;

    for (std::string option : options) {
        std::replace(option.begin(), option.end(), '_', '-');

        if (option == "--jitless") {
            jitless = true;
        } else if (option == "--no-jitless" || option == "--nojitless") {
            jitless = false;
        }
    }

    return jitless;
}

// One page is taken through what V8 does with those of its compiler. Returns errno, or 0.
int MakeExecutable()
{
    size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    void *page = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED) {
        return 0; // that is another obstacle
    }

    int failed = 0;

    if (mprotect(page, size, PROT_READ | PROT_WRITE) == 0) {
        static_cast<char *>(page)[0] = 0;
        failed = mprotect(page, size, PROT_READ | PROT_EXEC) == 0 ? 0 : errno;
    }

    munmap(page, size);
    return failed;
}

// Bytes; 0 where it cannot be told.
uint64_t InUse()
{
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file == nullptr) {
        return 0;
    }

    if (fscanf(file, "%llu", &pages) != 1) {
        pages = 0;
    }

    fclose(file);
    return pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// RLIM_INFINITY is larger than all.
uint64_t Limit()
{
    rlimit limit = {};

    return getrlimit(RLIMIT_AS, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

std::string TooNarrow(uint64_t limit, uint64_t used, uint64_t need)
{
    return "the address space of this process is limited to " + Megabytes(limit) + " (LimitAS, " +
           "\"ulimit -v\"), of which " + Megabytes(used) + " are taken or set aside, and " +
           Megabytes(need) + " more may be needed";
}

} // namespace

std::string ObstacleToV8(const std::vector<std::string> &options)
{
    uint64_t limit = Limit();
    uint64_t used = InUse();

    {
        std::lock_guard<std::mutex> guard(lock);

        at_start = used;
    }

    if (limit != RLIM_INFINITY) {
        if (used + kProcess + kIsolate > limit) {
            return TooNarrow(limit, used, kProcess + kIsolate) + ": raise the limit, or remove it";
        }

        v8::V8::SetFlagsFromString(kSmallMemories);
    }

    int refused = IsJitless(options) ? 0 : MakeExecutable();

    if (refused != 0) {
        return std::string("this process may not make memory executable (") + strerror(refused) +
               "), which V8's compiler does: set \"MemoryDenyWriteExecute=no\" for the service, "
               "or " +
               "give Node the option --jitless, which interprets JavaScript and has no WebAssembly";
    }

    return "";
}

// Others may not have taken yet what is set aside for them; and what was taken since the start is
// not all theirs.
Room::Room(uint64_t heap)
{
    uint64_t limit = Limit();

    if (limit == RLIM_INFINITY) {
        return;
    }

    uint64_t need = (heap > 0 ? heap : kDefaultHeap) + kIsolate;
    uint64_t now = InUse();
    std::lock_guard<std::mutex> guard(lock);
    uint64_t used = std::max(now, at_start + kProcess + set_aside);

    if (used + need > limit) {
        obstacle_ = TooNarrow(limit, used, need) +
                    ": raise that limit, or lower tsgi_memory_limit (TSGIMemoryLimit)";
        return;
    }

    size_ = need;
    set_aside += size_;
}

Room::~Room()
{
    std::lock_guard<std::mutex> guard(lock);

    set_aside -= size_;
}

} // namespace tsgi
