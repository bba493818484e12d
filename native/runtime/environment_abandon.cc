// An environment whose thread is stuck outside of JavaScript, where nothing can stop it.

#include <cstdint>
#include <string>

#include "environment.h"

extern "C" {
#include "core/tags.h"
#include "core/tenure.h"
}

namespace tsgi
{

bool Environment::Abandon(uint64_t stuck)
{
    std::lock_guard<std::mutex> guard(lock_);

    if (!tsgi_tenure_revoke(tenure_)) {
        return false;
    }

    abandoned_ = Pulse::Now();
    Report(TSGI_TAG_ABANDONED,
           "the application's thread has not come back to its event loop for " +
               std::to_string(stuck) + " ms, nor to JavaScript; it is abandoned and replaced (" +
               Life() + ")" + (bridge_ != nullptr ? bridge_->InFlight(kShown) : ""));

    if (bridge_ != nullptr) {
        bridge_->Abandon();
    }

    return true;
}

// The last words of an environment whose thread was abandoned.
void Environment::ReportReturn()
{
    std::lock_guard<std::mutex> guard(lock_);

    if (abandoned_ != 0) {
        Report(TSGI_TAG_RETURNED,
               "an abandoned thread has come back after " +
                   std::to_string(Pulse::Now() - abandoned_) + " ms, and ends" + stuck_at_,
               TSGI_LEVEL_NOTICE);
    }
}

} // namespace tsgi
