// SPDX-License-Identifier: Apache-2.0
// The model store's zoo: a model learnt before for a camera that asks, and what groups leave behind when they end. The
// decisions are in runtime/policy/zoo.hpp, the measurements in expert_trial.hpp.
#include <algorithm>
#include <set>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/expert_trial.hpp"
#include "actors/failure.hpp"
#include "actors/model_store.hpp"
#include "messages/sha256.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

/// Labelled frames that models are verified on (algorithms.md section 1.2 [D]).
constexpr std::size_t most_frames = 32;

std::vector<labelled_frame> thinned(const std::vector<labelled_frame>& frames) {
  const auto count = std::min(frames.size(), most_frames);
  std::vector<labelled_frame> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(frames[(2 * i + 1) * frames.size() / (2 * count)]);
  return out;
}

std::string name_of(std::uint32_t revision) {
  return "r" + std::to_string(revision);
}

} // namespace

result<void> model_store_state::open_zoo() {
  if (config.zoo.mode == zoo_mode::off)
    return {};
  auto content = config.shelf->load();
  if (!content)
    return tl::unexpected{content.error()};
  std::erase_if(content->experts, [this](const expert& one) { return !revisions.contains(one.revision); });
  experts = zoo{config.zoo, std::move(*content)};
  if (experts.size() == 0) // the first student knows the conditions it was made for
    experts.admit({revisions.begin()->first});
  return {};
}

trial_terms::entrants model_store_state::weights_of(const std::vector<std::uint32_t>& numbers) {
  trial_terms::entrants out;
  for (const auto number : numbers)
    if (auto update = update_to(number))
      out.emplace(number, std::move(update->weights));
  return out;
}

trial_terms model_store_state::trial_of(const std::vector<labelled_frame>& frames, std::uint32_t also,
                                        const blob& weights) {
  trial_terms terms{allocator, thinned(frames), {}, {}};
  if (experts.needs_features())
    if (auto first = update_to(revisions.begin()->first))
      terms.backbone = std::move(first->weights);
  terms.choose = [this, also, weights](const std::vector<std::vector<float>>& features) {
    auto out = weights_of(experts.candidates(features));
    // The same weights under two names need to be tried once.
    std::erase_if(out, [&](const auto& entrant) { return entrant.second == weights; });
    out.insert_or_assign(also, weights);
    return out;
  };
  return terms;
}

// -- requests ------------------------------------------------------------------------------------------

caf::result<model_update> model_store_state::find_expert(const expert_query& query) {
  auto own = look_up({query.revision, query.camera});
  if (!own)
    return to_caf(own.error());
  if (config.zoo.mode == zoo_mode::off || query.frames.empty() || !allocator)
    return std::move(*own);
  auto promise = self->make_response_promise<model_update>();
  auto terms = trial_of(query.frames, own->model.revision, own->weights);
  expert_trial::begin(
    self, std::move(terms),
    [this, camera = query.camera, own = std::move(*own), promise](const trial_outcome& tried) mutable {
      promise.deliver(reuse(camera, own, tried));
    });
  return promise;
}

caf::result<model_update> model_store_state::find_expert(const std::vector<labelled_frame>& shown,
                                                         const model_update& own) {
  if (config.zoo.mode == zoo_mode::off || shown.empty() || !allocator)
    return own;
  auto promise = self->make_response_promise<model_update>();
  // The job may have trained since its model was given a number: it is tried without one.
  expert_trial::begin(self, trial_of(shown, 0, own.weights),
                      [this, own, promise](const trial_outcome& tried) mutable {
                        auto found = select(tried, 0);
                        promise.deliver(found ? std::move(found->model) : std::move(own));
                      });
  return promise;
}

std::optional<model_store_state::reusable> model_store_state::select(const trial_outcome& tried, std::uint32_t own) {
  if (!tried.scores.contains(own))
    return std::nullopt; // nothing to compare with
  learn_scene(tried, {});
  auto best = choose_expert(tried.scores, own, config.gate);
  if (!best)
    return std::nullopt;
  auto found = update_to(best->revision);
  if (!found)
    return std::nullopt;
  experts.select(best->revision);
  keep_zoo();
  return reusable{std::move(*found), std::move(best->why)};
}

