// Arguments of a Node-API callback, read without exceptions and without trust: a value of the
// wrong type reads as one that every check refuses. And its result, a count or a status.

#ifndef TSGI_BRIDGE_ARGUMENTS_H_
#define TSGI_BRIDGE_ARGUMENTS_H_

#include <node_api.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace tsgi
{

inline napi_value Result(napi_env env, double value)
{
    napi_value result = nullptr;

    napi_create_double(env, value, &result);
    return result;
}

template <size_t kCount> class Arguments
{
  public:
    Arguments(napi_env env, napi_callback_info info) : env_(env)
    {
        size_t count = kCount;

        // Arguments left out read as undefined.
        napi_get_cb_info(env, info, &count, values_, nullptr, &data_);
    }

    template <typename T> T *Data() const { return static_cast<T *>(data_); }

    napi_value operator[](size_t index) const { return values_[index]; }

    // NaN when it is no number.
    double Number(size_t index) const
    {
        double value;

        return napi_get_value_double(env_, values_[index], &value) == napi_ok ? value : NAN;
    }

    // 0 when it is no integer from 0 to `max`.
    uint64_t Integer(size_t index, uint64_t max = 9007199254740991) const
    {
        double value = Number(index);

        return value >= 0 && value <= static_cast<double>(max) ? static_cast<uint64_t>(value) : 0;
    }

    bool IsString(size_t index) const
    {
        napi_valuetype type;

        return napi_typeof(env_, values_[index], &type) == napi_ok && type == napi_string;
    }

    bool IsUndefined(size_t index) const
    {
        napi_valuetype type;

        return napi_typeof(env_, values_[index], &type) == napi_ok && type == napi_undefined;
    }

    // Bytes of a Uint8Array, Buffer included.
    bool Bytes(size_t index, const char **data, size_t *size) const
    {
        napi_typedarray_type type;
        void *bytes;

        if (napi_get_typedarray_info(env_, values_[index], &type, size, &bytes, nullptr, nullptr) !=
                napi_ok ||
            type != napi_uint8_array) {
            return false;
        }

        *data = static_cast<const char *>(bytes);
        return true;
    }

  private:
    napi_env env_;
    napi_value values_[kCount];
    void *data_ = nullptr;
};

} // namespace tsgi

#endif // TSGI_BRIDGE_ARGUMENTS_H_
