// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "messages/error.hpp"

namespace ecco {

/// Where networks compute: on the processor, or on one CUDA device.
struct compute_device {
  /// Index of the CUDA device; negative: the processor.
  int cuda = -1;

  bool is_cuda() const { return cuda >= 0; }

  friend bool operator==(const compute_device&, const compute_device&) = default;
};

/// The device called `name`: `cpu`, `cuda` or `cuda:N`. Plain `cuda` is the one for the `nth` worker of this process:
/// they take the machine's devices in turn.
/// @returns `invalid_argument` for any other name; `unavailable` when this LibTorch or this machine has no such device.
result<compute_device> find_device(std::string_view name, int nth = 0);

/// As in the configuration: "cpu", "cuda:0".
std::string to_string(compute_device device);

} // namespace ecco
