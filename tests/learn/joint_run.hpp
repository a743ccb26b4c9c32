// SPDX-License-Identifier: Apache-2.0
// What both processes of a test of data-parallel training do.
#pragma once

#include <cstdlib>
#include <iostream>
#include <memory>
#include <vector>

#include "runtime/learn/gradient_exchange.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/trainer.hpp"
#include "tests/learn/sample_frames.hpp"

namespace ecco {

inline constexpr int joint_steps = 8;
inline constexpr duration patience = std::chrono::seconds{60};

/// What is learned.
enum class lesson { boxes, masks };

/// The shard of one rank in one step: two frames. Of masks the second rank's frames have boxes only.
inline std::vector<labelled_frame> joint_shard(int step, std::uint16_t rank, lesson what = lesson::boxes) {
  const auto first = 100 * rank + 2 * step;
  if (what == lesson::masks && rank != 1)
    return {a_triangle_sample("a", first), a_triangle_sample("a", first + 1)};
  return some_samples("a", first, first + 2);
}

/// Every rank begins with weights of its own; that of rank 0 counts.
inline std::unique_ptr<trainer> joint_trainer(std::uint16_t rank, lesson what = lesson::boxes) {
  use_threads(1);
  auto made = trainer::make(what == lesson::masks ? tiny_mask_spec() : tiny_spec(), {}, {}, 1 + rank);
  return made ? std::move(*made) : nullptr;
}

/// Trains as one rank of `where`; stops after `steps`. @returns the loss of each step
inline result<std::vector<double>> train_jointly(trainer& run, gradient_exchange& with, int steps = joint_steps,
                                                 lesson what = lesson::boxes) {
  if (auto taken = run.take_from_first(with); !taken)
    return tl::unexpected{taken.error()};
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    const auto shard = joint_shard(step, with.where().rank, what);
    const auto done = run.step(pointers_to(shard), {}, &with);
    if (!done)
      return tl::unexpected{done.error()};
    losses.push_back(done->loss);
  }
  return losses;
}

} // namespace ecco
