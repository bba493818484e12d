// The constant part of `Binding`: facts of the host and of the group, and the tables of names.

#include <cstring>

#include "bridge.h"
#include "calls.h"

extern "C" {
#include "core/environ_keys.h"
}

namespace tsgi
{

namespace
{

Napi::Array Names(Napi::Env env, const char *const *names, uint32_t count)
{
    Napi::Array array = Napi::Array::New(env, count);

    for (uint32_t i = 0; i < count; i++) {
        array.Set(i, Napi::String::New(env, names[i]));
    }

    return array;
}

Napi::Object Environment(Napi::Env env, const tsgi_group *group)
{
    Napi::Object environment = Napi::Object::New(env);

    for (uint32_t i = 0; i < group->env_count; i++) {
        environment.Set(group->env[i].name, Napi::String::New(env, group->env[i].value));
    }

    return environment;
}

Napi::Array ModulePath(Napi::Env env, const char *path)
{
    Napi::Array folders = Napi::Array::New(env);
    uint32_t count = 0;

    while (path != nullptr && *path != '\0') {
        size_t size = strcspn(path, ":");

        if (size > 0) {
            folders.Set(count++, Napi::String::New(env, path, size));
        }

        path += path[size] == ':' ? size + 1 : size;
    }

    return folders;
}

Napi::Object Host(Napi::Env env, const tsgi_group *group, bool embedded)
{
    const tsgi_runtime *runtime = group->runtime;
    Napi::Object host = Napi::Object::New(env);

    host.Set("name", runtime->host_name != nullptr ? runtime->host_name : "");
    host.Set("embedded", embedded);
    host.Set("multiprocess", (runtime->flags & TSGI_HOST_MULTIPROCESS) != 0);
    host.Set("multithread", group->threads > 1);
    host.Set("earlyHints", (runtime->flags & TSGI_HOST_EARLY_HINTS) != 0);
    host.Set("sendfile", (runtime->flags & TSGI_HOST_SENDFILE) != 0);
    return host;
}

} // namespace

Napi::Object Bridge::MakeBinding(bool embedded, const std::string &stuck_at)
{
    Napi::Object binding = Napi::Object::New(env_);

    binding.Set("host", Host(env_, group_, embedded));
    binding.Set("environment", Environment(env_, group_));
    binding.Set("modulePath", ModulePath(env_, group_->module_path));
    binding.Set("startupTimeout", group_->startup_timeout);
    binding.Set("environKeys", Names(env_, tsgi_environ_keys, TSGI_ENVIRON_KEY_COUNT));
    binding.Set("headerKeys", Names(env_, tsgi_header_keys, TSGI_HEADER_KEY_COUNT));
    binding.Set("words", words_.Value());

    binding.Set("coming", coming_ != nullptr);

    if (!stuck_at.empty()) {
        binding.Set("stuckAt", stuck_at);
    }

    Calls::Define(env_, binding, this);
    return binding;
}

} // namespace tsgi
