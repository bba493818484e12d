// What a file is at a moment, to be compared with what it is later.
//
// A text, because part of them are made in JavaScript, where a file is read: src/server/files.ts
// makes the same.

#ifndef TSGI_RUNTIME_STAMP_H_
#define TSGI_RUNTIME_STAMP_H_

#include <string>
#include <utility>

namespace tsgi
{

// Device, inode, size, time of the last change of its content in nanoseconds, mode, owner. Empty:
// there is none, or its folders may not be passed. Symbolic links are followed.
std::string StampOf(const std::string &path);

// A file, and what it was when it was read.
struct WatchedFile {
    explicit WatchedFile(std::string file) : path(std::move(file)), stamp(StampOf(path)) {}
    WatchedFile(std::string file, std::string was) : path(std::move(file)), stamp(std::move(was)) {}

    std::string path; // absolute
    std::string stamp;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_STAMP_H_
