#include "version.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace tsgi
{

namespace
{

// FNV-1a
uint64_t Add(uint64_t hash, const std::string &text)
{
    for (unsigned char c : text) {
        hash = (hash ^ c) * 1099511628211u;
    }

    return (hash ^ 0xff) * 1099511628211u; // no text has this byte
}

// Seconds; 0: the file is not there. See StampOf.
time_t ChangeOf(const std::string &stamp)
{
    size_t start = 0;

    for (int field = 0; field < 3; field++) {
        size_t dot = stamp.find('.', start);

        if (dot == std::string::npos) {
            return 0;
        }

        start = dot + 1;
    }

    return static_cast<time_t>(strtoull(stamp.c_str() + start, nullptr, 10) / 1000000000);
}

} // namespace

uint64_t DigestOf(const Stamps &files)
{
    uint64_t hash = 14695981039346656037u;

    for (const auto &[path, stamp] : files) {
        hash = Add(Add(hash, path), stamp);
    }

    return hash != 0 ? hash : 1;
}

std::string DescribeVersion(uint64_t digest, const Stamps &files)
{
    time_t newest = 0;
    size_t there = 0;
    struct tm parts;
    char date[32];
    char text[128];

    for (const auto &[path, stamp] : files) {
        newest = std::max(newest, ChangeOf(stamp));
        there += stamp.empty() ? 0 : 1;
    }

    localtime_r(&newest, &parts);
    strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &parts);
    snprintf(text, sizeof(text), "%08x (%zu %s, the newest of %s)",
             static_cast<uint32_t>(digest ^ digest >> 32), there, there == 1 ? "file" : "files",
             date);
    return text;
}

} // namespace tsgi
