// One Node environment on one thread: brought up, run until it ends, taken down.
//
// The only file pair that knows how Node is embedded.

#ifndef TSGI_RUNTIME_ENVIRONMENT_H_
#define TSGI_RUNTIME_ENVIRONMENT_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "bridge/bridge.h"
#include "bridge/turns.h"
#include "inline_turns.h"
#include "memory.h"
#include "pulse.h"
#include "stamp.h"

struct uv_async_s;

namespace node
{
class Environment;
}

namespace v8
{
class Isolate;
}

namespace tsgi
{

class Setup;

class Environment final : public Turns
{
  public:
    // What it tells of itself, on its thread.
    class Listener
    {
      public:
        virtual void OnNote(uint32_t app, AppState state) = 0;
        virtual void OnReady() = 0;
        virtual void OnFailed(const char *reason) = 0;

        // All files that modules came from so far: at the end of each turn that has read some, of the last at
        // the latest, and before the two above.
        virtual void OnFiles(std::vector<WatchedFile> files) = 0;

      protected:
        ~Listener() = default;
    };

    // `port` is the isolate's, `tenure` its thread's. `coming`: as the bridge's. `stuck_at`: StuckAt() of
    // the environment before it. All of them outlive it.
    Environment(tsgi_group *group, tsgi_port *port, tsgi_tenure *tenure, Listener *listener,
                const AppStates *coming, std::string stuck_at);
    ~Environment() override;

    // Isolate's thread. Returns when JavaScript has ended; true: because Stop asked for it.
    bool Run();

    // Any thread. The applications' close() runs, then Run returns.
    void Stop();

    // Any thread. JavaScript is interrupted wherever it is, then Run returns.
    void Terminate();

    // Any thread. The loop goes round soon, if the thread is there.
    void Ping();

    // Any thread. How often it has gone round.
    uint64_t Beats() const { return pulse_.Beats(); }

    // Any thread. The loop has not gone round for so many milliseconds: as Terminate, once JavaScript
    // is found running, whose stack is logged. Nothing happens as long as the thread is in native code.
    void Interrupt(uint64_t stuck);

    // Any thread. Takes Interrupt back, unless it has been too late.
    void Spare() { stuck_.store(0); }

    // Any thread. Interrupt has been asked for and JavaScript has not been found running yet.
    bool IsBlocked() const { return stuck_.load() != 0; }

    // Any thread but the isolate's, which has not gone round for so many milliseconds. Takes the tenure
    // from it: fails what it has begun, and leaves the port to a successor. It ends when it comes back, which
    // may be never. False: it is just there, or was abandoned before.
    bool Abandon(uint64_t stuck);

    // Isolate's thread, perhaps in the midst of a collection. Ends before its time: logs the cause
    // and what is known, once, then Terminate().
    void Condemn(uint16_t tag, const std::string &cause, const std::string &detail = "");

    // Any thread. A thread of the server runs a turn of it.
    bool IsVisited() const { return inline_turns_ != nullptr && inline_turns_->IsVisited(); }

    // Any thread. src/server has attached itself: the environment came up.
    bool CameUp() const { return came_up_.load(); }

    // Isolate's thread. Where JavaScript was when it was found stuck; empty: it was not.
    const std::string &StuckAt() const { return stuck_at_; }

    // ---- Turns ----
    void Wake() override;
    void Stopped() override;
    void Die(const char *reason) override;
    void Watch(const char *path, const char *stamp) override;
    void Note(uint32_t app, AppState state) override;
    void Ready() override;
    void Failed(const char *reason) override;

  private:
    bool RunHeld();
    bool Load();
    void Loop();
    void TakeDown();
    void Turn(tsgi_port *visitor);
    void Beat(uint64_t now);
    void TellFiles();
    void TellVersion();
    void Report(uint16_t tag, const std::string &text, tsgi_level level = TSGI_LEVEL_ERROR);
    void ReportReturn();
    std::string Life() const;
    std::string Record() const;

    static void OnInterrupt(v8::Isolate *isolate, void *data);

    // Requests in flight that the record of an end names.
    static constexpr uint32_t kShown = 8;

    tsgi_group *const group_;
    tsgi_port *const port_;
    tsgi_tenure *const tenure_;
    Listener *const listener_;
    const AppStates *const coming_;
    const std::string predecessor_stuck_at_;
    std::string stuck_at_;
    std::map<std::string, std::string> files_; // and what they were when they were read
    bool new_files_ = false;
    bool version_due_ = false;

    std::unique_ptr<Setup> setup_;
    std::unique_ptr<Memory> memory_;
    std::unique_ptr<Bridge> bridge_;
    std::unique_ptr<InlineTurns> inline_turns_; // NULL: the isolate's own thread runs all
    Pulse pulse_;
    uint64_t began_ = 0; // Pulse::Now()
    uv_async_s *async_ = nullptr;

    std::mutex lock_;                   // of what follows, and of bridge_ when it comes and goes
    node::Environment *node_ = nullptr; // NULL: there is nothing to terminate
    uint64_t abandoned_ = 0;            // Pulse::Now(); 0: not so

    std::atomic<bool> stop_wanted_{false};
    std::atomic<uint64_t> stuck_{0}; // milliseconds; 0: not so
    bool dying_ = false;
    bool stop_asked_ = false;
    bool stopped_ = false;
    std::atomic<bool> came_up_{false};

    friend struct EnvironmentAccess;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_ENVIRONMENT_H_
