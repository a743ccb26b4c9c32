// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/results.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr double never = std::numeric_limits<double>::infinity();
/// Drift that takes less than this leaves nothing to speak of regaining, in mAP.
constexpr double least_loss = 0.01;

/// Mean of the readings in [from, to); NaN without any.
double mean_between(const std::vector<accuracy_reading>& readings, double from, double to) {
  double sum = 0;
  int count = 0;
  for (const auto& reading : readings)
    if (reading.at >= from && reading.at < to) {
      sum += reading.map50;
      ++count;
    }
  return count > 0 ? sum / count : unknown;
}

double first_at(const recorded_run& run, std::string_view id, const camera_id& camera, double after) {
  for (const auto& e : run.events)
    if (e.id == id && e.camera == camera && seconds_of(e.at) >= after)
      return seconds_of(e.at);
  return never;
}

double drift_of(const recorded_run& run, const camera_facts& facts) {
  return facts.drift_at ? seconds_of(*facts.drift_at)
                        : first_at(run, event_id::drift_injected, facts.name, 0);
}

/// End of the last bootstrap that was over by `latest`, 0 without one.
double bootstrapped_at(const recorded_run& run, double latest) {
  double at = 0;
  for (const auto& e : run.events)
    if (e.id == event_id::bootstrap_ended && seconds_of(e.at) <= latest)
      at = std::max(at, seconds_of(e.at));
  return at;
}

/// When the first of two successive readings at or after `from` both reached `goal`.
std::optional<double> reached_at(const std::vector<accuracy_reading>& readings, double from, double goal) {
  const accuracy_reading* before = nullptr;
  for (const auto& reading : readings) {
    if (reading.at < from)
      continue;
    if (before && before->map50 >= goal && reading.map50 >= goal)
      return before->at;
    before = &reading;
  }
  return std::nullopt;
}

