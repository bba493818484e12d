// How threads that run JavaScript, and those of V8 that collect for them, share processors with the
// threads of the server: they give way.
//
// An application that computes, or an isolate that comes up, keeps its processor for as long as the
// scheduler lets it, which may be several milliseconds after a thread of the server has something to
// do.  Where that thread serves others too, as nginx's one does, they all wait.  So threads of ours
// are nicer (nice(2) is of a thread, under Linux), and ask for longer time slices: since Linux 6.12 a
// thread that wakes up goes before one whose slices are longer.

#ifndef TSGI_RUNTIME_NICE_H_
#define TSGI_RUNTIME_NICE_H_

#include <cstdint>

namespace tsgi
{

// Of the calling thread, and of those that it will create: so many steps up from the nice value that
// it has, 19 at most.  0: nothing.  There is no way back without privileges.  A thread of a real-time
// policy is left as it is, and a system that refuses has its reasons.
void BeNicer(uint32_t steps);

} // namespace tsgi

#endif // TSGI_RUNTIME_NICE_H_
