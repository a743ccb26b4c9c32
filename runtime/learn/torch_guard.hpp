// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn: sees torch. What differs between versions of torch, and its exceptions.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>

#include <ATen/autocast_mode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/torch.h>

#include "messages/error.hpp"
#include "runtime/learn/compute_device.hpp"

namespace ecco {

/// Runs `work`, which returns a `result`; whatever torch throws becomes an error that begins with `what`.
template <class Work>
auto guarded(std::string_view what, Work&& work) -> decltype(work()) {
  const auto failed = [what](ec code, std::string_view why) {
    return fail(code, std::string{what} + ": " + std::string{why.substr(0, why.find('\n'))});
  };
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return failed(ec::unavailable, "out of memory");
  } catch (const c10::Error& e) {
    return failed(ec::internal, e.what_without_backtrace());
  } catch (const std::exception& e) {
    return failed(ec::internal, e.what());
  }
}

inline torch::Device torch_device(compute_device device) {
  return device.is_cuda() ? torch::Device{torch::kCUDA, static_cast<c10::DeviceIndex>(device.cuda)}
                          : torch::Device{torch::kCPU};
}

/// A stream of a CUDA device that is not the default one: recordings need that.
inline c10::Stream new_stream(const torch::Device& device) {
  return c10::impl::VirtualGuardImpl{device.type()}.getStreamFromGlobalPool(device);
}

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
inline bool autocasts_on(torch::DeviceType device) {
  return at::autocast::is_autocast_enabled(device);
}

inline void autocast_to_bf16(bool on, torch::DeviceType device) {
  at::autocast::set_autocast_enabled(device, on);
  at::autocast::set_autocast_dtype(device, torch::kBFloat16);
}
#else
inline bool autocasts_on(torch::DeviceType device) {
  return device == torch::kCUDA ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
}

inline void autocast_to_bf16(bool on, torch::DeviceType device) {
  if (device == torch::kCUDA) {
    at::autocast::set_enabled(on);
    at::autocast::set_autocast_gpu_dtype(torch::kBFloat16);
  } else {
    at::autocast::set_cpu_enabled(on);
  }
}
#endif

/// While it lives, convolutions and products on that device run in bfloat16.
class bf16_autocast {
 public:
  bf16_autocast(bool enabled, const torch::Device& device) : type_(device.type()), before_(autocasts_on(type_)) {
    autocast_to_bf16(enabled, type_);
    at::autocast::increment_nesting();
  }

  bf16_autocast(const bf16_autocast&) = delete;
  bf16_autocast& operator=(const bf16_autocast&) = delete;

  ~bf16_autocast() {
    if (at::autocast::decrement_nesting() == 0)
      at::autocast::clear_cache();
    autocast_to_bf16(before_, type_);
  }

 private:
  torch::DeviceType type_;
  bool before_;
};

} // namespace ecco
