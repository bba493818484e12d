// JavaScript strings as bytes, in a buffer that is on the stack for the usual sizes.

#ifndef TSGI_BRIDGE_TEXT_H_
#define TSGI_BRIDGE_TEXT_H_

#include <node_api.h>

#include <cstddef>
#include <cstdlib>

namespace tsgi
{

class Text
{
  public:
    Text() = default;
    ~Text() { free(heap_); }

    Text(const Text &) = delete;
    Text &operator=(const Text &) = delete;

    // Reads at most `limit` bytes of a string of code units below 256; of others the low byte is
    // taken, and the checks on the result decide. False: no string, longer, or out of memory.
    bool ReadLatin1(napi_env env, napi_value value, size_t limit)
    {
        size_t units;

        if (napi_get_value_string_latin1(env, value, nullptr, 0, &units) != napi_ok ||
            units > limit || !Reserve(units + 1)) {
            return false;
        }

        return napi_get_value_string_latin1(env, value, data_, units + 1, &size_) == napi_ok;
    }

    // Reads a string as UTF-8. False: no string, or out of memory.
    bool ReadUtf8(napi_env env, napi_value value)
    {
        size_t size;

        if (napi_get_value_string_utf8(env, value, nullptr, 0, &size) != napi_ok ||
            !Reserve(size + 1)) {
            return false;
        }

        return napi_get_value_string_utf8(env, value, data_, size + 1, &size_) == napi_ok;
    }

    const char *data() const { return data_; }
    size_t size() const { return size_; }

  private:
    bool Reserve(size_t size)
    {
        if (size > sizeof(few_)) {
            heap_ = static_cast<char *>(malloc(size));
            data_ = heap_;
        }

        return data_ != nullptr;
    }

    char few_[4096];
    char *heap_ = nullptr;
    char *data_ = few_;
    size_t size_ = 0;
};

} // namespace tsgi

#endif // TSGI_BRIDGE_TEXT_H_