void collect_series(camera_result& camera, const recorded_run& run) {
  for (const auto& e : run.events) {
    if (e.camera.value != camera.name)
      continue;
    if (e.id == event_id::accuracy_deployed && std::isfinite(e.value))
      camera.accuracy.push_back({seconds_of(e.at), e.value});
    else if (e.id == event_id::accuracy_truth && std::isfinite(e.value))
      camera.truth.accuracy.push_back({seconds_of(e.at), e.value});
    else if (e.id == event_id::accuracy_teacher && std::isfinite(e.value))
      camera.truth.teacher.push_back({seconds_of(e.at), e.value});
    else if (e.id == event_id::model_deployed)
      camera.deployments.push_back(seconds_of(e.at));
  }
  for (auto* series : {&camera.accuracy, &camera.truth.accuracy, &camera.truth.teacher})
    std::stable_sort(series->begin(), series->end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  std::sort(camera.deployments.begin(), camera.deployments.end());
}

/// The numbers of a camera that drifted at `drift`.
void measure_recovery(camera_result& camera, double drift) {
  const auto deployed = std::lower_bound(camera.deployments.begin(), camera.deployments.end(), drift);
  const bool was_deployed = deployed != camera.deployments.end();
  camera.drift_at = drift;
  camera.deployed_at = was_deployed ? *deployed : unknown;
  camera.map_drifted = mean_between(camera.accuracy, drift, was_deployed ? *deployed : never);
  camera.observed_for = camera.accuracy.empty() ? unknown : std::max(0.0, camera.accuracy.back().at - drift);

  const double lost = camera.map_before - camera.map_drifted;
  if (!(lost >= least_loss))
    return;
  camera.regained = (camera.map_recovered - camera.map_drifted) / lost;
  if (was_deployed)
    if (const auto at = reached_at(camera.accuracy, *deployed, camera.map_drifted + lost / 2))
      camera.seconds_to_recover = *at - drift;
}

/// Over the spans that the camera itself was measured over.
void measure_truth(camera_result& camera, double calm_from, double calm_until, double recovered_from) {
  auto& truth = camera.truth;
  truth.map_before = mean_between(truth.accuracy, calm_from, calm_until);
  truth.map_drifted = std::isfinite(camera.drift_at)
                        ? mean_between(truth.accuracy, camera.drift_at,
                                       std::isfinite(camera.deployed_at) ? camera.deployed_at : never)
                        : unknown;
  truth.map_recovered = mean_between(truth.accuracy, recovered_from, never);
  const auto changed = std::isfinite(camera.drift_at) ? camera.drift_at : never;
  truth.teacher_before = mean_between(truth.teacher, 0, changed);
  truth.teacher_drifted = mean_between(truth.teacher, changed, never);
}

camera_result measure(const recorded_run& run, const camera_facts& facts, double first_drift, double end,
                      const result_options& options) {
  camera_result camera;
  camera.name = facts.name.value;
  camera.drift_at = camera.deployed_at = camera.map_drifted = camera.regained = camera.observed_for = unknown;
  collect_series(camera, run);

  const double drift = drift_of(run, facts);
  const double calm_until = std::isfinite(drift) ? drift : first_drift;
  const double calm_from =
      std::max(bootstrapped_at(run, calm_until), std::min(calm_until, end) - seconds_of(options.before));
  camera.map_before = mean_between(camera.accuracy, calm_from, calm_until);
  camera.map_recovered = mean_between(camera.accuracy, end - seconds_of(options.end), never);
  if (std::isfinite(drift))
    measure_recovery(camera, drift);
  measure_truth(camera, calm_from, calm_until, end - seconds_of(options.end));
  if (const auto tally = run.cameras.find(facts.name); tally != run.cameras.end())
    camera.bytes_sent = tally->second.bytes_sent;
  return camera;
}

membership* open_stay(group_result& group, const std::string& camera) {
  const auto stay = std::find_if(group.members.begin(), group.members.end(),
                                 [&](const membership& m) { return m.camera == camera && !m.to; });
  return stay == group.members.end() ? nullptr : &*stay;
}

void close_stay(membership& stay, const event& e) {
  stay.to = seconds_of(e.at);
  stay.why_left = e.text;
}

void follow_group(group_result& group, const event& e) {
  const auto at = seconds_of(e.at);
  auto* stay = open_stay(group, e.camera.value);
  if (e.id == event_id::group_opened || e.id == event_id::group_joined) {
    // A group is opened for its first camera, which may be said to join it as well.
    if (!stay && !e.camera.value.empty())
      group.members.push_back({e.camera.value, at, std::nullopt, e.text, {}});
  } else if (e.id == event_id::group_left) {
    if (stay)
      close_stay(*stay, e);
  } else if (e.id == event_id::group_ended) {
    for (auto& member : group.members)
      if (!member.to)
        close_stay(member, e);
  } else if (e.id == event_id::grant_done && e.value > 0) {
    group.slices.push_back({std::max(0.0, at - e.value), at, e.worker.value, e.window});
    group.gpu_seconds += e.value;
  }
}

std::vector<group_result> follow_groups(const recorded_run& run) {
  std::map<group_id, group_result> groups;
  for (const auto& e : run.events) {
    if (!e.id.starts_with("group.") && e.id != event_id::grant_done)
      continue;
    auto& group = groups[e.group];
    group.group = e.group;
    follow_group(group, e);
  }
  std::vector<group_result> result;
  for (auto& [id, group] : groups)
    result.push_back(std::move(group));
  return result;
}

gpu_time count_gpu(const recorded_run& run) {
  gpu_time time;
  double within = 0; // training and evaluation of micro-windows: what else is evaluated belongs to no group
  for (const auto& e : run.events) {
    if (e.id != event_id::gpu_busy || !(e.value > 0))
      continue;
    if (e.group != group_id{} && e.text != "other")
      within += e.value;
    time.count(e);
  }
  time.useful = within / (within + time.other);
  return time;
}

/// What a person may ask "why?" about; readings, grants and windows are told elsewhere.
bool is_decision(std::string_view id) {
  for (const std::string_view kind : {"drift.", "request.", "group.", "model."})
    if (id.starts_with(kind))
      return true;
  return false;
}

} // namespace

void gpu_time::count(const event& busy) {
  if (!(busy.value > 0))
    return;
  if (busy.text == "train")
    train += busy.value;
  else if (busy.text == "evaluate")
    evaluate += busy.value;
  else if (busy.text == "label")
    label += busy.value;
  else
    other += busy.value;
}

run_results summarize(const recorded_run& run, const run_facts& facts, const result_options& options) {
  run_results results;
  results.seed = facts.seed;
  results.policy = facts.policy;
  results.events_forgotten = run.forgotten;
  for (const auto& e : run.events) {
    results.seconds = std::max(results.seconds, seconds_of(e.at));
    if (is_decision(e.id))
      results.decisions.push_back({seconds_of(e.at), e.id, e.camera.value,
                                   e.group == group_id{} ? std::string{} : to_string(e.group), e.text,
                                   e.value});
  }
  double first_drift = never;
  for (const auto& camera : facts.cameras)
    first_drift = std::min(first_drift, drift_of(run, camera));
  for (const auto& camera : facts.cameras)
    results.cameras.push_back(measure(run, camera, first_drift, results.seconds, options));
  results.bootstrapped_at = bootstrapped_at(run, never);
  results.groups = follow_groups(run);
  results.gpu = count_gpu(run);
  for (const auto& [camera, tally] : run.cameras)
    results.bytes_sent += tally.bytes_sent;
  return results;
}

} // namespace ecco
