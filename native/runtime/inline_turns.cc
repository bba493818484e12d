#include "inline_turns.h"

#include <poll.h>
#include <pthread.h>

#include <utility>

#include "children.h"

extern "C" {
#include "core/clock.h"
#include "core/timed_lock.h"
}

namespace tsgi
{

namespace
{

// Nanoseconds. A turn that takes longer is not brisk, and for how long there are no visitors then.
constexpr uint64_t kBrisk = 10000000;
constexpr uint64_t kPause = TSGI_CLOCK_SECOND;

constexpr uint64_t kPatience = TSGI_CLOCK_SECOND;

constexpr uint64_t kNever = UINT64_MAX;

// What a turn may take of a thread's stack: V8 itself stops at just under 1 MiB.
constexpr size_t kStack = 2 * 1024 * 1024;

// The lowest address of the thread's stack; 0: unknown.
uintptr_t LowestOfStack()
{
    pthread_attr_t attributes;
    void *address = nullptr;
    size_t size = 0;

    if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
        return 0;
    }

    pthread_attr_getstack(&attributes, &address, &size);
    pthread_attr_destroy(&attributes);
    return reinterpret_cast<uintptr_t>(address);
}

bool StackSuffices()
{
    static thread_local const uintptr_t lowest = LowestOfStack();

    return lowest != 0 && reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - lowest > kStack;
}

// libuv polls for these from its next turn on. No function tells of them.
bool HasNewWatchers(const uv_loop_t *loop)
{
    const void *queue = &loop->watcher_queue;

    return *static_cast<const void *const *>(queue) != queue;
}

} // namespace

void InlineTurns::Begin()
{
    // A visitor may just find out that nobody is let in.
    locked_ = tsgi_timed_lock(&port_->receiver_lock, tsgi_clock_now() + kPatience);
}

void InlineTurns::End()
{
    if (locked_) {
        pthread_mutex_unlock(&port_->receiver_lock);
    }
}

void InlineTurns::Open(v8::Isolate *isolate, uv_loop_t *loop, std::function<void(tsgi_port *)> turn,
                       std::function<void()> wake)
{
    if (!locked_) {
        return;
    }

    isolate_ = isolate;
    loop_ = loop;
    turn_ = std::move(turn);
    wake_ = std::move(wake);
    uv_idle_init(loop, &spin_);
    tsgi_port_inline(port_, Run, this);
}

void InlineTurns::Close(int *open)
{
    if (isolate_ == nullptr) {
        return; // it was never opened
    }

    tsgi_port_inline(port_, nullptr, nullptr);
    isolate_ = nullptr;
    ++*open;
    spin_.data = open;
    uv_close(reinterpret_cast<uv_handle_t *>(&spin_),
             [](uv_handle_t *handle) { --*static_cast<int *>(handle->data); });
}

// ---- the isolate's thread ----

void InlineTurns::Rest()
{
    if (isolate_ == nullptr) {
        return;
    }

    uv_idle_stop(&spin_);

    if (HasNewWatchers(loop_)) {
        uv_idle_start(&spin_,
                      [](uv_idle_t *) {}); // libuv's own poll takes them up, and does not wait
        return;
    }

    int timeout = uv_backend_timeout(loop_);

    if (timeout == 0) {
        return;
    }

    pollfd set = {uv_backend_fd(loop_), POLLIN, 0};

    resting_ = true;
    wakes_at_ = timeout < 0 ? kNever : uv_now(loop_) + static_cast<uint64_t>(timeout);

    {
        v8::Unlocker unlocker(isolate_);

        pthread_mutex_unlock(&port_->receiver_lock);

        if (poll(&set, 1, timeout) < 0) {
            // No signal reaches this thread; should one, the loop goes round and comes back.
        }

        wanted_.store(true);
        pthread_mutex_lock(&port_->receiver_lock);
        wanted_.store(false);
    }

    resting_ = false;
    uv_update_time(loop_); // what has waited long enough is due, so that libuv does not wait again
}

// ---- a thread of the server ----

bool InlineTurns::Run(void *data, tsgi_port *visitor)
{
    auto *self = static_cast<InlineTurns *>(data);
    uint64_t began = uv_hrtime();

    if (!self->resting_ || self->wanted_.load() || tsgi_tenure_is_lost(self->tenure_) ||
        !StackSuffices()) {
        return false;
    }

    self->Visit(visitor);

    uint64_t ended = uv_hrtime();

    if (ended - began > kBrisk) {
        tsgi_port_inline_after(self->port_, ended + kPause);
    }

    if (self->LoopIsWanted()) {
        self->wake_();
    }

    return true;
}

void InlineTurns::Visit(tsgi_port *visitor)
{
    v8::Locker locker(isolate_);
    v8::Isolate::Scope scope(isolate_);
    Children::Own own;

    visited_.store(true, std::memory_order_relaxed);
    uv_update_time(loop_); // timers begin now, not when the loop fell asleep
    turn_(visitor);
    visited_.store(false, std::memory_order_relaxed);
}

// Whether the turn has left something that the sleeping loop does not know of.
bool InlineTurns::LoopIsWanted() const
{
    int timeout = uv_backend_timeout(loop_);

    return HasNewWatchers(loop_) ||
           (timeout >= 0 && uv_now(loop_) + static_cast<uint64_t>(timeout) < wakes_at_);
}

} // namespace tsgi
