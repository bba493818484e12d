#include "isolate.h"

#include <algorithm>
#include <cstring>

#include "children.h"
#include "platform.h"
#include "signals.h"
#include "watch.h"

extern "C" {
#include "core/exchange.h"
#include "core/log.h"
#include "core/message.h"
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

constexpr size_t kStack = 4 * 1024 * 1024; // bytes; V8 itself stops at just under 1 MiB
constexpr uint32_t kFirstBackOff = 100;    // milliseconds
constexpr uint32_t kLastBackOff = 10000;

// What a start may take besides, in milliseconds: the machine may be busy.
constexpr uint64_t kStart = 30000;

// Milliseconds from an interrupt until a thread is given up that has not noticed it; and one that has,
// and is to take its environment down.
constexpr uint64_t kBlocked = 2000;
constexpr uint64_t kTakeDown = 30000;

// Milliseconds until the next look at a thread that was in the bridge at the wrong moment.
constexpr uint64_t kSoon = 50;

// Nanoseconds that a thread asleep uses between two looks, at most.
constexpr uint64_t kSleeping = 1000000;

constexpr auto kProven =
    std::chrono::seconds(30); // an environment that lived so long was no failure

} // namespace

Isolate::Isolate(tsgi_group *group, tsgi_port *port) : group_(group), port_(port)
{
    tsgi_tenure_init(&tenure_);
}

Isolate::~Isolate()
{
    Watch::Get().Forget(this);
    tsgi_port_unref(port_);
}

bool Isolate::Start(std::chrono::milliseconds *pause)
{
    int error = MakeThread();

    if (error == 0) {
        return true;
    }

    std::string text = std::string("a thread for it cannot be had: ") + strerror(error);

    tsgi_log(group_->runtime, nullptr, group_->apps, TSGI_LEVEL_ERROR, TSGI_TAG_NO_ENVIRONMENT,
             text.data(), text.size());
    RefuseQueued();
    *pause = BackOff();
    return false;
}

// 0, or why there is none.
int Isolate::MakeThread()
{
    SignalBlock block; // the keeper lets SIGCHLD in
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStack);

    int error = pthread_create(
        &thread_, &attributes,
        [](void *data) -> void * {
            static_cast<Isolate *>(data)->Main();
            return nullptr;
        },
        this);

    pthread_attr_destroy(&attributes);

    if (error == 0) {
        joinable_ = true;
        Platform::Get().threads.fetch_add(1);
    }

    return error;
}

void Isolate::Stop()
{
    std::lock_guard<std::mutex> guard(lock_);

    stopping_ = true;
    changed_.notify_all();

    if (environment_ != nullptr) {
        environment_->Stop();
    }
}

void Isolate::Terminate()
{
    std::lock_guard<std::mutex> guard(lock_);

    if (environment_ != nullptr) {
        environment_->Terminate();
    }
}

