// What Node and V8 need once a process: flags, V8, the platform with its worker threads.
//
// Made by    Platform::Start, on the process's main thread, after the last fork and before any
//            thread that will run JavaScript (V8's memory protection keys are handed from a
//            thread to those it creates)
// Ended by   an exit handler: disposed of when every isolate's thread has ended, else the process
//            leaves by _exit, so that no destructor of libnode runs under a live thread

#ifndef TSGI_RUNTIME_PLATFORM_H_
#define TSGI_RUNTIME_PLATFORM_H_

#include <node.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace tsgi
{

class Platform
{
  public:
    // Once a process; a second call answers with the first one's result. `options` are V8's and
    // Node's. False: *message is one sentence.
    static bool Start(const std::string &name, const std::vector<std::string> &options,
                      std::string *message);

    static Platform &Get();

    node::MultiIsolatePlatform *node() { return node_.get(); }
    const std::vector<std::string> &args() const { return args_; }
    const std::vector<std::string> &exec_args() const { return exec_args_; }

    // Threads that may still run JavaScript.
    std::atomic<int> threads{0};

  private:
    bool Initialize(const std::vector<std::string> &args, std::string *message);
    static void AtExit(int status, void *data);

    std::unique_ptr<node::MultiIsolatePlatform> node_;
    std::vector<std::string> args_;
    std::vector<std::string> exec_args_;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_PLATFORM_H_
