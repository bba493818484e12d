// The functions of `Binding` (src/server/binding.ts), each a static Node-API callback.

#ifndef TSGI_BRIDGE_CALLS_H_
#define TSGI_BRIDGE_CALLS_H_

#include "bridge.h"

namespace tsgi
{

class Calls
{
  public:
    // Adds every function to `binding`.
    static void Define(Napi::Env env, Napi::Object binding, Bridge *bridge);

    // NULL: this bridge has opened none with that id.
    static tsgi_app *FindApp(const Bridge &bridge, uint64_t id);

    static napi_value Attach(napi_env env, napi_callback_info info);
    static napi_value Ready(napi_env env, napi_callback_info info);
    static napi_value Take(napi_env env, napi_callback_info info);
    static napi_value Start(napi_env env, napi_callback_info info);
    static napi_value Respond(napi_env env, napi_callback_info info);
    static napi_value Data(napi_env env, napi_callback_info info);
    static napi_value File(napi_env env, napi_callback_info info);
    static napi_value End(napi_env env, napi_callback_info info);
    static napi_value Inform(napi_env env, napi_callback_info info);
    static napi_value Want(napi_env env, napi_callback_info info);
    static napi_value RawHeaders(napi_env env, napi_callback_info info);
    static napi_value Log(napi_env env, napi_callback_info info);
    static napi_value Stopped(napi_env env, napi_callback_info info);
    static napi_value Tell(napi_env env, napi_callback_info info,
                           void (Turns::*told)(const char *));
    static napi_value Die(napi_env env, napi_callback_info info);
    static napi_value Watch(napi_env env, napi_callback_info info);
    static napi_value NoteApp(napi_env env, napi_callback_info info);
    static napi_value Arrived(napi_env env, napi_callback_info info);
    static napi_value Failed(napi_env env, napi_callback_info info);
};

} // namespace tsgi

#endif // TSGI_BRIDGE_CALLS_H_
