// A request as a test writes it down, a JavaScript object, and the tsgi_view laid over it.

#ifndef TSGI_TEST_FAKE_HOST_VIEW_H_
#define TSGI_TEST_FAKE_HOST_VIEW_H_

#include <napi.h>

#include <deque>
#include <string>
#include <vector>

extern "C" {
#include "tsgi/view.h"
}

namespace tsgi_fake
{

inline std::string Latin1(const Napi::Value &value)
{
    size_t size = 0;

    napi_get_value_string_latin1(value.Env(), value, nullptr, 0, &size);
    std::string text(size + 1, '\0');
    napi_get_value_string_latin1(value.Env(), value, text.data(), text.size(), &size);
    text.resize(size);
    return text;
}

inline Napi::Value Latin1(Napi::Env env, const std::string &text)
{
    napi_value value;

    napi_create_string_latin1(env, text.data(), text.size(), &value);
    return Napi::Value(env, value);
}

inline uint32_t Number(const Napi::Object &object, const char *name, uint32_t otherwise)
{
    Napi::Value value = object.Get(name);
    return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : otherwise;
}

// The texts of a request, owned, and the view of it that borrows them.
class View
{
  public:
    explicit View(const Napi::Object &from)
    {
        view_ = {};
        view_.struct_size = sizeof(view_);
        view_.flags = Number(from, "flags", 0);
        Field(from, "method", &view_.method);
        Field(from, "requestUri", &view_.request_uri);
        Field(from, "mount", &view_.mount);
        Field(from, "path", &view_.path);
        Field(from, "query", &view_.query);
        Field(from, "protocol", &view_.protocol);
        Field(from, "scheme", &view_.scheme);
        Field(from, "serverName", &view_.server_name);
        Field(from, "serverPort", &view_.server_port);
        Field(from, "serverAddr", &view_.server_addr);
        Field(from, "serverSoftware", &view_.server_software);
        Field(from, "remoteAddr", &view_.remote_addr);
        Field(from, "remotePort", &view_.remote_port);
        Field(from, "remoteUser", &view_.remote_user);
        Field(from, "authType", &view_.auth_type);
        Field(from, "documentRoot", &view_.document_root);
        Field(from, "scriptFilename", &view_.script_filename);
        Field(from, "requestId", &view_.request_id);
        Napi::Value length = from.Get("contentLength");
        view_.content_length = length.IsNumber() ? length.As<Napi::Number>().Int64Value() : -1;
        Pairs(from.Get("headers"), &headers_);
        Pairs(from.Get("params"), &params_);
        view_.headers = headers_.data();
        view_.header_count = headers_.size();
        view_.params = params_.data();
        view_.param_count = params_.size();
    }

    const tsgi_view *get() const { return &view_; }

  private:
    tsgi_bytes Keep(const Napi::Value &value)
    {
        texts_.push_back(Latin1(value));
        return {texts_.back().data(), texts_.back().size()};
    }

    void Field(const Napi::Object &from, const char *name, tsgi_bytes *field)
    {
        Napi::Value value = from.Get(name);
        if (value.IsString()) {
            *field = Keep(value);
        }
    }

    void Pairs(const Napi::Value &value, std::vector<tsgi_header> *pairs)
    {
        if (!value.IsArray()) {
            return;
        }
        Napi::Array list = value.As<Napi::Array>();
        for (uint32_t i = 0; i < list.Length(); i++) {
            Napi::Object pair = list.Get(i).As<Napi::Object>();
            pairs->push_back({Keep(pair.Get(0u)), Keep(pair.Get(1u))});
        }
    }

    std::deque<std::string> texts_; // a deque: what views point at never moves
    std::vector<tsgi_header> headers_;
    std::vector<tsgi_header> params_;
    tsgi_view view_;
};

} // namespace tsgi_fake

#endif // TSGI_TEST_FAKE_HOST_VIEW_H_
