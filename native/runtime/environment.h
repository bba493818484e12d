// One Node environment on one thread: brought up, run until it ends, taken down.
//
// The only file pair that knows how Node is embedded.

#ifndef TSGI_RUNTIME_ENVIRONMENT_H_
#define TSGI_RUNTIME_ENVIRONMENT_H_

#include <atomic>
#include <mutex>
#include <string>

#include "bridge/bridge.h"
#include "bridge/turns.h"

struct uv_async_s;

namespace node
{
class CommonEnvironmentSetup;
class Environment;
} // namespace node

namespace tsgi
{

class Environment final : public Turns
{
  public:
    // `index` is the isolate's number in the group.
    Environment(tsgi_group *group, uint32_t index);
    ~Environment() override;

    // Isolate's thread. Returns when JavaScript has ended; true: because Stop asked for it.
    bool Run();

    // Any thread. The applications' close() runs, then Run returns.
    void Stop();

    // Any thread. JavaScript is interrupted wherever it is, then Run returns.
    void Terminate();

    // Isolate's thread. src/server has attached itself: the environment came up.
    bool CameUp() const { return came_up_; }

    // ---- Turns ----
    void Wake() override;
    void Stopped() override;
    void Die(const char *reason) override;

  private:
    bool Load();
    void Loop();
    void TakeDown();
    void Turn();
    void Report(uint16_t tag, const std::string &text);

    tsgi_group *const group_;
    const uint32_t index_;

    std::unique_ptr<node::CommonEnvironmentSetup> setup_;
    std::unique_ptr<Bridge> bridge_;
    uv_async_s *async_ = nullptr;

    std::mutex lock_;                   // of node_
    node::Environment *node_ = nullptr; // NULL: there is nothing to terminate

    std::atomic<bool> stop_wanted_{false};
    bool stop_asked_ = false;
    bool stopped_ = false;
    bool came_up_ = false;

    friend struct EnvironmentAccess;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_ENVIRONMENT_H_
