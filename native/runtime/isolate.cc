#include "isolate.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "children.h"
#include "nice.h"
#include "platform.h"
#include "signals.h"
#include "watch.h"

extern "C" {
#include "core/clock.h"
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

// Milliseconds from an interrupt until a thread is given up that has not noticed it; and one that has,
// and is to take its environment down.
constexpr uint64_t kBlocked = 2000;
constexpr uint64_t kTakeDown = 30000;

// Milliseconds until the next look at a thread that was in the bridge at the wrong moment.
constexpr uint64_t kSoon = 50;

// Nanoseconds that a thread asleep uses between two looks, at most.
constexpr uint64_t kSleeping = 1000000;

// How long the thread stays for requests whose host has chosen its port, but not sent them yet.
constexpr auto kLate = std::chrono::seconds(5);

} // namespace

Isolate::Isolate(tsgi_group *group, tsgi_port *port, std::function<void()> tell,
                 const AppStates *others)
    : group_(group), port_(port), tell_(std::move(tell)),
      others_(others != nullptr ? *others : AppStates()),
      stage_(others != nullptr ? Stage::kComing : Stage::kSitting), circuit_(group, port)
{
    tsgi_tenure_init(&tenure_);
}

Isolate::~Isolate()
{
    Watch::Get().Forget(this);

    if (Live() > 0 || IsLost()) {
        tsgi_port_unref(
            port_); // a successor has it; or whoever holds an exchange that never came keeps it
    } else {
        tsgi_port_close(port_);
    }
}

bool Isolate::Start(std::chrono::milliseconds *pause)
{
    int error = IsStopping() ? ECANCELED : MakeThread();

    if (error == 0) {
        return true;
    }

    OnFailed("a thread for it cannot be had");

    if (error == ECANCELED || stage() == Stage::kFailed) {
        RefuseLate();
        ended_.store(true);
        tell_();
        return true;
    }

    std::string text = std::string("a thread for it cannot be had: ") + strerror(error);

    tsgi_log(group_->runtime, nullptr, group_->apps, TSGI_LEVEL_ERROR, TSGI_TAG_NO_ENVIRONMENT,
             text.data(), text.size());
    RefuseQueued();
    *pause = std::chrono::milliseconds(circuit_.Die(0));
    return false;
}

bool Isolate::IsStopping()
{
    std::lock_guard<std::mutex> guard(lock_);

    return stopping_;
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

// ---- the watchdog's ----

// Nanoseconds of processor time that the thread has used.
uint64_t Isolate::TimeUsed() const
{
    timespec time = {};

    clock_gettime(clock_, &time);
    return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

// How long a thread may be away that is loading CommonJS, which does not go round in between; 0: for ever.
uint64_t Isolate::StartAllowed() const
{
    uint64_t startup = group_->startup_timeout;

    return startup == 0 ? 0 : std::max<uint64_t>(startup, group_->stall_timeout);
}

uint64_t Isolate::Look(uint64_t now)
{
    std::lock_guard<std::mutex> guard(lock_);

    if (environment_ != nullptr) {
        circuit_.Live(now - began_);
    }

    return group_->stall_timeout == 0 ? now + kCloses : LookForStall(now);
}

// A loop that does not go round may be asleep: then a ping wakes it. Who neither computes nor has a
// request is left in peace.
uint64_t Isolate::LookForStall(uint64_t now)
{
    const uint64_t stall = group_->stall_timeout;

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

    uint64_t allowed = environment_->CameUp() ? stall : StartAllowed();

    if (allowed == 0) {
        return now + stall;
    }

    uint64_t due = pinged_ + allowed;

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
    timespec time = tsgi_clock_time(static_cast<uint64_t>(since.count()));

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
    BeNicer(Platform::Get().nice());

    {
        std::lock_guard<std::mutex> guard(lock_);

        pthread_getcpuclockid(pthread_self(), &clock_);
    }

    while (Next()) {
        uint64_t started = Pulse::Now();
        bool stopped = environment_->Run();
        bool came_up = environment_->CameUp();

        stuck_at_ = environment_->StuckAt();

        if (stopped || IsLost() || DiedBeforeItSat()) {
            break;
        }

        if (!came_up) {
            RefuseQueued(); // they would wait for something that may never come
        }

        WaitBackOff(Pulse::Now() - started);
    }

    RefuseLate();

    {
        std::lock_guard<std::mutex> guard(lock_);

        environment_ = nullptr;
    }

    ended_.store(true);
    tell_();
}

// Makes the next environment. False: there is to be none.
bool Isolate::Next()
{
    {
        std::lock_guard<std::mutex> guard(files_lock_);

        borne_.clear(); // it reads them anew
    }

    std::lock_guard<std::mutex> guard(lock_);

    environment_ = nullptr;

    if (stopping_) {
        return false;
    }

    apps_.clear();
    changed_at_ = 0;
    began_ = Pulse::Now();
    environment_ = std::make_shared<Environment>(
        group_, port_, &tenure_, this, stage_ == Stage::kSitting ? nullptr : &others_, stuck_at_);
    return true;
}

// Its environment has ended before the isolate sat: no other follows.
bool Isolate::DiedBeforeItSat()
{
    OnFailed("its isolate ended before it was ready");
    return stage() == Stage::kFailed;
}

void Isolate::WaitBackOff(uint64_t lived)
{
    std::unique_lock<std::mutex> guard(lock_);
    auto over = [this] { return stopping_ || changed_at_ != 0; };
    uint32_t pause = circuit_.Die(lived);

    environment_ = nullptr;

    if (!over() && circuit_.Refuse(pause)) {
        guard.unlock();
        RefuseQueued();
        guard.lock();
    }

    changed_.wait_for(guard, std::chrono::milliseconds(pause), over);
    circuit_.Admit();
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

// Nothing is begun on the port any more; but who chose it before may only now send.
void Isolate::RefuseLate()
{
    auto deadline = std::chrono::steady_clock::now() + kLate;

    RefuseQueued();

    while (Live() > 0 && !tsgi_tenure_is_lost(&tenure_) &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        RefuseQueued();
    }
}

} // namespace tsgi
