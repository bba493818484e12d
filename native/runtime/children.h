// What a child process of an application keeps of the server's descriptors: nothing.
//
// A server accepts without CLOEXEC, and libuv closes nothing that a child inherits: a program that
// an application starts would hold the listening port and every client's connection open for as
// long as it runs. So each fork of a thread that runs applications closes, at exec, all that was
// not handed to the child on purpose (which libuv marks after this). It happens in the child:
// what the server accepts between a look at the descriptors and the fork cannot slip through.
// Forks of the server's own threads stay as they are.

#ifndef TSGI_RUNTIME_CHILDREN_H_
#define TSGI_RUNTIME_CHILDREN_H_

#include <node_api.h>

namespace tsgi
{

class Children
{
  public:
    // Once a process, before there are threads of applications. False: out of memory.
    static bool Initialize();

    // The calling thread runs applications from now on.
    static void OwnThread();

    // A thread of the server runs them as long as this lives.
    class Own
    {
      public:
        Own();
        ~Own();

        Own(const Own &) = delete;
        Own &operator=(const Own &) = delete;
    };

    // The linked binding `tsgi_thread`, for threads that applications start:
    // { ownThread(): void }. src/server/binding.ts obtains it.
    static napi_value MakeBinding(napi_env env, napi_value exports);
};

} // namespace tsgi

#endif // TSGI_RUNTIME_CHILDREN_H_
