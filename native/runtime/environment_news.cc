// What an environment tells of its modules and applications.

#include <utility>

#include "environment.h"
#include "version.h"

extern "C" {
#include "core/log.h"
#include "core/tags.h"
}

namespace tsgi
{

// Once for each version in the process.
void Environment::TellVersion()
{
    uint64_t digest = DigestOf(files_);

    if (atomic_exchange(&group_->version, digest) != digest) {
        std::string text = "the applications of the group \"" + std::string(group_->name) +
                           "\" are at version " + DescribeVersion(digest, files_);

        tsgi_log(group_->runtime, nullptr, group_->apps, TSGI_LEVEL_NOTICE, TSGI_TAG_VERSION,
                 text.data(), text.size());
    }
}

void Environment::Watch(const char *path, const char *stamp)
{
    files_[path] = stamp != nullptr ? stamp : StampOf(path);
    new_files_ = true;
}

void Environment::Note(uint32_t app, AppState state)
{
    version_due_ = state == AppState::kReady; // in a turn that has read no more files
    listener_->OnNote(app, state);
}

void Environment::Ready()
{
    TellFiles();
    listener_->OnReady();
}

void Environment::Failed(const char *reason)
{
    TellFiles();
    listener_->OnFailed(reason);
}

void Environment::TellFiles()
{
    if (!new_files_) {
        return;
    }

    std::vector<WatchedFile> files;

    for (const auto &[path, stamp] : files_) {
        files.emplace_back(path, stamp);
    }

    new_files_ = false;
    listener_->OnFiles(std::move(files));
}

} // namespace tsgi