// Nanoseconds of processor time that the thread has used.
uint64_t Isolate::TimeUsed() const
{
    timespec time = {};

    clock_gettime(clock_, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

// A loop that does not go round may be asleep: then a ping wakes it. Who neither computes nor has a
// request is left in peace.
uint64_t Isolate::Look(uint64_t now)
{
    const uint64_t stall = group_->stall_timeout;

    if (stall == 0) {
        return 0;
    }

    std::lock_guard<std::mutex> guard(lock_);

    if (environment_ == nullptr || IsLost()) {
        pinged_ = 0;
        return now + stall;
    }

    uint64_t beats = environment_->Beats();
    uint64_t used = TimeUsed();
    bool busy =
        used - used_ > kSleeping || atomic_load(&port_->live) > 0 || environment_->IsVisited();

    used_ = used;

    if (environment_.get() != looked_at_ || beats != beats_) {
        if (interrupted_ != 0) {
            environment_->Spare();
        }

        looked_at_ = environment_.get();
        beats_ = beats;
        pinged_ = 0;
        interrupted_ = 0;
    } else if (pinged_ == 0 && busy) {
        pinged_ = now;
        environment_->Ping();
    }

    if (pinged_ == 0) {
        return now + stall;
    }

    if (interrupted_ != 0) {
        return AbandonWhenDue(now);
    }

    uint64_t due = pinged_ + stall + (environment_->CameUp() ? 0 : kStart);

    if (now >= due) {
        interrupted_ = now;
        environment_->Interrupt(now - pinged_);
        due = now + kBlocked;
    }

    return due;
}

uint64_t Isolate::AbandonWhenDue(uint64_t now)
{
    uint64_t due = interrupted_ + (environment_->IsBlocked() ? kBlocked : kTakeDown);

    if (now < due) {
        return std::min(due, now + kBlocked); // it may be blocked after all
    }

    environment_->Abandon(now - pinged_);
    return now + kSoon;
}

// That the thread says it is done would not do. What libraries keep for each thread they free when
// it goes (OpenSSL, V8), and when the process exits they free what that belongs to.
bool Isolate::Join(std::chrono::steady_clock::time_point deadline)
{
    auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch());
    timespec time = {static_cast<time_t>(since.count() / std::nano::den),
                     static_cast<long>(since.count() % std::nano::den)};

    if (joinable_ && pthread_clockjoin_np(thread_, nullptr, CLOCK_MONOTONIC, &time) == 0) {
        joinable_ = false;
        Platform::Get().threads.fetch_sub(1);
    }

    return !joinable_;
}

void Isolate::Main()
{
    pthread_setname_np(pthread_self(), "tsgi-app");
    Children::OwnThread();

    {
        std::lock_guard<std::mutex> guard(lock_);

        pthread_getcpuclockid(pthread_self(), &clock_);
    }

    while (Next()) {
        auto started = std::chrono::steady_clock::now();
        bool stopped = environment_->Run();
        bool came_up = environment_->CameUp();

        stuck_at_ = environment_->StuckAt();

        if (stopped || IsLost()) {
            break;
        }

        if (std::chrono::steady_clock::now() - started > kProven) {
            back_off_ = 0;
        }

        if (!came_up) {
            RefuseQueued(); // they would wait for something that may never come
        }

        WaitBackOff();
    }

    RefuseQueued();

    std::lock_guard<std::mutex> guard(lock_);

    environment_ = nullptr;
}

void Isolate::WatchFiles(std::vector<WatchedFile> files)
{
    Watch::Get().Set(this, std::move(files), [this] { OnChange(); });
}

// The watch's thread.
void Isolate::OnChange()
{
    std::lock_guard<std::mutex> guard(lock_);

    files_changed_ = true;
    changed_.notify_all();
}

// Makes the next environment. False: there is to be none.
bool Isolate::Next()
{
    std::lock_guard<std::mutex> guard(lock_);

    environment_ = nullptr;

    if (stopping_) {
        return false;
    }

    files_changed_ = false;
    environment_ = std::make_shared<Environment>(
        group_, port_, &tenure_, stuck_at_,
        [this](std::vector<WatchedFile> files) { WatchFiles(std::move(files)); });
    return true;
}

std::chrono::milliseconds Isolate::BackOff()
{
    back_off_ = std::min(std::max(back_off_ * 2, kFirstBackOff), kLastBackOff);
    return std::chrono::milliseconds(back_off_);
}

void Isolate::WaitBackOff()
{
    std::unique_lock<std::mutex> guard(lock_);

    environment_ = nullptr;
    changed_.wait_for(guard, BackOff(), [this] { return stopping_ || files_changed_; });
}

// Answers what is queued and will find no environment.
void Isolate::RefuseQueued()
{
    if (!tsgi_tenure_enter(&tenure_)) {
        return;
    }

    while (tsgi_message *message = tsgi_port_next(port_)) {
        if (message->kind == TSGI_BEGIN) {
            tsgi_exchange_end(message->exchange, 503);
        } else if (message->kind == TSGI_ABORT) {
            tsgi_exchange_cut(message->exchange);
        }

        tsgi_message_done(message);
    }

    tsgi_tenure_leave(&tenure_);
}

} // namespace tsgi
