// What Node and V8 take as they start, asked for beforehand.
//
// Where they get no thread or no descriptor they end the process, the server's. So as many of each
// are taken and given back at once; what is short is a reason to answer 503, and to try again.
// Somebody else may be quicker in between: then it is as it was without.

#ifndef TSGI_RUNTIME_RESERVES_H_
#define TSGI_RUNTIME_RESERVES_H_

#include <string>

namespace tsgi
{

struct Needs {
    int threads;
    int descriptors;
};

class Reserves
{
  public:
    // Any thread that has all signals blocked. False: *missing is what cannot be had.
    static bool Have(const Needs &needs, std::string *missing);

    // An isolate's thread. The same for one environment; libuv's threads, which all of them share, are
    // made at the first.
    static bool HaveEnvironment(std::string *missing);
};

} // namespace tsgi

#endif // TSGI_RUNTIME_RESERVES_H_
