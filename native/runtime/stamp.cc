#include "stamp.h"

#include <sys/stat.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>

namespace tsgi
{

std::string StampOf(const std::string &path)
{
    struct stat info;
    char text[160];

    if (stat(path.c_str(), &info) != 0) {
        return "";
    }

    int64_t changed = static_cast<int64_t>(info.st_mtim.tv_sec) * 1000000000 + info.st_mtim.tv_nsec;

    snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64 ".%" PRIi64 ".%" PRIi64 ".%o.%u.%u",
             static_cast<uint64_t>(info.st_dev), static_cast<uint64_t>(info.st_ino),
             static_cast<int64_t>(info.st_size), changed, info.st_mode, info.st_uid, info.st_gid);
    return text;
}

} // namespace tsgi
