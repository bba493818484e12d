// What others see of an isolate: how far it is, and whether its files have changed.

#include <utility>

#include "isolate.h"
#include "watch.h"

namespace tsgi
{

// ---- its stage ----

Isolate::Stage Isolate::stage()
{
    std::lock_guard<std::mutex> guard(lock_);

    return stage_;
}

std::string Isolate::Failure()
{
    std::lock_guard<std::mutex> guard(lock_);

    return failure_;
}

AppStates Isolate::Apps()
{
    std::lock_guard<std::mutex> guard(lock_);

    return apps_;
}

bool Isolate::IsUp()
{
    std::lock_guard<std::mutex> guard(lock_);

    return environment_ != nullptr && environment_->CameUp();
}

bool Isolate::Sit()
{
    std::lock_guard<std::mutex> guard(lock_);

    if (stage_ == Stage::kReady) {
        stage_ = Stage::kSitting;
    }

    return stage_ == Stage::kSitting;
}

void Isolate::OnNote(uint32_t app, AppState state)
{
    std::lock_guard<std::mutex> guard(lock_);

    apps_[app] = state;
}

void Isolate::OnReady()
{
    {
        std::lock_guard<std::mutex> guard(lock_);

        if (stage_ == Stage::kComing) {
            stage_ = Stage::kReady;
        }
    }

    tell_();
}

void Isolate::OnFailed(const char *reason)
{
    {
        std::lock_guard<std::mutex> guard(lock_);

        if (stage_ == Stage::kComing || stage_ == Stage::kReady) {
            stage_ = Stage::kFailed;
            failure_ = reason;
        }
    }

    tell_();
}

// ---- its files ----

void Isolate::OnFiles(std::vector<WatchedFile> files)
{
    std::lock_guard<std::mutex> guard(files_lock_);

    files_ = std::move(files);
    WatchFiles();
}

std::vector<WatchedFile> Isolate::Files()
{
    std::lock_guard<std::mutex> guard(files_lock_);

    return files_;
}

void Isolate::Bear(const std::vector<WatchedFile> &files)
{
    std::lock_guard<std::mutex> guard(files_lock_);

    for (const WatchedFile &file : files_) {
        borne_[file.path] = StampOf(file.path);
    }

    for (const WatchedFile &file : files) {
        borne_[file.path] = file.stamp;
    }

    {
        std::lock_guard<std::mutex> inner(lock_);

        changed_at_ = 0;
    }

    WatchFiles();
}

// Under files_lock_, so that the last one to know has the last word.
void Isolate::WatchFiles()
{
    std::vector<WatchedFile> files;

    if (group_->reload == 0) {
        return;
    }

    for (const WatchedFile &file : files_) {
        if (borne_.count(file.path) == 0) {
            files.push_back(file);
        }
    }

    for (const auto &[path, stamp] : borne_) {
        files.emplace_back(path, stamp);
    }

    Watch::Get().Set(this, std::move(files), [this] { OnChange(); });
}

// The watch's thread.
void Isolate::OnChange()
{
    {
        std::lock_guard<std::mutex> guard(lock_);

        changed_at_ = Pulse::Now();
        changed_.notify_all();
    }

    tell_();
}

uint64_t Isolate::ChangedAt()
{
    std::lock_guard<std::mutex> guard(lock_);

    return changed_at_;
}

} // namespace tsgi
