// SPDX-License-Identifier: Apache-2.0
#include "actors/expert_trial.hpp"

#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "runtime/score/camera_mean.hpp"

namespace ecco {

namespace {

constexpr duration eval_patience = std::chrono::seconds{30};

/// Over all cameras; the name is that of the first.
camera_score mean_of(const std::vector<camera_score>& scores) {
  camera_score out;
  camera_mean map50, map;
  for (const auto& one : scores) {
    out.frames += one.frames;
    out.objects += one.objects;
    map50.add(one.map50, one.standard_error);
    map.add(one.map);
  }
  if (!scores.empty())
    out.camera = scores.front().camera;
  out.map50 = map50.value();
  out.map = map.value();
  out.standard_error = map50.standard_error();
  return out;
}

} // namespace

expert_trial::expert_trial(model_store_actor::pointer self, trial_terms terms, callback done)
    : self_(self), terms_(std::move(terms)), done_(std::move(done)) {}

void expert_trial::begin(model_store_actor::pointer self, trial_terms terms, callback done) {
  const std::shared_ptr<expert_trial> one{new expert_trial{self, std::move(terms), std::move(done)}};
  if (one->terms_.backbone.empty())
    return one->score_all();
  self->request(one->terms_.allocator, eval_patience, eval_order{one->terms_.backbone, one->terms_.frames, true})
    .then(
      [one](const eval_report& report) {
        one->outcome_.features = report.features;
        one->score_all();
      },
      [one](const caf::error&) { one->score_all(); }); // without features whoever chooses falls back on all
}

void expert_trial::score_all() {
  for (auto& [revision, weights] : terms_.choose(outcome_.features)) {
    ++outstanding_;
    self_->request(terms_.allocator, eval_patience, eval_order{weights, terms_.frames})
      .then(
        [one = shared_from_this(), revision = revision](const eval_report& report) {
          one->outcome_.scores[revision] = mean_of(report.scores);
          one->one_less();
        },
        [one = shared_from_this()](const caf::error&) { one->one_less(); });
  }
  one_less();
}

void expert_trial::one_less() {
  if (--outstanding_ == 0)
    done_(outcome_);
}

} // namespace ecco
