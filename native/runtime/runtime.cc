// runtime_start and runtime_stop: the part of tsgi/api.h that brings JavaScript.

#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "keeper.h"
#include "platform.h"
#include "seat.h"
#include "watch.h"
#include "watchdog.h"

extern "C" {
#include "core/api.h"
#include "core/log.h"
#include "core/runtime.h"
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

// How long a terminated isolate gets to leave JavaScript.
constexpr auto kTerminateWait = std::chrono::seconds(1);

// Threads abandoned in one process until that is to be replaced.
constexpr uint32_t kMostLost = 2;

// What this layer keeps of the process's runtime. One a process, never freed.
struct Instance {
    Keeper keeper;
    Watchdog watchdog;
    std::mutex lock; // of what follows
    std::map<const tsgi_group *, Round> rounds;
    std::vector<std::unique_ptr<Seat>> seats;
    std::atomic<uint32_t> lost{0}; // threads abandoned
};

Instance &instance()
{
    static Instance *made = new Instance();

    return *made;
}

// The watchdog. A thread of the runtime's was abandoned.
void Lost(tsgi_runtime *runtime)
{
    static const char text[] = "two threads of applications have been abandoned in this process, "
                               "which is to finish what it has and to be replaced";

    if (instance().lost.fetch_add(1) + 1 == kMostLost) {
        tsgi_log(runtime, nullptr, nullptr, TSGI_LEVEL_ERROR, TSGI_TAG_RETIRES, text, strlen(text));
        tsgi_runtime_retire(runtime);
    }
}

tsgi_status Spawn(void *, tsgi_group *group, uint32_t index)
{
    instance().keeper.Post([group, index] {
        std::lock_guard<std::mutex> guard(instance().lock);

        instance().seats.push_back(std::make_unique<Seat>(group, index, &instance().rounds[group],
                                                          &instance().keeper, &instance().watchdog,
                                                          [group] { Lost(group->runtime); }));
        instance().seats.back()->Start();
        instance().watchdog.Watch(instance().seats.back().get());
    });

    return TSGI_OK;
}

bool StartWatch(tsgi_runtime *runtime)
{
    bool started = Watch::Get().Start([runtime](const std::string &reason) {
        std::string text =
            "the kernel does not tell of changes of files: " + reason + "; they are noticed late";

        tsgi_log(runtime, nullptr, nullptr, TSGI_LEVEL_WARN, TSGI_TAG_WATCH_SLOW, text.data(),
                 text.size());
    });

    if (started) {
        Platform::Get().threads.fetch_add(1);
    }

    return started;
}

void Spent(void *)
{
    instance().watchdog.Nudge();
}

tsgi_status Start(const tsgi_runtime_options *options, tsgi_runtime **runtime, const char **message)
{
    static std::string cause;
    std::vector<std::string> node_options;

    for (const char *const *option = options->node_options; option != nullptr && *option != nullptr;
         option++) {
        node_options.push_back(*option);
    }

    *message = nullptr;

    if (!Platform::Start(options->host_name, node_options, options->nice, &cause)) {
        *message = cause.c_str();
        return TSGI_UNAVAILABLE;
    }

    *runtime = tsgi_runtime_new(options, {Spawn, Spent, nullptr});

    if (*runtime == nullptr) {
        *message = "out of memory";
        return TSGI_NO_MEMORY;
    }

    if (!instance().keeper.Start() || !instance().watchdog.Start() || !StartWatch(*runtime)) {
        *message = "no thread can be had";
        instance().keeper.Stop();
        instance().watchdog.Stop();
        tsgi_runtime_free(*runtime);
        *runtime = nullptr;
        return TSGI_NO_MEMORY;
    }

    return TSGI_OK;
}

void Stop(tsgi_runtime *runtime, uint32_t timeout_ms)
{
    auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    bool ended = true;

    atomic_store(&runtime->draining, true);
    instance().watchdog.Stop(); // it gives the keeper work
    instance().keeper.Stop();
    Watch::Get().Stop();

    for (auto &seat : instance().seats) {
        seat->Stop();
    }

    for (auto &seat : instance().seats) {
        if (!seat->Join(deadline)) {
            seat->Terminate();
            ended = false;
        }
    }

    if (Watch::Get().Join(deadline)) {
        Platform::Get().threads.fetch_sub(1);
    }

    if (ended) {
        return;
    }

    deadline = std::chrono::steady_clock::now() + kTerminateWait;

    for (auto &seat : instance().seats) {
        seat->Join(deadline);
    }
}

} // namespace

} // namespace tsgi

extern "C" __attribute__((visibility("default"))) const tsgi_api *tsgi_api_get(uint32_t abi_version)
{
    static tsgi_api api;

    if (abi_version != TSGI_ABI_VERSION) {
        return nullptr;
    }

    api = tsgi_api_make();
    api.runtime_start = tsgi::Start;
    api.runtime_stop = tsgi::Stop;
    return &api;
}
