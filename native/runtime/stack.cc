#include "stack.h"

#include <v8.h>

namespace tsgi
{

namespace
{

constexpr int kFrames = 32;

std::string Text(v8::Isolate *isolate, v8::Local<v8::String> string)
{
    if (string.IsEmpty()) {
        return "";
    }

    v8::String::Utf8Value text(isolate, string);

    return *text != nullptr ? std::string(*text, static_cast<size_t>(text.length())) : "";
}

} // namespace

std::string StackOf(v8::Isolate *isolate)
{
    v8::HandleScope scope(isolate);
    v8::Local<v8::StackTrace> stack = v8::StackTrace::CurrentStackTrace(isolate, kFrames);
    std::string result;

    for (int i = 0; i < stack->GetFrameCount(); i++) {
        v8::Local<v8::StackFrame> frame = stack->GetFrame(isolate, static_cast<uint32_t>(i));
        std::string name = Text(isolate, frame->GetFunctionName());
        std::string place = Text(isolate, frame->GetScriptNameOrSourceURL()) + ":" +
                            std::to_string(frame->GetLineNumber()) + ":" +
                            std::to_string(frame->GetColumn());

        result += "\n    at " + (name.empty() ? place : name + " (" + place + ")");
    }

    return result;
}

} // namespace tsgi
