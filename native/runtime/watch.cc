#include "watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "folders.h"
#include "signals.h"

extern "C" {
#include "core/clock.h"
}

namespace tsgi
{

namespace
{

// Milliseconds.
constexpr uint64_t kQuiet = 100;
constexpr uint64_t kQuietGone =
    500; // of a file that is not there: its successor is on its way, most often
constexpr uint64_t kPatience = 10000; // with what never is quiet
constexpr uint64_t kCalm = 100;       // between two times that the kernel is listened to
constexpr uint64_t kSweep = 2000;

constexpr size_t kSweepFiles = 1024; // that are looked at in one sweep

uint64_t Now()
{
    return tsgi_clock_now() / 1000000;
}

// How files differ from what they were; the same text for the same difference. *gone: one of them is not there.
std::string Compare(const std::vector<WatchedFile> &files,
                    std::unordered_map<std::string, std::string> *stamps, bool *gone)
{
    std::string difference;

    for (const WatchedFile &file : files) {
        auto [known, is_new] = stamps->try_emplace(file.path);

        if (is_new) {
            known->second = StampOf(file.path);
        }

        if (known->second != file.stamp) {
            difference += file.path + " " + known->second + "\n";
            *gone = *gone || known->second.empty();
        }
    }

    return difference;
}

} // namespace

Watch &Watch::Get()
{
    static Watch *watch = new Watch();

    return *watch;
}

Watch::~Watch()
{
    if (wake_ != -1 && !started_) {
        close(wake_);
    }
}

bool Watch::Start(std::function<void(const std::string &)> complain)
{
    SignalBlock block;

    complain_ = std::move(complain);
    wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    started_ = wake_ != -1 && pthread_create(
                                  &thread_, nullptr,
                                  [](void *data) -> void * {
                                      static_cast<Watch *>(data)->Main();
                                      return nullptr;
                                  },
                                  this) == 0;
    return started_;
}

void Watch::Stop()
{
    std::lock_guard<std::mutex> guard(lock_);

    stopping_ = true;
    Nudge();
}

bool Watch::Join(std::chrono::steady_clock::time_point deadline)
{
    {
        std::unique_lock<std::mutex> guard(lock_);

        if (started_ && !told_.wait_until(guard, deadline, [this] { return ended_; })) {
            return false;
        }
    }

    if (started_) {
        pthread_join(thread_, nullptr);
        started_ = false;
    }

    return true;
}

void Watch::Nudge()
{
    new_ = true;

    if (wake_ != -1) {
        eventfd_write(wake_, 1);
    }
}

void Watch::Set(const void *owner, std::vector<WatchedFile> files, std::function<void()> changed)
{
    std::lock_guard<std::mutex> guard(lock_);
    Owner &set = owners_[owner];

    set = Owner();
    set.files = std::make_shared<const std::vector<WatchedFile>>(std::move(files));
    set.changed = std::move(changed);
    Nudge();
}

void Watch::Forget(const void *owner)
{
    std::unique_lock<std::mutex> guard(lock_);

    if (owners_.erase(owner) > 0) {
        Nudge();
    }

    if (!started_ || !pthread_equal(pthread_self(), thread_)) {
        told_.wait(guard, [this, owner] { return telling_ != owner; });
    }
}

// ---- the thread ----

// What to wait for, in milliseconds; -1: for whatever comes.
int Watch::Timeout(uint64_t now) const
{
    uint64_t soonest = UINT64_MAX;

    for (uint64_t at : {look_at_, sweep_at_, listen_at_}) {
        if (at != 0) {
            soonest = std::min(soonest, at);
        }
    }

    return soonest == UINT64_MAX ? -1 : static_cast<int>(soonest > now ? soonest - now : 0);
}

void Watch::Main()
{
    Folders folders(complain_);
    bool stopping = false;

    pthread_setname_np(pthread_self(), "tsgi-watch");

    while (!stopping) {
        pollfd fds[] = {{wake_, POLLIN, 0}, {folders.fd(), POLLIN, 0}};
        uint64_t now = Now();
        bool listens = listen_at_ <= now;

        listen_at_ = listens ? 0 : listen_at_;
        poll(fds, listens ? 2 : 1, Timeout(now));
        now = Now();

        bool changed = TakeNews(&stopping);
        bool look = look_at_ != 0 && now >= look_at_;

        if (listens && fds[1].revents != 0) {
            listen_at_ = now + kCalm;
            changed = folders.Read() || changed;
        }

        if (changed) {
            Follow(&folders);
        }

        if (sweep_at_ != 0 && now >= sweep_at_) {
            sweep_at_ = now + kSweep;
            look = Sweep() || look;
        }

        if (changed || look) {
            Look(now);
        }

        Tell();
    }

    std::lock_guard<std::mutex> guard(lock_);

    ended_ = true;
    told_.notify_all();
}

bool Watch::TakeNews(bool *stopping)
{
    eventfd_t count;

    std::lock_guard<std::mutex> guard(lock_);

    eventfd_read(wake_, &count);
    *stopping = stopping_;
    return std::exchange(new_, false) && !stopping_;
}

// Looks where the ways of all files lead by now.
void Watch::Follow(Folders *folders)
{
    std::unordered_set<std::string> paths;

    {
        std::lock_guard<std::mutex> guard(lock_);

        for (const auto &[key, owner] : owners_) {
            for (const WatchedFile &file : *owner.files) {
                paths.insert(file.path);
            }
        }
    }

    folders->Begin();

    for (const std::string &path : paths) {
        folders->Follow(path);
    }

    folders->Commit();
    mute_.clear();

    for (const std::string &path : paths) {
        if (folders->IsMute(path)) {
            mute_.emplace_back(path);
        }
    }

    sweep_at_ = mute_.empty() ? 0 : Now() + kSweep;
}

// Looks at the next of the files of which nobody tells. True: one has changed.
bool Watch::Sweep()
{
    bool changed = false;

    for (size_t count = std::min(mute_.size(), kSweepFiles); count > 0; count--) {
        WatchedFile &file = mute_[next_mute_++ % mute_.size()];
        std::string stamp = StampOf(file.path);

        changed = changed || stamp != file.stamp;
        file.stamp = std::move(stamp);
    }

    return changed;
}

// Compares all files with their stamps, without the lock: that may take its time.
void Watch::Look(uint64_t now)
{
    std::vector<std::pair<const void *, Files>> looked_at;
    std::unordered_map<std::string, std::string> stamps;

    {
        std::lock_guard<std::mutex> guard(lock_);

        for (const auto &[key, owner] : owners_) {
            looked_at.emplace_back(key, owner.files);
        }
    }

    look_at_ = 0;

    for (const auto &[key, files] : looked_at) {
        bool gone = false;
        std::string difference = Compare(*files, &stamps, &gone);

        std::lock_guard<std::mutex> guard(lock_);
        auto owner = owners_.find(key);

        if (owner == owners_.end() || owner->second.files != files) {
            continue; // there is news of it
        }

        if (Judge(&owner->second, std::move(difference), gone ? kQuietGone : kQuiet, now)) {
            due_.push_back(key);
        } else if (!owner->second.difference.empty()) {
            look_at_ = now + kQuiet;
        }
    }
}

// Whether it is time to tell.
bool Watch::Judge(Owner *owner, std::string difference, uint64_t quiet, uint64_t now)
{
    if (difference.empty()) {
        owner->first = 0; // all is as it was
    } else if (owner->first == 0) {
        owner->first = now;
    }

    if (difference != owner->difference) {
        owner->difference = std::move(difference);
        owner->since = now;
    }

    return owner->first != 0 && (now - owner->since >= quiet || now - owner->first >= kPatience);
}

void Watch::Tell()
{
    std::unique_lock<std::mutex> guard(lock_);

    for (const void *key : std::exchange(due_, {})) {
        auto owner = owners_.find(key);

        if (owner == owners_.end() || owner->second.first == 0 || stopping_) {
            continue;
        }

        std::function<void()> changed = std::move(owner->second.changed);

        owners_.erase(owner);
        Nudge(); // its folders need not be watched any more
        telling_ = key;
        guard.unlock();
        changed();
        guard.lock();
        telling_ = nullptr;
        told_.notify_all();
    }
}

} // namespace tsgi
