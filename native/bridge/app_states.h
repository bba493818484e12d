// How far the applications of an isolate are, for another one that is to take its place.

#ifndef TSGI_BRIDGE_APP_STATES_H_
#define TSGI_BRIDGE_APP_STATES_H_

#include <cstdint>
#include <map>

namespace tsgi
{

// How far an application is in its isolate: `AppState` of src/server/binding.ts.
enum class AppState { kLoading = 1, kReady = 2, kFailed = 3 };

// By id. Those that are asked for by nobody are not here.
using AppStates = std::map<uint32_t, AppState>;

} // namespace tsgi

#endif // TSGI_BRIDGE_APP_STATES_H_
