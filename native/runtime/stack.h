// Where JavaScript is.

#ifndef TSGI_RUNTIME_STACK_H_
#define TSGI_RUNTIME_STACK_H_

#include <string>

namespace v8
{
class Isolate;
}

namespace tsgi
{

// Isolate's thread, in an interrupt. The calls that are under way, innermost first, one in each line,
// each line beginning with a line end, as an Error shows them. Places are those of what V8 was given to
// compile.
std::string StackOf(v8::Isolate *isolate);

} // namespace tsgi

#endif // TSGI_RUNTIME_STACK_H_
