// Tells when files change: changed, replaced, touched, deleted, made, or reached by another way.
//
// A thread of its own, because a file system that hangs holds up whoever asks it. It sleeps until
// the kernel tells of a folder (folders.h), and looks every two seconds at some of the files of which
// the kernel does not tell. No clock is compared with the times of files.
//
//     watched --differs--> unsettled --quiet for 100 ms--> told, and forgotten
//
// Made by     Runtime, one a process
// Ended by    Stop; Join is true when the thread is gone

#ifndef TSGI_RUNTIME_WATCH_H_
#define TSGI_RUNTIME_WATCH_H_

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "stamp.h"

namespace tsgi
{

class Folders;

class Watch
{
  public:
    Watch() = default;
    ~Watch();

    // The process's, never destroyed. Started and stopped with the runtime.
    static Watch &Get();

    Watch(const Watch &) = delete;
    Watch &operator=(const Watch &) = delete;

    // Any thread. `complain` gets the reason, once and on the watch's thread, when the kernel does not
    // tell of changes. False: no thread could be made.
    bool Start(std::function<void(const std::string &)> complain);

    // Any thread. Nobody is told of anything that it has not begun to tell.
    void Stop();

    // Any thread but its own, after Stop. False: the thread has not ended by `deadline`.
    bool Join(std::chrono::steady_clock::time_point deadline);

    // Any thread. `changed` is called, once and on the watch's thread, when one of the files is not what its stamp
    // says, and all of them have been quiet for a while. Then the owner is forgotten. Replaces what
    // the owner had.
    void Set(const void *owner, std::vector<WatchedFile> files, std::function<void()> changed);

    // Any thread that holds no lock which `changed` takes. After this it is not running, unless it is what calls
    // this, and will not be called.
    void Forget(const void *owner);

  private:
    using Files = std::shared_ptr<const std::vector<WatchedFile>>;

    struct Owner {
        Files files;
        std::function<void()> changed;
        std::string difference; // of the files from their stamps, at the last look
        uint64_t since = 0;     // milliseconds; when it became so
        uint64_t first = 0;     // when there was one first
    };

    void Nudge();
    void Main();
    int Timeout(uint64_t now) const;
    bool TakeNews(bool *stopping);
    void Follow(Folders *folders);
    bool Sweep();
    void Look(uint64_t now);
    static bool Judge(Owner *owner, std::string difference, uint64_t quiet, uint64_t now);
    void Tell();

    std::function<void(const std::string &)> complain_;
    pthread_t thread_;
    bool started_ = false;
    int wake_ = -1; // an eventfd

    std::mutex lock_; // of what follows
    std::condition_variable told_;
    std::map<const void *, Owner> owners_;
    const void *telling_ = nullptr;
    bool new_ = false; // owners have been set or forgotten
    bool stopping_ = false;
    bool ended_ = false;

    // Its thread's. Times are milliseconds of Now(); 0: there is nothing to be done.
    uint64_t look_at_ = 0;   // something is unsettled
    uint64_t sweep_at_ = 0;  // there are files of which nobody tells
    uint64_t listen_at_ = 0; // the kernel is not listened to until then
    std::vector<const void *> due_;
    std::vector<WatchedFile> mute_;
    size_t next_mute_ = 0;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_WATCH_H_
