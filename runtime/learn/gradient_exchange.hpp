// SPDX-License-Identifier: Apache-2.0
// Private to runtime/learn and its tests: sees torch. Data-parallel training, over c10d.
#pragma once

#include <memory>
#include <span>

#include <torch/torch.h>

#include "messages/error.hpp"
#include "messages/training.hpp"
#include "runtime/learn/compute_device.hpp"

namespace ecco {

/// A process group of devices that train one model together. Its calls are collective: every rank makes the same ones
/// in the same order. None hangs: who is dead is noticed as soon as the system closes its connections, who is silent
/// after `patience`. After an error the group is left for good, which is an error to the other ranks at once.
///
/// On CPUs over Gloo; on CUDA devices over NCCL where LibTorch has it and each rank has a device of its own, otherwise
/// over Gloo by way of the host.
///
/// The ranks meet in a file that is named after the token, in the folder for temporary files: on one computer, whose
/// processes have that folder in common. They talk over loopback. (c10d's TCPStore would listen on every interface and
/// trust whoever connects, and Gloo doesn't encrypt: between computers there is no exchange yet.)
///
/// Not thread-safe. Never throws.
class gradient_exchange {
 public:
  /// False in a build without Gloo's headers: then nobody can be met.
  static bool available();

  /// Meets the other ranks of `where`; waits for them.
  /// @param patience for each call that waits for others, this one included; more than 0
  /// @returns `unavailable` when one of them did not come, `unsupported` unless `available()`.
  static result<std::unique_ptr<gradient_exchange>> join(const rendezvous& where, duration patience,
                                                         compute_device device = {});
  ~gradient_exchange();

  const rendezvous& where() const;
  /// What is exchanged over: `gloo` or `nccl`.
  const char* backend() const;

  /// `flat` (contiguous, float) becomes its mean over the ranks, with the same bits on each.
  /// @returns `unavailable` when a rank is gone or silent; what `flat` is then does not matter to anybody.
  result<void> average(torch::Tensor flat);

  /// The tensors, contiguous and of one shape everywhere, become rank 0's. @returns as `average`
  result<void> take_from_first(std::span<const torch::Tensor> tensors);

  /// Do all ranks say yes? @returns as `average`
  result<bool> all_agree(bool yes);

 private:
  struct impl;
  explicit gradient_exchange(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

} // namespace ecco
