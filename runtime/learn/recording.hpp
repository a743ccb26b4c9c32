// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn: sees torch. CUDA graphs.
#pragma once

#include <functional>
#include <memory>

#include <torch/torch.h>

namespace ecco {

/// The kernels of one piece of work on a CUDA device, recorded once and launched all together thereafter: a small
/// network would else wait for its launches most of the time.
class recording {
 public:
  virtual ~recording() = default;

  /// Launches all of it on the current stream and does not wait.
  virtual void replay() = 0;

  /// Can this build record? Only with LibTorch with CUDA, and the header of CUDA's runtime.
  static bool available();

  /// Records what `work` launches, without running it. `work` has to have run before, so that what is allocated once
  /// is; its shapes must not depend on values, it must not wait for the device, and what it reads and writes must stay
  /// where it is. Call on a stream that is not the default one. Recordings with the same `beside` (null: none) share
  /// their memory: they must never run at the same time, nor need what an earlier one left.
  /// Throws `c10::Error`.
  static std::unique_ptr<recording> make(const std::function<void()>& work, const recording* beside);
};

} // namespace ecco
