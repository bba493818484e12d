// How an isolate gets its turns: the one thing the bridge asks of whoever runs the event loop.
//
// native/runtime implements it on libuv, the add-on on a Node-API thread-safe function. An
// isolate that ran on the server's own loop would be a third implementation.

#ifndef TSGI_BRIDGE_TURNS_H_
#define TSGI_BRIDGE_TURNS_H_

#include "app_states.h"

namespace tsgi
{

class Turns
{
  public:
    virtual ~Turns() = default;

    // Any thread. The isolate's thread calls Bridge::Drain soon. Does not block.
    virtual void Wake() = 0;

    // Isolate's thread. JavaScript has answered Bridge::Stop.
    virtual void Stopped() = 0;

    // Isolate's thread. The application asked to end the process, or threw where nothing catches
    // it: no JavaScript of this environment runs any more.
    virtual void Die(const char *reason) = 0;

    // Isolate's thread. A module is about to be read from this file, or was looked for there. `stamp` says
    // what it was when that was done; NULL: what it is.
    virtual void Watch(const char *path, const char *stamp) = 0;

    // Isolate's thread. An application is so far.
    virtual void Note(uint32_t app, AppState state) = 0;

    // Isolate's thread, once, of an isolate that is to take the place of another: it can. With a reason:
    // it cannot.
    virtual void Ready() = 0;
    virtual void Failed(const char *reason) = 0;
};

} // namespace tsgi

#endif // TSGI_BRIDGE_TURNS_H_
