// Which version of its files an isolate runs, in a few words for the log.

#ifndef TSGI_RUNTIME_VERSION_H_
#define TSGI_RUNTIME_VERSION_H_

#include <cstdint>
#include <map>
#include <string>

namespace tsgi
{

// Paths of files, and their stamps.
using Stamps = std::map<std::string, std::string>;

// The same for the same files in every process; else another, as a rule. Never 0.
uint64_t DigestOf(const Stamps &files);

// "1f2e3d4c (3 files, the newest of 2026-11-21 18:01:02)"
std::string DescribeVersion(uint64_t digest, const Stamps &files);

} // namespace tsgi

#endif // TSGI_RUNTIME_VERSION_H_
