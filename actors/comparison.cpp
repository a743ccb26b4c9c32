// SPDX-License-Identifier: Apache-2.0
#include "actors/comparison.hpp"

#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"

namespace ecco {

namespace {

constexpr duration subsample_patience = std::chrono::seconds{30};
constexpr duration eval_patience = std::chrono::seconds{30};
constexpr duration store_patience = std::chrono::seconds{10};

/// All frames are of one camera.
camera_score only_score(const eval_report& report) {
  return report.scores.empty() ? comparison_outcome{}.own : report.scores.front();
}

} // namespace

comparison::comparison(grouper_actor::pointer self, comparison_terms terms, callback done)
    : self_(self), terms_(std::move(terms)), done_(std::move(done)) {}

void comparison::begin(grouper_actor::pointer self, comparison_terms terms, callback done) {
  const std::shared_ptr<comparison> one{new comparison{self, std::move(terms), std::move(done)}};
  self->request(one->terms_.video, subsample_patience,
                subsample_order{one->terms_.request.age, one->terms_.subsamples})
    .then([one](const sample_batch& frames) { one->doubt_alarm(frames); },
          [one](const caf::error& failure) { one->give_up(failure); });
}

void comparison::doubt_alarm(const sample_batch& frames) {
  frames_ = frames;
  outcome_.frames = frames.frames;
  if (terms_.doubt)
    outcome_.false_alarm = refute_alarm(frames_, *terms_.doubt);
  if (outcome_.false_alarm || terms_.candidates.empty())
    return done_(outcome_);
  fetch_own_model();
}

void comparison::fetch_own_model() {
  const auto& asks = terms_.request;
  self_->request(terms_.models, store_patience, model_query{asks.model.revision, asks.camera})
    .then([one = shared_from_this()](const model_update& own) { one->score_all(own.weights); },
          [one = shared_from_this()](const caf::error& failure) { one->give_up(failure); });
}

void comparison::score_all(const blob& own) {
  // All at once: on a busy device each order waits for the micro-window in progress, but only for that one.
  outstanding_ = 1 + terms_.candidates.size();
  self_->request(terms_.allocator, eval_patience, eval_order{own, frames_.frames})
    .then(
      [one = shared_from_this()](const eval_report& report) {
        one->outcome_.own = only_score(report);
        one->one_less();
      },
      [one = shared_from_this()](const caf::error& failure) {
        one->outcome_.failure = from_caf(failure);
        one->one_less();
      });
  for (const auto& [group, job] : terms_.candidates)
    self_->request(job, eval_patience, eval_order{{}, frames_.frames})
      .then(
        [one = shared_from_this(), candidate = group](const eval_report& report) {
          one->outcome_.candidates.push_back({candidate, only_score(report)});
          one->one_less();
        },
        [one = shared_from_this()](const caf::error&) { one->one_less(); });
}

void comparison::one_less() {
  if (--outstanding_ == 0)
    done_(outcome_);
}

void comparison::give_up(const caf::error& failure) {
  if (!terms_.candidates.empty())
    outcome_.failure = from_caf(failure);
  done_(outcome_);
}

} // namespace ecco
