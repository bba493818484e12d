// Where the compiled TypeScript lies.

#ifndef TSGI_RUNTIME_PATHS_H_
#define TSGI_RUNTIME_PATHS_H_

#include <string>

namespace tsgi
{

// The folder of the package's compiled files: `js` beside this library when it is there (as
// installed), else where the build put it.
std::string JavaScriptRoot();

// A string literal of JavaScript.
std::string Quote(const std::string &text);

} // namespace tsgi

#endif // TSGI_RUNTIME_PATHS_H_
