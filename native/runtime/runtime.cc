// runtime_start and runtime_stop: the part of tsgi/api.h that brings JavaScript.

#include <chrono>
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

// What this layer keeps of the process's runtime. One a process, never freed.
struct Instance {
    Keeper keeper;
    Watchdog watchdog;
    std::mutex lock; // of seats
    std::vector<std::unique_ptr<Seat>> seats;
};

Instance &instance()
{
    static Instance *made = new Instance();

    return *made;
}

// The keeper.
void Launch(Seat *seat)
{
    std::chrono::milliseconds pause;

    if (seat->Start(&pause)) {
        instance().watchdog.Watch(seat);
    } else {
        instance().keeper.PostAfter(pause, [seat] { Launch(seat); });
    }
}

tsgi_status Spawn(void *, tsgi_group *group, uint32_t index)
{
    instance().keeper.Post([group, index] {
        Seat *seat = new Seat(group, index);

        {
            std::lock_guard<std::mutex> guard(instance().lock);

            instance().seats.emplace_back(seat);
        }

        Launch(seat);
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

tsgi_status Start(const tsgi_runtime_options *options, tsgi_runtime **runtime, const char **message)
{
    static std::string cause;
    std::vector<std::string> node_options;

    for (const char *const *option = options->node_options; option != nullptr && *option != nullptr;
         option++) {
        node_options.push_back(*option);
    }

    *message = nullptr;

    if (!Platform::Start(options->host_name, node_options, &cause)) {
        *message = cause.c_str();
        return TSGI_UNAVAILABLE;
    }

    *runtime = tsgi_runtime_new(options, {Spawn, nullptr});

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
    instance().keeper.Stop();
    instance().watchdog.Stop();
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
