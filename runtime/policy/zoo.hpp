// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/zoo_mode.hpp"
#include "messages/model.hpp"
#include "runtime/policy/deploy_gate.hpp"
#include "runtime/policy/zoo_gate.hpp"

namespace ecco {

/// A model of the zoo: a revision, and where it was learnt.
struct expert {
  std::uint32_t revision = 0;
  /// Group 0: nobody's, the first student.
  group_id group{};
  window_number window = 0;
  std::vector<camera_id> cameras{};
  /// When it was last selected, or else admitted: later is more.
  std::uint64_t selected = 0;
  std::uint32_t times_selected = 0;

  friend bool operator==(const expert&, const expert&) = default;
};

/// Frames of one scene, and how those models that were tried did on all of them together.
struct zoo_scene {
  /// Pooled features of some of the frames, by the first student's backbone: what the gate sees.
  std::vector<std::vector<float>> features;
  /// mAP@0.5 by revision.
  std::map<std::uint32_t, double> scores;

  friend bool operator==(const zoo_scene&, const zoo_scene&) = default;
};

/// What outlives the server.
struct zoo_content {
  std::vector<expert> experts;
  /// Oldest first.
  std::vector<zoo_scene> scenes;

  friend bool operator==(const zoo_content&, const zoo_content&) = default;
};

struct zoo_options {
  zoo_mode mode = zoo_mode::off;
  /// Models kept; the one not selected for longest goes first.
  std::uint32_t capacity = 64;
  /// Models that the gate names.
  std::uint32_t top = 3;
  /// mAP@0.5 by which a new model must beat the best there is, on its own held-out frames.
  double margin = 0.02;
  gate_training gate{};
};

/// A model that is better than one's own.
struct expert_choice {
  std::uint32_t revision = 0;
  /// "0.10 -> 0.52 on 24 held-out frames".
  std::string why;

  friend bool operator==(const expert_choice&, const expert_choice&) = default;
};

/// RECL's verification: the best of the models that were tried on the same frames, where the deploy gate would let it
/// replace `own`. Of equals the lowest revision.
/// @param tried by revision; without `own` there is nothing to compare with, and nothing is chosen
std::optional<expert_choice> choose_expert(const std::map<std::uint32_t, camera_score>& tried, std::uint32_t own,
                                           const gate_options& gate);

/// RECL's model zoo: which models are kept, and which of them are worth a look for a scene (algorithms.md section 1.2).
/// Models that were not tried on a scene count as wrong there: they are specialists of other scenes, and whenever the
/// gate errs, the verification of its choice becomes a scene to learn from. Pure.
class zoo {
 public:
  /// Frames of a scene that the gate learns from, and scenes kept for each model that there may be.
  static constexpr std::size_t frames_of_scene = 4, scenes_of_expert = 4;

  explicit zoo(zoo_options options, zoo_content content = {});

  const zoo_content& content() const { return content_; }
  std::size_t size() const { return content_.experts.size(); }
  const expert* find(std::uint32_t revision) const;

  /// Whether there is a gate, which wants to see the frames.
  bool needs_features() const { return options_.mode == zoo_mode::recl; }

  /// Revisions to verify for a scene with these features, the likeliest first; all there are, in ascending order, when
  /// the gate is not asked or has not learnt from such features yet.
  std::vector<std::uint32_t> candidates(std::span<const std::vector<float>> features);

  /// A scene was measured: the gate learns from it.
  void learn(zoo_scene scene);

  /// A camera was given this model.
  void select(std::uint32_t revision);

  /// Is a model with this score on its own held-out frames worth keeping, when those tried there have `others`? NaN is
  /// not.
  bool deserves_admission(double score, std::span<const double> others) const;

  /// Takes a model in. @returns the revision that had to go, if one had to
  std::optional<std::uint32_t> admit(expert added);

 private:
  void retrain();

  zoo_options options_;
  zoo_content content_;
  zoo_gate gate_;
  /// Something was learnt since the gate was trained.
  bool stale_ = true;
};

} // namespace ecco
