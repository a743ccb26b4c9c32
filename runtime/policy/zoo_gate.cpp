// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/zoo_gate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/base/random.hpp"

namespace ecco {

namespace {

constexpr std::size_t batch_size = 64;

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019); moments as usual.
class adamw {
 public:
  adamw(std::size_t parameters, const gate_training& how) : how_(how), first_(parameters), second_(parameters) {}

  void step(std::vector<double>& weights, const std::vector<double>& gradient) {
    ++steps_;
    const auto unbias_first = 1 - std::pow(decay_first, steps_), unbias_second = 1 - std::pow(decay_second, steps_);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      first_[i] += (1 - decay_first) * (gradient[i] - first_[i]);
      second_[i] += (1 - decay_second) * (gradient[i] * gradient[i] - second_[i]);
      const auto move = first_[i] / unbias_first / (std::sqrt(second_[i] / unbias_second) + 1e-8);
      weights[i] -= how_.learning_rate * (move + how_.weight_decay * weights[i]);
    }
  }

 private:
  static constexpr double decay_first = .9, decay_second = .999;

  gate_training how_;
  std::vector<double> first_, second_;
  double steps_ = 0;
};

} // namespace

std::vector<double> soft_targets(std::span<const double> scores, double temperature) {
  std::vector<double> out(scores.begin(), scores.end());
  if (out.empty())
    return out;
  const auto most = *std::max_element(out.begin(), out.end());
  for (auto& one : out)
    one = std::exp((one - most) / temperature);
  const auto sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (auto& one : out)
    one /= sum;
  return out;
}

void zoo_gate::train(std::span<const gate_example> examples, const gate_training& how) {
  *this = {};
  if (examples.empty())
    return;
  features_ = examples.front().features.size();
  models_ = examples.front().target.size();
  const auto count = static_cast<double>(examples.size());
  mean_.assign(features_, 0);
  scale_.assign(features_, 0);
  for (const auto& one : examples)
    for (std::size_t i = 0; i < features_; ++i)
      mean_[i] += one.features[i] / count;
  for (const auto& one : examples)
    for (std::size_t i = 0; i < features_; ++i)
      scale_[i] += (one.features[i] - mean_[i]) * (one.features[i] - mean_[i]) / count;
  for (auto& variance : scale_) // a feature that never changes tells nothing
    variance = variance > 1e-12 ? 1 / std::sqrt(variance) : 0;

  std::vector<std::vector<double>> inputs;
  for (const auto& one : examples)
    inputs.push_back(standardised(one.features));
  weights_.assign(models_ * (features_ + 1), 0);
  adamw optimiser{weights_.size(), how};
  random_engine random{how.seed};
  std::vector<double> gradient(weights_.size());
  const auto batch = std::min(batch_size, examples.size());
  for (std::uint32_t step = 0; step < how.steps; ++step) {
    std::fill(gradient.begin(), gradient.end(), 0);
    for (std::size_t k = 0; k < batch; ++k) {
      const auto which = batch == examples.size() ? k : below(random, examples.size());
      const auto said = softmax_of(inputs[which]);
      for (std::size_t m = 0; m < models_; ++m) {
        const auto off = (said[m] - examples[which].target[m]) / static_cast<double>(batch);
        auto* row = &gradient[m * (features_ + 1)];
        for (std::size_t i = 0; i < features_; ++i)
          row[i] += off * inputs[which][i];
        row[features_] += off;
      }
    }
    optimiser.step(weights_, gradient);
  }
}

std::vector<double> zoo_gate::choose(std::span<const std::vector<float>> frames) const {
  std::vector<double> sum(models_, 0);
  double count = 0;
  for (const auto& frame : frames) {
    if (frame.size() != features_)
      continue;
    const auto said = softmax_of(standardised(frame));
    for (std::size_t m = 0; m < models_; ++m)
      sum[m] += said[m];
    ++count;
  }
  if (count == 0)
    return {};
  for (auto& one : sum)
    one /= count;
  return sum;
}

std::vector<double> zoo_gate::standardised(std::span<const float> features) const {
  std::vector<double> out(features_);
  for (std::size_t i = 0; i < features_; ++i)
    out[i] = (features[i] - mean_[i]) * scale_[i];
  return out;
}

std::vector<double> zoo_gate::softmax_of(std::span<const double> standardised) const {
  std::vector<double> logits(models_);
  for (std::size_t m = 0; m < models_; ++m) {
    const auto* row = &weights_[m * (features_ + 1)];
    logits[m] = std::inner_product(standardised.begin(), standardised.end(), row, row[features_]);
  }
  return soft_targets(logits, 1);
}

} // namespace ecco
