// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "actors/interfaces.hpp"

namespace ecco {

/// Frames of one scene, and the models to try on them.
struct trial_terms {
  /// Weights by revision.
  using entrants = std::map<std::uint32_t, blob>;

  allocator_actor allocator;
  std::vector<labelled_frame> frames;
  /// The weights that make the frames' features; empty when nobody wants those.
  blob backbone;
  /// Hears the features, and says whom to try.
  std::function<entrants(const std::vector<std::vector<float>>&)> choose;
};

struct trial_outcome {
  std::vector<std::vector<float>> features{};
  /// By revision, over all cameras in the frames; who could not be scored is missing.
  std::map<std::uint32_t, camera_score> scores{};
};

/// The measurements behind the model zoo (RECL), made on behalf of the model store: features of the frames, then every
/// candidate on them, each as one evaluation order that a device serves when it is free.
class expert_trial : public std::enable_shared_from_this<expert_trial> {
 public:
  using callback = std::function<void(const trial_outcome&)>;

  /// Begins to ask. `done` is called once, from `self`'s handlers.
  static void begin(model_store_actor::pointer self, trial_terms terms, callback done);

 private:
  expert_trial(model_store_actor::pointer self, trial_terms terms, callback done);

  void score_all();
  void one_less();

  model_store_actor::pointer self_;
  trial_terms terms_;
  callback done_;
  std::size_t outstanding_ = 1;
  trial_outcome outcome_;
};

} // namespace ecco
