// One thread of the fake host, and what it knows of its exchanges.

#ifndef TSGI_TEST_FAKE_HOST_PORT_H_
#define TSGI_TEST_FAKE_HOST_PORT_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_map>
#include <vector>

extern "C" {
#include "tsgi/api.h"
}

namespace tsgi_fake
{

class FakeHost;
struct Port;

// What the host knows of one exchange: the `request` of tsgi/api.h. Host thread only.
struct Request {
    uint32_t number;
    Port *port;
    tsgi_exchange *exchange; // NULL once it has ended for the host
    int64_t abort_after;     // ends it when so many messages were delivered; -1: never
};

// One host thread.
struct Port : std::enable_shared_from_this<Port> {
    FakeHost *host;
    const tsgi_api *api;
    tsgi_runtime *runtime;
    const tsgi_host *table;
    uint32_t max;           // messages a turn
    bool reluctant = false; // takes fewer than it could, or none: what `random` says
    std::minstd_rand random;
    tsgi_port *port = nullptr;
    std::thread thread;
    std::mutex lock;
    std::condition_variable changed;
    std::deque<std::function<void()>> work;
    bool woken = false;
    bool stopping = false;
    bool closed = false;
    bool deferred = false; // host thread: isolates wait to be woken
    std::unordered_map<uint32_t, std::unique_ptr<Request>> requests;
    std::vector<uint32_t> ended;

    // Any thread but the port's own. Carries `task` out there and waits for it.
    void Do(const std::function<void()> &task)
    {
        bool done = false;
        Post([&] {
            task();
            std::lock_guard<std::mutex> guard(lock);
            done = true;
            changed.notify_all();
        });
        std::unique_lock<std::mutex> guard(lock);
        changed.wait(guard, [&] { return done; });
    }

    // Once the thread has gone, nobody else is there and the task is carried out at once.
    void Post(std::function<void()> task)
    {
        std::unique_lock<std::mutex> guard(lock);
        if (closed) {
            guard.unlock();
            task();
            return;
        }
        work.push_back(std::move(task));
        changed.notify_all();
    }

    Request *Find(uint32_t number)
    {
        auto found = requests.find(number);
        return found == requests.end() || found->second->exchange == nullptr ? nullptr
                                                                             : found->second.get();
    }

    // Messages in this turn. One time in four none.
    uint32_t Most()
    {
        return !reluctant ? max : random() % 4 == 0 ? 0 : 1 + static_cast<uint32_t>(random() % max);
    }

    // What the thread does.
    void Run();
};

inline void Port::Run()
{
    port = api->port_open(runtime, table, this);
    bool more = false;
    for (;;) {
        std::deque<std::function<void()>> batch;
        bool last;
        {
            std::unique_lock<std::mutex> guard(lock);
            changed.wait(guard, [&] { return more || woken || stopping || !work.empty(); });
            woken = false;
            last = stopping;
            batch.swap(work);
        }
        for (auto &task : batch) {
            task();
        }
        uint32_t most = Most();
        more = api->port_drain(port, most) == most;
        for (uint32_t number : ended) {
            requests.erase(number);
        }
        ended.clear();
        if (deferred) {
            deferred = false;
            api->port_flush(port);
        }
        if (last && !more) {
            break;
        }
    }
    for (auto &[number, request] : requests) {
        if (request->exchange != nullptr) {
            api->exchange_abort(request->exchange, TSGI_ABORT_STOP);
        }
    }
    api->port_close(port);
    std::lock_guard<std::mutex> guard(lock);
    closed = true;
}

} // namespace tsgi_fake

#endif // TSGI_TEST_FAKE_HOST_PORT_H_
