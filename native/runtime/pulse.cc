#include "pulse.h"

#include <utility>

namespace tsgi
{

void Pulse::Start(uv_loop_t *loop, std::function<void(uint64_t)> beat)
{
    beat_ = std::move(beat);
    uv_prepare_init(loop, &prepare_);
    prepare_.data = this;
    uv_prepare_start(&prepare_, OnPrepare);
    uv_unref(reinterpret_cast<uv_handle_t *>(&prepare_)); // no reason to go on
}

void Pulse::OnPrepare(uv_prepare_t *handle)
{
    Pulse *pulse = static_cast<Pulse *>(handle->data);

    // The only writer.
    pulse->beats_.store(pulse->Beats() + 1, std::memory_order_relaxed);
    pulse->beat_(uv_now(handle->loop));
}

void Pulse::Close(int *open)
{
    ++*open;
    prepare_.data = open;
    uv_close(reinterpret_cast<uv_handle_t *>(&prepare_),
             [](uv_handle_t *handle) { --*static_cast<int *>(handle->data); });
}

} // namespace tsgi
