#include "circuit.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

extern "C" {
#include "core/log.h"
#include "core/tags.h"
}

namespace tsgi
{

namespace
{

// Milliseconds.
constexpr uint32_t kFirstPause = 100;
constexpr uint32_t kLastPause = 10000;
constexpr uint32_t kOpens = 1000;
constexpr uint64_t kProven = 30000; // an environment that lived so long was no failure

} // namespace

uint32_t Circuit::Die(uint64_t lived)
{
    if (lived > kProven) {
        pause_ = 0;
        deaths_ = 0;
    }

    pause_ = std::min(std::max(pause_ * 2, kFirstPause), kLastPause);
    deaths_++;
    return pause_;
}

bool Circuit::Refuse(uint32_t pause)
{
    if (pause < kOpens) {
        return false;
    }

    refusing_ = true;
    tsgi_group_refuse(group_, port_, true);

    if (!open_) {
        char text[200];

        open_ = true;
        snprintf(
            text, sizeof(text),
            "the application's isolate has died %u times in a row: until it lives for %u s again "
            "requests are refused while it waits for its next start, %u.%u s by now",
            deaths_, static_cast<unsigned>(kCloses / 1000), pause / 1000, pause % 1000 / 100);
        Report(TSGI_TAG_CIRCUIT_OPEN, TSGI_TAG_CIRCUIT_OPEN_LEVEL, text);
    }

    return true;
}

void Circuit::Admit()
{
    if (refusing_) {
        refusing_ = false;
        tsgi_group_refuse(group_, port_, false);
    }
}

void Circuit::Live(uint64_t lived)
{
    if (open_ && lived >= kCloses) {
        open_ = false;
        Report(TSGI_TAG_CIRCUIT_CLOSED, TSGI_TAG_CIRCUIT_CLOSED_LEVEL,
               "the application's isolate lives again");
    }
}

void Circuit::Report(uint16_t tag, int level, const char *text) const
{
    tsgi_log(group_->runtime, nullptr, group_->apps, static_cast<tsgi_level>(level), tag, text,
             strlen(text));
}

} // namespace tsgi
