// What the process is not let do by whoever started it, and V8 cannot do without: make memory
// executable, and take address space. V8 aborts the process where it meets such a limit, so they
// are looked at before.
//
// Any thread.

#ifndef TSGI_RUNTIME_CONFINES_H_
#define TSGI_RUNTIME_CONFINES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tsgi
{

// Before V8 is initialised, with the options that it will be given: what stands in its way and what
// to do about it, in one sentence; "" where nothing does.
std::string ObstacleToV8(const std::vector<std::string> &options);

// The address space that one isolate may come to take, set aside while this lives. Where there is
// no limit (RLIMIT_AS) there is always room.
class Room
{
  public:
    // `heap`: the isolate's limit of memory in bytes; 0: V8's own.
    explicit Room(uint64_t heap);
    ~Room();

    Room(const Room &) = delete;
    Room &operator=(const Room &) = delete;

    // As above; where it is not "", nothing is set aside.
    const std::string &obstacle() const { return obstacle_; }

  private:
    uint64_t size_ = 0;
    std::string obstacle_;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_CONFINES_H_
