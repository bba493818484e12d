#include "folders.h"

#include <limits.h>
#include <linux/magic.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tsgi
{

namespace
{

constexpr int kMostLinks = 40; // as the kernel has it

// Of a file that is being written the end tells, not each write.
constexpr uint32_t kOfNames = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB;
constexpr uint32_t kOfFiles = IN_CLOSE_WRITE;
constexpr uint32_t kOfItself = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT;

// File systems on which others change files unseen by this machine.
bool IsRemote(const std::string &path)
{
    constexpr unsigned kOthers[] = {
        0x65735546 /* fuse */,   0xff534d42 /* cifs */,  0xfe534d42 /* smb2 */,
        0x00c36400 /* ceph */,   0x01021997 /* 9p */,    0x0bd00bd0 /* lustre */,
        0x01161970 /* gfs2 */,   0x7461636f /* ocfs2 */, 0x786f4256 /* vboxsf */,
        0xbacbacbc /* vmhgfs */,
    };
    struct statfs info;

    if (statfs(path.c_str(), &info) != 0) {
        return false;
    }

    auto type = static_cast<unsigned>(info.f_type);

    for (unsigned other : kOthers) {
        if (type == other) {
            return true;
        }
    }

    return type == NFS_SUPER_MAGIC || type == SMB_SUPER_MAGIC || type == AFS_SUPER_MAGIC ||
           type == CODA_SUPER_MAGIC;
}

// Splits off the last name. A path without a slash has none.
std::pair<std::string, std::string> Split(const std::string &path)
{
    size_t slash = path.rfind('/');

    if (slash == std::string::npos) {
        return {"", path};
    }

    return {path.substr(0, slash), path.substr(slash + 1)};
}

} // namespace

Folders::Folders(std::function<void(const std::string &)> complain) : complain_(std::move(complain))
{
    fd_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    if (fd_ == -1) {
        all_mute_ = true;
        Complain(errno);
    }
}

Folders::~Folders()
{
    if (fd_ != -1) {
        close(fd_);
    }
}

// ---- the way ----

void Folders::Begin()
{
    folders_.clear();
    places_.clear();
    ends_.clear();
    linked_.clear();
}

void Folders::Follow(const std::string &path)
{
    auto [parent, name] = Split(path);
    Place at = Resolve(parent, kMostLinks);

    if (!at.has_value() || name.empty()) {
        return;
    }

    folders_[*at].files = true;

    Place file = Step(*at, name, kMostLinks); // maybe elsewhere, by a link

    if (file.has_value() && Split(*file).first != *at) {
        ends_[path] = Split(*file).first;
        folders_[ends_[path]].files = true;
    }
}

// Notes the names on the way, until there is nothing more.
Folders::Place Folders::Resolve(const std::string &path, int links)
{
    if (path.empty()) {
        return "";
    }

    auto known = places_.find(path);

    if (known != places_.end()) {
        return known->second;
    }

    auto [parent, name] = Split(path);
    Place at = Resolve(parent, links);

    if (at.has_value() && name == "..") {
        at = Split(*at).first;
    } else if (at.has_value() && !name.empty() && name != ".") {
        at = Step(*at, name, links);
    }

    places_[path] = at;
    return at;
}

Folders::Place Folders::Step(const std::string &at, const std::string &name, int links)
{
    std::string path = at + "/" + name;
    char target[PATH_MAX];

    folders_[at].names.insert(name);

    ssize_t size = readlink(path.c_str(), target, sizeof(target));

    if (size < 0) {
        return errno == EINVAL ? Place(path) : std::nullopt; // no link, or nothing at all
    }

    linked_.insert(at);

    if (links == 0) {
        return std::nullopt;
    }

    std::string next(target, static_cast<size_t>(size));

    return Resolve(next[0] == '/' ? next : path.substr(0, at.size() + 1) + next, links - 1);
}

// ---- watches ----

void Folders::Commit()
{
    if (fd_ == -1) {
        return;
    }

    std::unordered_map<int, Folder> before = std::move(watches_);

    watches_.clear();
    mute_.clear();
    all_mute_ = false;

    for (const auto &[path, folder] : folders_) {
        if (!Watch(path.empty() ? "/" : path, folder)) {
            mute_.insert(path);
            all_mute_ = all_mute_ || linked_.count(path) > 0;
        }
    }

    for (const auto &[watch, folder] : before) {
        if (watches_.count(watch) == 0) {
            inotify_rm_watch(fd_, watch); // maybe gone before
        }
    }
}

bool Folders::Watch(const std::string &path, const Folder &folder)
{
    uint32_t mask = IN_ONLYDIR | kOfNames | kOfItself | (folder.files ? kOfFiles : 0);
    int watch = inotify_add_watch(fd_, path.c_str(), mask);

    if (watch == -1) {
        int error = errno;

        if (error == ENOSPC || error == ENOMEM) {
            Complain(error);
        }

        return error == ENOENT || error == ENOTDIR; // the folder above tells
    }

    // One folder may have two names: bind mounts.
    Folder &known = watches_[watch];

    known.names.insert(folder.names.begin(), folder.names.end());
    return !folder.files || !IsRemote(path);
}

void Folders::Complain(int error)
{
    if (!complained_) {
        complained_ = true;
        complain_(strerror(error));
    }
}

bool Folders::IsMute(const std::string &path) const
{
    if (all_mute_) {
        return true;
    }

    if (mute_.empty()) {
        return false;
    }

    auto place = places_.find(Split(path).first);
    auto end = ends_.find(path);

    return (place != places_.end() && place->second.has_value() &&
            mute_.count(*place->second) > 0) ||
           (end != ends_.end() && mute_.count(end->second) > 0);
}

// ---- what is told ----

bool Folders::Concerns(int watch, uint32_t mask, const char *name) const
{
    if ((mask & IN_Q_OVERFLOW) != 0) {
        return true;
    }

    auto folder = watches_.find(watch);

    if (folder == watches_.end()) {
        return false; // it was given up
    }

    return (mask & (kOfItself | IN_IGNORED)) != 0 || folder->second.names.count(name) > 0;
}

bool Folders::Read()
{
    alignas(inotify_event) char buffer[16 * 1024];
    bool concerned = false;
    ssize_t size;

    while (fd_ != -1 && (size = read(fd_, buffer, sizeof(buffer))) > 0) {
        for (const char *at = buffer; at < buffer + size;) {
            auto *event = reinterpret_cast<const inotify_event *>(at);

            concerned =
                Concerns(event->wd, event->mask, event->len > 0 ? event->name : "") || concerned;
            at += sizeof(inotify_event) + event->len;
        }
    }

    return concerned;
}

} // namespace tsgi
