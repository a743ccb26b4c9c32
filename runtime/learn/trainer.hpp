// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "messages/error.hpp"
#include "messages/training.hpp"
#include "runtime/learn/compute_device.hpp"
#include "runtime/learn/letterbox.hpp"
#include "runtime/learn/student.hpp"
#include "runtime/learn/training_recipe.hpp"

namespace ecco {

class gradient_exchange;

/// The network's input when `batch` is trained on.
input_size training_input(const student_spec& spec, const training_recipe& recipe,
                          std::span<const labelled_frame* const> batch);

/// Means over one batch, weighted as they enter the loss.
struct step_report {
  double loss = 0, box = 0, classes = 0, distances = 0, masks = 0;
};

/// The one training run of a job, from its first step to its last: optimiser moments, averaged weights and
/// warm-up live on between micro-windows and travel with the checkpoint. Continuing from a checkpoint is
/// bit-equal to never having stopped (with one thread). Not thread-safe. Never throws.
class trainer {
 public:
  /// Starts from `start`: a checkpoint, or weights in safetensors, or nothing, for fresh weights drawn from
  /// `seed`. A checkpoint brings its own seed, and may come from a trainer on another device.
  static result<std::unique_ptr<trainer>> make(const student_spec& spec, const training_recipe& recipe,
                                               const blob& start, std::uint64_t seed, compute_device device = {});
  ~trainer();

  /// One optimiser step on augmented variants of `batch`. While a CUDA device is at it, the `next` batch is prepared:
  /// the step after this one finds its pictures there. What is learned does not depend on `next`.
  /// A student with masks learns them from the labels that have an outline; the others teach it boxes and classes only.
  /// @pre every picture is whole and every class is below `spec.classes`
  /// @returns `not_finite` when loss or gradient is not; the state is then what it was before.
  ///
  /// Together with the other ranks of `with`, when there is one, which must be in the same state: their batches are the
  /// shards of one joint batch, and the step is that of `step_in_shards`, whose report every rank gets. States stay the
  /// same, bit by bit. When a rank is lost it is `unavailable`, and the state what it was before.
  result<step_report> step(std::span<const labelled_frame* const> batch,
                           std::span<const labelled_frame* const> next = {}, gradient_exchange* with = nullptr);

  /// One step on a joint batch, one shard after the other: what data-parallel training is measured by. By definition
  /// each shard has its own augmentation (its number enters the seed), its own batch-norm statistics and its own
  /// normaliser of the loss; gradients, running statistics and report are the means over the shards. So the gradient is
  /// of the size that one shard's is, and the learning rate and the bound on its norm stay what they are.
  /// @pre as of `step`, and no shard is empty. @returns as `step`
  result<step_report> step_in_shards(std::span<const std::vector<const labelled_frame*>> shards);

  /// Every rank of `with` gets rank 0's state: weights, moments, counters, seed. What their recipes and specs say must
  /// be equal. @returns `unavailable` when a rank is lost; restore the state then.
  result<void> take_from_first(gradient_exchange& with);

  /// Optimiser steps since the job began.
  std::uint64_t steps() const;

  /// Weights, averaged weights, moments, counters.
  blob checkpoint() const;

  /// Returns to a checkpoint of the same spec, all or nothing.
  /// @returns as `load_weights`, or `malformed_data` for what is no checkpoint.
  result<void> restore(const blob& checkpoint);

  /// The averaged weights in safetensors: what to deploy and to score.
  blob weights() const;

 private:
  struct impl;
  explicit trainer(std::unique_ptr<impl> state);

  std::unique_ptr<impl> impl_;
};

} // namespace ecco
