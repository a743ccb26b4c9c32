// SPDX-License-Identifier: Apache-2.0
// What a group job leaves to the model zoo, and what it takes from there.
#include <iterator>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/group_job.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/score/average_precision.hpp"

namespace ecco {

namespace {

/// The zoo's models are tried on a device first.
constexpr duration zoo_patience = std::chrono::seconds{70};

} // namespace

// -- leaving -----------------------------------------------------------------------------------------

void group_job_state::remember(const model_candidate& settled, std::uint32_t state, const eval_report& scored) {
  const auto accuracy = mean_map50(scored.scores);
  if (state == 0 || !(accuracy > best.accuracy))
    return;
  best = {accuracy, {config.group, settled.window, parent, settled.weights, {}}};
  for (auto& [camera, frames] : samples.held_out())
    std::ranges::move(frames, std::back_inserter(best.left.frames));
}

void group_job_state::finish(const caf::exit_msg& told) {
  if (!best.left.weights.empty())
    self->send(models, std::move(best.left));
  self->quit(told.reason);
}

// -- taking ------------------------------------------------------------------------------------------

void group_job_state::consult_zoo(const expert_query& drifted) {
  auto asked = drifted;
  asked.own = model_update{parent, weights};
  // What was best until now is measured after that, for it is in no hurry; what is best from now on is of another world.
  const auto leave = [this, old = std::exchange(best, {}).left] {
    if (!old.weights.empty())
      self->send(models, old);
  };
  self->request(models, zoo_patience, asked)
    .then(
      [this, leave, own = asked.own->weights, frames = drifted.frames](model_update& found) mutable {
        leave();
        if (found.weights == own)
          return;
        fresh_start from{std::move(found), std::move(frames)};
        if (training)
          successor = std::move(from);
        else
          go_on_from(from);
      },
      [leave](const caf::error&) { leave(); }); // it learns the new world from where it is
}

void group_job_state::go_on_from(const fresh_start& from) {
  parent = from.expert.model;
  checkpoint = weights = from.expert.weights;
  ++trained; // it is another state, which no worker has
  keepers.clear();
  tell(event_id::zoo_selected, {}, parent.revision,
       "r" + std::to_string(parent.revision) + ", for all who drifted together");
  settlement_terms terms{allocator, models, weights, {}};
  for (const auto& sample : from.frames)
    terms.held_out[sample.shot.camera].push_back(sample);
  terms.deployed = deployed;
  model_candidate candidate{config.group, grants.window(), parent, weights, {}};
  settlement::begin(self, std::move(terms), [this, candidate = std::move(candidate)](const settlement_outcome& measured) mutable {
    candidate.members = measured.evidence; // without any it is proposed at the window's end
    propose(std::move(candidate), [](bool) {});
  });
}

} // namespace ecco
