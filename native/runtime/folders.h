// The folders that lead to a set of files, as inotify sees them.
//
// A file is watched by its folder, since editors and deployments put a new file in the place of the
// old one; and by the folders above, and those of every symbolic link on the way, for the day when
// one of them is switched (`current -> releases/7`).
//
// One thread's.

#ifndef TSGI_RUNTIME_FOLDERS_H_
#define TSGI_RUNTIME_FOLDERS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace tsgi
{

class Folders
{
  public:
    // `complain` gets a sentence, once, when a folder cannot be watched for want of something that
    // an administrator may raise.
    explicit Folders(std::function<void(const std::string &)> complain);
    ~Folders();

    Folders(const Folders &) = delete;
    Folders &operator=(const Folders &) = delete;

    // -1: there is no inotify.
    int fd() const { return fd_; }

    // From now on the paths that are given to Follow between the two, by the ways that they lead at
    // this moment, and no others. To be done anew when Read has said that a way may be another.
    void Begin();
    void Follow(const std::string &path);
    void Commit();

    // Takes what the kernel has to tell; does not wait. True: a path may lead to something else than before.
    bool Read();

    // Of a path that is followed: nobody tells of its changes, it must be looked at.
    bool IsMute(const std::string &path) const;

  private:
    struct Folder {
        std::unordered_set<std::string> names; // those that matter
        bool files = false;                    // there are others than folders among them
    };

    // A folder without symbolic links, "" for the root; nothing: it is not there.
    using Place = std::optional<std::string>;

    Place Resolve(const std::string &path, int links);
    Place Step(const std::string &at, const std::string &name, int links);
    bool Watch(const std::string &path, const Folder &folder);
    void Complain(int error);
    bool Concerns(int watch, uint32_t mask, const char *name) const;

    const std::function<void(const std::string &)> complain_;
    bool complained_ = false;
    int fd_ = -1;

    // As of the last Commit; keys of the first are folders without symbolic links.
    std::unordered_map<std::string, Folder> folders_;
    std::unordered_map<std::string, Place> places_; // of folders by the names that paths give them
    std::unordered_map<std::string, std::string> ends_; // files by links: where the last leads
    std::unordered_set<std::string> linked_;            // folders with a symbolic link on the way
    std::unordered_set<std::string> mute_;              // folders of which nobody tells
    bool all_mute_ = false;

    std::unordered_map<int, Folder> watches_; // by inotify's number
};

} // namespace tsgi

#endif // TSGI_RUNTIME_FOLDERS_H_
