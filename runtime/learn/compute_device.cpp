// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/compute_device.hpp"

#include <charconv>

#include <torch/cuda.h>

#include "runtime/learn/torch_guard.hpp"

namespace ecco {

namespace {

/// N of `cuda:N`; -1 for what is no number.
int index_in(std::string_view name) {
  const auto digits = name.substr(name.find(':') + 1);
  int index = -1;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return failed == std::errc{} && end == digits.data() + digits.size() ? index : -1;
}

} // namespace

result<compute_device> find_device(std::string_view name, int nth) {
  if (name == "cpu")
    return compute_device{};
  const auto called = "device '" + std::string{name} + "'";
  const auto any = name == "cuda";
  const auto wanted = any ? nth : name.starts_with("cuda:") ? index_in(name) : -1;
  if (wanted < 0)
    return fail(ec::invalid_argument, called + " is not known", "use cpu, cuda or cuda:N");
  return guarded(called, [&]() -> result<compute_device> {
    const auto devices = static_cast<int>(torch::cuda::device_count());
    if (devices == 0)
      return fail(ec::unavailable,
                  called + ": LibTorch " TORCH_VERSION " sees no CUDA device",
                  "check the driver with nvidia-smi, and that ecco was built with a LibTorch that has CUDA; or use cpu");
    if (!any && wanted >= devices)
      return fail(ec::unavailable, called + ": this machine has " + std::to_string(devices) + " (numbered from 0)",
                  "use a smaller number");
    return compute_device{wanted % devices};
  });
}

std::string to_string(compute_device device) {
  return device.is_cuda() ? "cuda:" + std::to_string(device.cuda) : "cpu";
}

} // namespace ecco
