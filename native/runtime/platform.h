// What Node and V8 need once a process: flags, V8, the platform with its worker threads.
//
// Made by    Platform::Start, on the process's main thread, after the last fork and before any
//            thread that will run JavaScript (V8's memory protection keys are handed from a
//            thread to those it creates)
// Ended by   an exit handler, which runs before those of libnode, of OpenSSL and of the server: it
//            disposes of it when every thread of ours has been joined. Else the process leaves by
//            _exit, so that none of those handlers frees what a live thread uses. In every other
//            case they run, as other modules may count on them.

#ifndef TSGI_RUNTIME_PLATFORM_H_
#define TSGI_RUNTIME_PLATFORM_H_

#include <node.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tsgi
{

class Platform
{
  public:
    // Once a process; a second call answers with the first one's result. `options` are V8's and
    // Node's; `nice` is for BeNicer, in every thread that runs JavaScript. False: *message is one sentence.
    static bool Start(const std::string &name, const std::vector<std::string> &options,
                      uint32_t nice, std::string *message);

    static Platform &Get();

    node::MultiIsolatePlatform *node() { return node_.get(); }
    const std::vector<std::string> &args() const { return args_; }
    const std::vector<std::string> &exec_args() const { return exec_args_; }
    uint32_t nice() const { return nice_; }

    // The keeper, the watchdog, the watch, and isolates: made and not yet joined.
    std::atomic<int> threads{0};

  private:
    bool Initialize(const std::vector<std::string> &args, std::string *message);
    void CreateNode();
    static void AtExit(int status, void *data);

    std::unique_ptr<node::MultiIsolatePlatform> node_;
    std::vector<std::string> args_;
    std::vector<std::string> exec_args_;
    uint32_t nice_ = 0;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_PLATFORM_H_
