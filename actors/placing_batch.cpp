// SPDX-License-Identifier: Apache-2.0
#include "actors/placing_batch.hpp"

#include <algorithm>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"

namespace ecco {

namespace {

constexpr duration subsample_patience = std::chrono::seconds{30};
constexpr duration store_patience = std::chrono::seconds{10};
/// On a busy device each order waits for the micro-window in progress, but only for that one.
constexpr duration eval_patience = std::chrono::seconds{60};
/// A request that comes later, or to so many others, waits for the next batch: those that are here have waited enough.
constexpr duration open_for = std::chrono::seconds{5};

void append(std::vector<labelled_frame>& to, const std::vector<labelled_frame>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

} // namespace

placing_batch::placing_batch(grouper_actor::pointer self, placing_terms terms, callback done)
    : self_(self), terms_(std::move(terms)), done_(std::move(done)) {}

std::shared_ptr<placing_batch> placing_batch::make(grouper_actor::pointer self, placing_terms terms, callback done) {
  return std::shared_ptr<placing_batch>{new placing_batch{self, std::move(terms), std::move(done)}};
}

// -- frames ------------------------------------------------------------------------------------------

bool placing_batch::accepts(duration now) const {
  return gathering_ && entries_.size() < most_requests && (entries_.empty() || now - begun_ < open_for);
}

void placing_batch::add(placing_entry added, duration now) {
  if (entries_.empty())
    begun_ = now;
  entries_.push_back(std::make_unique<placing_entry>(std::move(added)));
  ++outstanding_;
  self_
    ->request(entries_.back()->video, subsample_patience,
              subsample_order{entries_.back()->request.age, terms_.subsamples})
    .then(
      [one = shared_from_this(), entry = entries_.back().get()](sample_batch& frames) {
        entry->frames = std::move(frames);
        one->doubt_alarm(*entry);
        one->gathered();
      },
      [one = shared_from_this(), entry = entries_.back().get()](const caf::error& failure) {
        entry->failure = from_caf(failure);
        one->gathered();
      });
}

void placing_batch::add_unmeasured(placing_entry added) {
  gathering_ = false;
  entries_.push_back(std::make_unique<placing_entry>(std::move(added)));
  done_(*this);
}

void placing_batch::doubt_alarm(placing_entry& entry) {
  if (entry.request.reason == request_reason::drift)
    entry.false_alarm = refute_alarm(entry.frames, terms_.alarm);
}

void placing_batch::gathered() {
  if (--outstanding_ > 0)
    return;
  gathering_ = false;
  fetch_models();
}

// -- scores ------------------------------------------------------------------------------------------

void placing_batch::fetch_models() {
  std::vector<placing_entry*> compared;
  for (const auto& entry : entries_)
    if (!entry->false_alarm && !entry->failure)
      compared.push_back(entry.get());
  if (compared.empty() || (compared.size() == 1 && terms_.candidates(compared.front()->request).empty()))
    return done_(*this);
  outstanding_ = compared.size();
  for (auto* entry : compared)
    self_->request(terms_.models, store_patience, model_query{entry->request.model.revision, entry->request.camera})
      .then(
        [one = shared_from_this(), entry](model_update& own) {
          entry->model = std::move(own);
          if (--one->outstanding_ == 0)
            one->score_all();
        },
        [one = shared_from_this(), entry](const caf::error& failure) {
          entry->failure = from_caf(failure);
          if (--one->outstanding_ == 0)
            one->score_all();
        });
}

void placing_batch::score_all() {
  outstanding_ = 1; // until all are sent
  score_own();
  score_groups();
  one_less();
}

template <class Scorer>
void placing_batch::evaluate(const Scorer& by, eval_order order,
                             std::function<void(placing_entry&, const camera_score&)> take,
                             std::function<void(const error&)> failed) {
  ++outstanding_;
  self_->request(by, eval_patience, std::move(order))
    .then(
      [one = shared_from_this(), take](const eval_report& report) {
        for (const auto& score : report.scores)
          for (const auto& entry : one->entries_)
            if (entry->request.camera == score.camera)
              take(*entry, score);
        one->one_less();
      },
      [one = shared_from_this(), failed](const caf::error& failure) {
        failed(from_caf(failure));
        one->one_less();
      });
}

void placing_batch::score_own() {
  // Each camera's own model on the frames of all: what one brings is what a group opened for it begins with.
  std::map<std::uint32_t, eval_order> orders;
  for (const auto& entry : entries_)
    if (!entry->model.weights.empty())
      orders[entry->model.model.revision].weights = entry->model.weights;
  for (auto& [revision, order] : orders) {
    for (const auto& entry : entries_)
      if (!entry->model.weights.empty())
        append(order.frames, entry->frames.frames);
    evaluate(
      terms_.allocator, std::move(order),
      [revision = revision](placing_entry& entry, const camera_score& score) {
        entry.brought[revision] = score;
        if (entry.model.model.revision == revision)
          entry.own = score;
      },
      [this, revision = revision](const error& failure) {
        for (const auto& entry : entries_)
          if (entry->model.model.revision == revision && !entry->model.weights.empty())
            entry->failure = failure;
      });
  }
}

void placing_batch::score_groups() {
  std::map<group_id, std::pair<group_job_actor, eval_order>> orders;
  for (const auto& entry : entries_)
    if (!entry->model.weights.empty())
      for (const auto& [group, job] : terms_.candidates(entry->request)) {
        auto& [by, order] = orders[group];
        by = job;
        append(order.frames, entry->frames.frames);
      }
  for (auto& [group, what] : orders)
    evaluate(
      what.first, std::move(what.second),
      [group = group](placing_entry& entry, const camera_score& score) { entry.groups[group] = score; },
      [](const error&) {});
}

void placing_batch::one_less() {
  if (--outstanding_ == 0)
    done_(*this);
}

} // namespace ecco
