// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ecco {

/// One frame that the gate learns from: its features, and how good each model is there, as shares that sum to 1.
struct gate_example {
  std::vector<float> features;
  std::vector<double> target;
};

struct gate_training {
  /// Of AdamW; steps, each on a batch of 64 examples or on all if there are no more (algorithms.md section 1.2 [D]).
  double learning_rate = 0.001, weight_decay = 0.01;
  std::uint32_t steps = 200;
  std::uint64_t seed = 1;
};

/// RECL's gate on pooled features of a student: one linear layer, softmax over the models. The features are
/// standardised by the examples it learnt from. The same examples give the same gate, bit by bit.
class zoo_gate {
 public:
  /// Learns anew.
  /// @pre all examples have as many features, and as many targets
  void train(std::span<const gate_example> examples, const gate_training& how);

  /// How likely each model is the right one for these frames: the mean of their softmax. Empty before `train`, or for
  /// frames with another number of features.
  std::vector<double> choose(std::span<const std::vector<float>> frames) const;

 private:
  std::vector<double> standardised(std::span<const float> features) const;
  std::vector<double> softmax_of(std::span<const double> standardised) const;

  std::size_t features_ = 0, models_ = 0;
  std::vector<double> mean_, scale_;
  /// A row a model, its bias last.
  std::vector<double> weights_;
};

/// Shares of models with these scores: softmax(score / `temperature`). @pre temperature > 0
std::vector<double> soft_targets(std::span<const double> scores, double temperature);

} // namespace ecco