model_update model_store_state::reuse(const camera_id& camera, const model_update& own, const trial_outcome& tried) {
  auto found = select(tried, own.model.revision);
  if (!found)
    return own;
  auto& [model, why] = *found;
  const auto called = name_of(model.model.revision);
  tell(event_id::zoo_selected, camera, {}, model.model.revision,
       called + ", of " + std::to_string(tried.scores.size()) + " tried: " + why);
  if (!cameras.contains(camera))
    return std::move(model);
  // A camera runs the newest revision that it was given, so that a model it is to have again needs a new number.
  auto again = add({{}, model.model.revision, {}, 0, {camera}}, model.weights);
  if (!again)
    return own;
  deploy(camera, again->revision, {}, called + " once more: " + why);
  return {*again, std::move(model.weights)};
}

// -- what groups leave behind --------------------------------------------------------------------------

void model_store_state::archive(const archive_order& order) {
  if (config.zoo.mode == zoo_mode::off)
    return;
  if (order.weights.empty() || order.frames.size() < config.gate.least_frames || !allocator)
    return tell(event_id::zoo_refused, {}, order.group, 0,
                "only " + std::to_string(order.frames.size()) + " held-out frames to measure it on");
  expert_trial::begin(self, trial_of(order.frames, 0, order.weights),
                      [this, order](const trial_outcome& tried) { archived(order, tried); });
}

void model_store_state::archived(const archive_order& order, const trial_outcome& tried) {
  const auto own = tried.scores.find(0);
  const auto score = own == tried.scores.end() ? 0 : own->second.map50;
  std::vector<double> others;
  for (const auto& [revision, other] : tried.scores)
    if (revision != 0)
      others.push_back(other.map50);
  const auto sha256 = sha256_hex(order.weights.view());
  const auto known = std::find_if(revisions.begin(), revisions.end(),
                                  [&](const auto& entry) { return entry.second.model.sha256 == sha256; });
  if (own == tried.scores.end())
    return tell(event_id::zoo_refused, {}, order.group, 0, "it could not be measured");
  char text[96];
  std::snprintf(text, sizeof text, "%.2f on %zu held-out frames, %zu others tried", score, order.frames.size(),
                others.size());
  if (!experts.deserves_admission(score, others)
      || (known != revisions.end() && experts.find(known->first))) {
    learn_scene(tried, {});
    return tell(event_id::zoo_refused, {}, order.group, score, text);
  }
  std::uint32_t revision = 0;
  if (known != revisions.end()) {
    revision = known->first;
  } else if (const auto added = add({{}, order.parent.revision, order.group, order.window, {}}, order.weights)) {
    revision = added->revision;
  } else {
    return tell(event_id::zoo_refused, {}, order.group, score, render(added.error()));
  }
  std::set<camera_id> whose;
  for (const auto& sample : order.frames)
    whose.insert(sample.shot.camera);
  const auto gone = experts.admit({revision, order.group, order.window, {whose.begin(), whose.end()}});
  learn_scene(tried, revision);
  tell(event_id::zoo_admitted, {}, order.group, revision,
       name_of(revision) + ": " + text + (gone ? "; " + name_of(*gone) + " had to go" : ""));
}

void model_store_state::learn_scene(const trial_outcome& tried, std::optional<std::uint32_t> nameless) {
  zoo_scene scene{tried.features, {}};
  for (const auto& [revision, score] : tried.scores) {
    const auto number = revision == 0 ? nameless.value_or(0) : revision;
    if (const auto* member = experts.find(number))
      scene.scores[member->revision] = score.map50;
  }
  experts.learn(std::move(scene));
  keep_zoo();
}

void model_store_state::keep_zoo() {
  if (auto kept = config.shelf->save(experts.content()); !kept)
    tell(event_id::zoo_refused, {}, {}, 0, "a server that starts anew will not know: " + render(kept.error()));
}

} // namespace ecco
