// SPDX-License-Identifier: Apache-2.0
#include "actors/settlement.hpp"

#include <set>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "runtime/policy/sample_pool.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

namespace {

constexpr duration eval_patience = std::chrono::seconds{30};

/// What the camera's own model made of the frames it saw.
camera_score score_seen(const camera_id& camera, const std::vector<labelled_frame>& frames) {
  std::vector<frame_detections> seen;
  for (const auto& sample : frames)
    seen.push_back({sample.seen, sample.labels,
                    static_cast<std::uint64_t>(sample.shot.media_time / std::chrono::seconds{1})});
  return score_camera(camera, seen);
}

void append(eval_order& order, const std::vector<labelled_frame>& frames) {
  order.frames.insert(order.frames.end(), frames.begin(), frames.end());
}

} // namespace

settlement::settlement(group_job_actor::pointer self, settlement_terms terms, callback done)
    : self_(self), terms_(std::move(terms)), done_(std::move(done)) {}

void settlement::begin(group_job_actor::pointer self, settlement_terms terms, callback done) {
  const std::shared_ptr<settlement> one{new settlement{self, std::move(terms), std::move(done)}};
  eval_order order{one->terms_.weights, {}};
  for (const auto& [camera, frames] : one->terms_.held_out)
    append(order, frames);
  if (order.frames.empty())
    return one->done_({});
  self->request(one->terms_.allocator, eval_patience, std::move(order))
    .then(
      [one](const eval_report& scored) {
        one->outcome_.scored = scored;
        one->compare();
      },
      [one](const caf::error& failure) {
        one->outcome_.failure = from_caf(failure);
        one->done_(one->outcome_);
      });
}

void settlement::compare() {
  if (!terms_.candidate)
    return done_(outcome_);
  eval_order again{terms_.weights, {}};
  std::map<std::uint32_t, eval_order> running; // by revision
  for (const auto& scored : outcome_.scored.scores) {
    const auto& frames = terms_.held_out[scored.camera];
    auto& evidence = evidence_[scored.camera];
    evidence.candidate = scored;
    const auto known = terms_.deployed.find(scored.camera);
    const auto runs = known == terms_.deployed.end() ? frames.back().seen_by : known->second.model.revision;
    const auto seen = seen_by(runs, frames);
    if (seen.size() < frames.size() && known != terms_.deployed.end()) {
      auto& order = running[runs];
      order.weights = known->second.weights;
      append(order, frames);
      continue;
    }
    evidence.deployed = score_seen(scored.camera, seen);
    if (seen.size() < frames.size())
      append(again, seen);
  }
  for (auto& [revision, order] : running)
    score(std::move(order), &gate_evidence::deployed);
  if (!again.frames.empty())
    score(std::move(again), &gate_evidence::candidate);
  one_less();
}

void settlement::score(eval_order order, camera_score gate_evidence::*side) {
  ++outstanding_;
  std::set<camera_id> asked;
  for (const auto& sample : order.frames)
    asked.insert(sample.shot.camera);
  self_->request(terms_.allocator, eval_patience, std::move(order))
    .then(
      [one = shared_from_this(), side](const eval_report& report) {
        for (const auto& scored : report.scores)
          one->evidence_[scored.camera].*side = scored;
        one->one_less();
      },
      [one = shared_from_this(), asked](const caf::error&) {
        for (const auto& camera : asked)
          one->evidence_.erase(camera);
        one->one_less();
      });
}

void settlement::one_less() {
  if (--outstanding_ > 0)
    return;
  for (const auto& [camera, evidence] : evidence_)
    outcome_.evidence.push_back(evidence);
  done_(outcome_);
}

} // namespace ecco
