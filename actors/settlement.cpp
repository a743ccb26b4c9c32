// SPDX-License-Identifier: Apache-2.0
#include "actors/settlement.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "runtime/policy/sample_pool.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

namespace {

constexpr duration eval_patience = std::chrono::seconds{30};
constexpr duration store_patience = std::chrono::seconds{10};

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
  std::erase_if(terms.held_out, [](const auto& member) { return member.second.empty(); });
  const std::shared_ptr<settlement> one{new settlement{self, std::move(terms), std::move(done)}};
  if (one->terms_.held_out.empty())
    return one->done_({});
  one->ask_what_runs();
}

void settlement::ask_what_runs() {
  next_ = [this] { score_weights(); };
  for (const auto& [camera, frames] : terms_.held_out) {
    ++outstanding_;
    self_->request(terms_.models, store_patience, model_query{0, camera, true})
      .then(
        [one = shared_from_this(), camera = camera](const model_update& known) {
          one->running_[camera] = known.model;
          one->one_less();
        },
        [one = shared_from_this()](const caf::error&) { one->one_less(); });
  }
  one_less();
}

void settlement::score_weights() {
  eval_order order{terms_.weights, {}};
  for (const auto& [camera, frames] : terms_.held_out)
    append(order, frames);
  self_->request(terms_.allocator, eval_patience, std::move(order))
    .then(
      [one = shared_from_this()](const eval_report& scored) {
        one->outcome_.scored = scored;
        one->measure();
      },
      [one = shared_from_this()](const caf::error& failure) {
        one->outcome_.failure = from_caf(failure);
        one->done_(one->outcome_);
      });
}

void settlement::measure() {
  outstanding_ = 1;
  next_ = [this] {
    for (const auto& [camera, evidence] : evidence_)
      outcome_.evidence.push_back(evidence);
    done_(outcome_);
  };
  if (terms_.candidate) {
    compare();
    recall();
  }
  look_again();
  one_less();
}

std::uint32_t settlement::revision_of(const camera_id& camera, const std::vector<labelled_frame>& frames) const {
  if (const auto known = running_.find(camera); known != running_.end())
    return known->second.revision;
  if (const auto last = terms_.deployed.find(camera); last != terms_.deployed.end())
    return last->second.model.revision;
  return frames.back().seen_by;
}

void settlement::compare() {
  eval_order again{terms_.weights, {}};
  std::map<std::uint32_t, eval_order> unseen; // by revision
  for (const auto& scored : outcome_.scored.scores) {
    const auto& camera = scored.camera;
    const auto& frames = terms_.held_out[camera];
    const auto runs = revision_of(camera, frames);
    auto& evidence = evidence_[camera];
    evidence.candidate = scored;
    evidence.revision = running_.contains(camera) ? runs : 0;
    const auto seen = seen_by(runs, frames);
    // All frames, where the job has the weights; where it would have to fetch them, only if the camera saw few.
    const auto here = terms_.deployed.find(camera);
    const auto has_weights = here != terms_.deployed.end() && here->second.model.revision == runs;
    if (seen.size() < frames.size()
        && (has_weights || (running_.contains(camera) && seen.size() < terms_.least_frames))) {
      append(unseen[runs], frames);
      continue;
    }
    evidence.deployed = score_seen(camera, seen);
    if (seen.size() < frames.size())
      append(again, seen);
  }
  for (auto& [revision, order] : unseen)
    score_under(revision, std::move(order),
                [this](const camera_score& scored) { evidence_[scored.camera].deployed = scored; });
  if (!again.frames.empty())
    score(std::move(again), [this](const camera_score& scored) { evidence_[scored.camera].candidate = scored; });
}

void settlement::recall() {
  eval_order order{terms_.weights, {}};
  for (const auto& [camera, frames] : terms_.before_drift)
    if (!frames.empty() && evidence_.contains(camera))
      append(order, frames);
  if (order.frames.empty())
    return;
  score(std::move(order), [this](const camera_score& scored) {
    evidence_[scored.camera].before_drift = {scored, score_seen(scored.camera, terms_.before_drift[scored.camera])};
  });
}

void settlement::look_again() {
  for (const auto& [camera, before] : terms_.replaced) {
    const auto frames = terms_.held_out.find(camera);
    if (frames == terms_.held_out.end() || !running_.contains(camera))
      continue;
    const auto seen = seen_by(running_[camera].revision, frames->second);
    if (seen.size() < terms_.least_frames)
      continue;
    eval_order order;
    append(order, seen);
    score_under(before, std::move(order),
                [this, before = before, present = score_seen(camera, seen)](const camera_score& scored) {
                  outcome_.second_looks.push_back({present, scored, before});
                });
  }
}

void settlement::score_under(std::uint32_t revision, eval_order order, scores_taker take) {
  for (const auto& [camera, last] : terms_.deployed)
    if (last.model.revision == revision) {
      order.weights = last.weights;
      return score(std::move(order), std::move(take));
    }
  ++outstanding_;
  const auto frames = std::make_shared<eval_order>(std::move(order));
  self_->request(terms_.models, store_patience, model_query{revision, {}})
    .then(
      [one = shared_from_this(), frames, take](const model_update& found) {
        frames->weights = found.weights;
        one->score(std::move(*frames), take);
        one->one_less();
      },
      [one = shared_from_this(), frames](const caf::error&) {
        one->drop_evidence(*frames);
        one->one_less();
      });
}

void settlement::score(eval_order order, scores_taker take) {
  ++outstanding_;
  eval_order asked{{}, order.frames};
  self_->request(terms_.allocator, eval_patience, std::move(order))
    .then(
      [one = shared_from_this(), take](const eval_report& report) {
        for (const auto& scored : report.scores)
          take(scored);
        one->one_less();
      },
      [one = shared_from_this(), asked = std::move(asked)](const caf::error&) {
        one->drop_evidence(asked);
        one->one_less();
      });
}

void settlement::drop_evidence(const eval_order& order) {
  for (const auto& sample : order.frames)
    evidence_.erase(sample.shot.camera);
}

void settlement::one_less() {
  if (--outstanding_ == 0)
    std::exchange(next_, nullptr)();
}

} // namespace ecco
