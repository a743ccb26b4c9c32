// SPDX-License-Identifier: Apache-2.0
// What the end of a window does to the grouper's groups, and the bootstrap.
#include <cmath>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "actors/failure.hpp"
#include "actors/fresh_frames.hpp"
#include "actors/grouper.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr duration store_patience = std::chrono::seconds{10};
constexpr duration settle_patience = std::chrono::seconds{50};
constexpr duration try_again_after = std::chrono::seconds{1};

} // namespace

// -- windows -----------------------------------------------------------------------------------------

caf::result<eval_report> grouper_state::settle(const window_closed& closed) {
  window = closed.window;
  auto promise = self->make_response_promise<eval_report>();
  if (jobs.empty()) {
    settled(closed, {});
    promise.deliver(eval_report{});
    return promise;
  }
  auto all = std::make_shared<eval_report>();
  auto outstanding = std::make_shared<std::size_t>(jobs.size());
  auto one_less = [this, closed, all, outstanding, promise]() mutable {
    if (--*outstanding > 0)
      return;
    settled(closed, *all);
    promise.deliver(*all);
  };
  for (const auto& [group, job] : jobs)
    self->request(job.handle, settle_patience, closed)
      .then(
        [all, one_less](const eval_report& report) mutable {
          all->scores.insert(all->scores.end(), report.scores.begin(), report.scores.end());
          all->others.insert(all->others.end(), report.others.begin(), report.others.end());
          one_less();
        },
        [this, group = group, one_less](const caf::error& failure) mutable {
          tell(event_id::window_unsettled, {}, group, render(from_caf(failure)));
          one_less();
        });
  return promise;
}

void grouper_state::settled(const window_closed& closed, const eval_report& scores) {
  if (bootstrap_group) {
    if (now(self) < bootstrap_end)
      return;
    end_group(*std::exchange(bootstrap_group, std::nullopt), "the first student is learnt");
    tell(event_id::bootstrap_ended, {}, {}, "");
    return;
  }
  take_out_misfits(closed.window, scores);
  for (const auto& standing : closed.jobs)
    if (policy.groups().contains(standing.group)
        && policy.settle(standing.group, std::isnan(standing.gain) || standing.gain > 0))
      end_group(standing.group, "training gains nothing any more");
  place_waiting();
  compare_groups();
}

void grouper_state::take_out_misfits(window_number closed, const eval_report& scores) {
  running.clear();
  for (const auto& score : scores.others)
    running[score.camera] = score;
  std::vector<member_score> members;
  for (const auto& score : scores.scores) {
    const auto other = running.find(score.camera);
    members.push_back({score.camera, score.map50, score.standard_error,
                       other == running.end() ? std::nan("") : other->second.map50});
    plans.scored(score.camera, score.map50);
  }
  for (const auto& out : policy.close_window(closed, members, now(self))) {
    take_out(out.camera, out.group, regroup_kind::left, out.why);
    resized(out.group);
    const auto& place = cameras.at(out.camera).hello.place;
    asking[out.camera] = {{request_id{}, out.camera, place, {}, request_reason::regroup, {}}, out.fall, {}};
    waiting.push_back(out.camera);
  }
  for (const auto& [id, group] : policy.groups())
    if (group.drifted == closed) {
      renew(id);
      if (config.reuse)
        consult_zoo(id);
    }
}

void grouper_state::consult_zoo(group_id group) {
  if (!jobs.contains(group))
    return;
  std::vector<ingest_actor> members;
  for (const auto& [camera, member] : policy.groups().at(group).members)
    members.push_back(cameras.at(camera).video);
  // What was shot before the window closed may still show the world before the drift.
  gather_frames(self, members, {duration::zero(), config.subsamples},
                [job = jobs.at(group).handle, this](std::vector<labelled_frame> frames) {
                  if (!frames.empty())
                    self->send(job, expert_query{{}, 0, std::move(frames)});
                });
}

// -- groups that have become alike ---------------------------------------------------------------------

void grouper_state::compare_groups() {
  std::vector<group_pair> pairs;
  for (const auto& [a, b] : policy.pairs_to_compare(window))
    if (jobs.contains(a) && jobs.contains(b))
      pairs.push_back({{a, jobs.at(a).handle}, {b, jobs.at(b).handle}});
  if (!pairs.empty())
    evaluate_crosswise(self, pairs, [this](const std::vector<cross_evaluation>& measured) { unite(measured); });
}

void grouper_state::unite(const std::vector<cross_evaluation>& measured) {
  std::vector<cross_score> scores;
  std::map<std::pair<group_id, camera_id>, camera_score> found;
  for (const auto& [model, score] : measured) {
    scores.push_back({model, score.camera, score.map50, score.standard_error});
    found[{model, score.camera}] = score;
  }
  for (const auto& change : policy.unite(window, scores, now(self))) {
    std::string who;
    for (const auto& camera : change.cameras) {
      who += (who.empty() ? "" : ", ") + camera.value;
      take_out(camera, change.from, regroup_kind::left, change.why);
      std::optional<gate_evidence> evidence;
      const auto theirs = found.find({change.to, camera});
      const auto runs = running.find(camera);
      if (theirs != found.end() && runs != running.end())
        evidence = gate_evidence{theirs->second, runs->second};
      enter(camera, change.to, regroup_kind::joined, change.why, std::move(evidence));
    }
    const auto count = static_cast<double>(change.cameras.size());
    if (change.whole)
      tell(event_id::group_united, {}, change.to, to_string(change.from) + " joins it; " + change.why, count);
    else
      tell(event_id::group_split, {}, change.from, who + " to " + to_string(change.to), count);
    resized(change.from);
    resized(change.to);
  }
}

// -- bootstrap -----------------------------------------------------------------------------------------

void grouper_state::bootstrap() {
  self->request(models, store_patience, model_query{0, cameras.begin()->first})
    .then([this](const model_update& initial) { open_bootstrap_group(initial); },
          [this](const caf::error& failure) {
            tell(event_id::bootstrap_started, {}, {}, "failed: " + render(from_caf(failure)));
          });
}

void grouper_state::open_bootstrap_group(const model_update& initial) {
  if (!batches.empty()) { // a request must not lose its group under way
    self->delayed_send(self, try_again_after, due_atom_v);
    return;
  }
  while (!policy.groups().empty())
    end_group(policy.groups().begin()->first, "all cameras learn a first student");
  std::vector<retrain_request> requests;
  for (const auto& [camera, entry] : cameras)
    requests.push_back({request_id{}, camera, entry.hello.place, {}, request_reason::injected, initial.model});
  const auto group = policy.open(requests, now(self), window);
  start_job(group, initial, {});
  bootstrap_group = group;
  bootstrap_end = now(self) + config.bootstrap;
  tell(event_id::bootstrap_started, {}, group, std::to_string(requests.size()) + " cameras");
  for (const auto& request : requests)
    enter(request.camera, group, regroup_kind::joined, "learning the first student");
  resized(group);
}

} // namespace ecco
