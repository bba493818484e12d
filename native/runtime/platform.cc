#include "platform.h"

#include <openssl/err.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdlib>

#include "children.h"
#include "confines.h"
#include "nice.h"
#include "reserves.h"
#include "signals.h"

namespace tsgi
{

namespace
{

// Of V8's own helper threads (garbage collection, compilation): they are shared by all isolates.
constexpr int kHelpers = 2;

// Those, the one for delayed tasks, the keeper, the watchdog and the watch; and what libuv and Node open.
constexpr Needs kNeeds = {kHelpers + 4, 16};

namespace Flags = node::ProcessInitializationFlags;

// The server owns signals, standard streams, limits and the environment; Node gets none of them.
constexpr auto kFlags = static_cast<Flags::Flags>(
    Flags::kNoInitializeV8 | Flags::kNoInitializeNodeV8Platform | Flags::kNoDefaultSignalHandling |
    Flags::kNoStdioInitialization | Flags::kDisableNodeOptionsEnv |
    Flags::kNoParseGlobalDebugVariables | Flags::kNoAdjustResourceLimits | Flags::kNoUseLargePages |
    Flags::kNoPrintHelpOrVersionOutput);

} // namespace

Platform &Platform::Get()
{
    // Never destroyed: its threads outlive every destructor.
    static Platform *platform = new Platform();

    return *platform;
}

bool Platform::Start(const std::string &name, const std::vector<std::string> &options,
                     uint32_t nice, std::string *message)
{
    static bool done = false;
    static bool started = false;
    static std::string cause;

    if (!done) {
        std::vector<std::string> args = {name};

        args.insert(args.end(), options.begin(), options.end());
        done = true;
        Get().nice_ = nice;
        started = Get().Initialize(args, &cause);
    }

    *message = cause;
    return started;
}

bool Platform::Initialize(const std::vector<std::string> &args, std::string *message)
{
    SignalBlock block; // threads of libuv and V8 inherit it

    *message = ObstacleToV8(args);

    if (*message != "" || !Reserves::Have(kNeeds, message)) {
        return false;
    }

    if (!Children::Initialize()) {
        *message = "out of memory";
        return false;
    }

    // Node takes whatever is in OpenSSL's queue for an error of its own configuration, and mod_ssl
    // leaves there what it tried in vain.
    ERR_clear_error();

    auto result = node::InitializeOncePerProcess(args, kFlags);

    for (const std::string &error : result->errors()) {
        *message += *message == "" ? error : "; " + error;
    }

    if (!result->errors().empty() || result->exit_code() != 0) {
        if (message->empty()) {
            *message = "Node refused its options";
        }

        return false;
    }

    args_ = result->args();
    exec_args_ = result->exec_args();
    CreateNode();
    v8::V8::InitializePlatform(node_.get());
    v8::V8::Initialize();
    on_exit(AtExit, nullptr);
    return true;
}

// V8's helpers collect for threads that run JavaScript, and are as nice: as nice as who creates them.
void Platform::CreateNode()
{
    auto create = [](void *self) -> void * {
        auto *platform = static_cast<Platform *>(self);

        BeNicer(platform->nice_);
        platform->node_ = node::MultiIsolatePlatform::Create(kHelpers);
        return nullptr;
    };
    pthread_t thread;

    if (pthread_create(&thread, nullptr, create, this) == 0) {
        pthread_join(thread, nullptr);
    } else {
        node_ = node::MultiIsolatePlatform::Create(kHelpers);
    }
}

void Platform::AtExit(int status, void *)
{
    if (Get().threads.load() > 0) {
        _exit(status);
    }

    v8::V8::Dispose();
    v8::V8::DisposePlatform();
    Get().node_.reset();
    node::TearDownOncePerProcess();
}

} // namespace tsgi
