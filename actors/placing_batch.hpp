// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/interfaces.hpp"
#include "runtime/policy/alarm_check.hpp"

namespace ecco {

/// One request on its way, and what was measured for it. Every score is on the same decoded frames of its camera.
struct placing_entry {
  retrain_request request;
  /// How far it fell in the group it was taken out of; 0 when it asks by itself.
  double fall = 0;
  ingest_actor video;

  sample_batch frames{};
  /// Why the alarm is false; nothing else is known then.
  std::optional<std::string> false_alarm{};
  /// Why it could not be compared.
  std::optional<error> failure{};
  /// The camera's own model; empty when it was not asked for.
  model_update model{};
  std::optional<camera_score> own{};
  std::map<group_id, camera_score> groups{};
  /// By revision: the models that the batch's requests bring, its own among them.
  std::map<std::uint32_t, camera_score> brought{};
};

/// What the requests of a batch are compared with, and who measures.
struct placing_terms {
  struct candidate {
    group_id group;
    group_job_actor job;
  };

  allocator_actor allocator;
  model_store_actor models;
  /// The groups near a request, asked for when its frames are there.
  std::function<std::vector<candidate>(const retrain_request&)> candidates;
  /// Labelled frames to wait for.
  std::uint32_t subsamples = 0;
  /// What makes an alarm false.
  alarm_check_options alarm;
};

/// The measurements of Algorithm 2's line 5 for requests that came together, made on behalf of the grouper: frames of
/// the drifted scene from each camera's ingest; then, in one evaluation a model, how the cameras' own models and the
/// groups nearby do on them. A request's own model is scored here on the same decoded frames as the groups' (decision
/// 4): what the camera saw before encoding would differ even for equal weights.
class placing_batch : public std::enable_shared_from_this<placing_batch> {
 public:
  using callback = std::function<void(placing_batch&)>;

  /// `done` is called once, from `self`'s handlers, when all is known that can be.
  static std::shared_ptr<placing_batch> make(grouper_actor::pointer self, placing_terms terms, callback done);

  static constexpr std::size_t most_requests = 8;

  /// Whether one more request may still be compared along with these.
  bool accepts(duration now) const;
  /// @pre accepts
  void add(placing_entry entry, duration now);
  /// Takes the only request of the batch as it is: there is nothing to compare it with.
  void add_unmeasured(placing_entry entry);

  std::vector<std::unique_ptr<placing_entry>>& entries() { return entries_; }
  const std::vector<std::unique_ptr<placing_entry>>& entries() const { return entries_; }

 private:
  placing_batch(grouper_actor::pointer self, placing_terms terms, callback done);

  void doubt_alarm(placing_entry& entry);
  void gathered();
  void fetch_models();
  void score_all();
  void score_own();
  void score_groups();
  void one_less();
  /// Has the order's frames scored; `take` hears each camera's score.
  template <class Scorer>
  void evaluate(const Scorer& by, eval_order order, std::function<void(placing_entry&, const camera_score&)> take,
                std::function<void(const error&)> failed);

  grouper_actor::pointer self_;
  placing_terms terms_;
  callback done_;
  std::vector<std::unique_ptr<placing_entry>> entries_;
  duration begun_{};
  bool gathering_ = true;
  std::size_t outstanding_ = 0;
};

} // namespace ecco
