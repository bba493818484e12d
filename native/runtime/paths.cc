#include "paths.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace tsgi
{

std::string JavaScriptRoot()
{
    Dl_info info;

    if (dladdr(reinterpret_cast<void *>(&JavaScriptRoot), &info) != 0 &&
        info.dli_fname != nullptr) {
        std::string library = info.dli_fname;
        std::string beside = library.substr(0, library.rfind('/') + 1) + "js";

        if (access((beside + "/server/boot.js").c_str(), R_OK) == 0) {
            char *absolute = realpath(beside.c_str(), nullptr);
            std::string root = absolute != nullptr ? absolute : beside;

            free(absolute);
            return root;
        }
    }

    return TSGI_JS_ROOT;
}

std::string Quote(const std::string &text)
{
    std::string quoted = "\"";

    for (unsigned char c : text) {
        char escaped[8];

        if (c == '"' || c == '\\' || c < 0x20) {
            snprintf(escaped, sizeof(escaped), "\\u%04x", c);
            quoted += escaped;
        } else {
            quoted += static_cast<char>(c);
        }
    }

    return quoted + "\"";
}

} // namespace tsgi
