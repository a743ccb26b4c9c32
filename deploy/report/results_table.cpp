// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/results_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "deploy/report/as_clock.hpp"
#include "deploy/report/comparison_table.hpp"

namespace ecco {

namespace {

constexpr std::size_t width = 80;

constexpr std::string_view legend =
    R"(before     mean mAP@0.5 of the deployed model over the 30 s before the drift
drifted    the same from the drift until a new model was deployed
recovered  the same over the last 30 s of the run
regained   (recovered - drifted) / (before - drifted)
half back  time from the drift until two readings in a row, after a deployment,
           had regained half of what drift took; > when the run ended before
Accuracy is measured against the teacher's labels, on frames never trained on;
that of a student with masks (-seg) is that of its masks.
)";

std::string score(double value) {
  return std::isfinite(value) ? fmt::format("{:.2f}", value) : "-";
}

std::string percent(double value) {
  return std::isfinite(value) ? fmt::format("{:.0f} %", 100 * value) : "-";
}

std::string half_back(const camera_result& camera) {
  if (camera.seconds_to_recover)
    return fmt::format("{:.0f} s", *camera.seconds_to_recover);
  // Without a loss there is nothing to wait for.
  return std::isfinite(camera.regained) && std::isfinite(camera.observed_for)
             ? fmt::format("> {:.0f} s", camera.observed_for)
             : "-";
}

/// One name a run: its policy, and its seed where two runs share a policy.
std::vector<std::string> names_of(std::span<const run_results> runs) {
  std::vector<std::string> names;
  for (const auto& run : runs) {
    const auto same =
        std::count_if(runs.begin(), runs.end(), [&](const auto& r) { return r.policy == run.policy; });
    names.push_back(same > 1 ? fmt::format("{} {}", run.policy, run.seed) : run.policy);
  }
  return names;
}

std::vector<std::string> cameras_of(std::span<const run_results> runs) {
  std::vector<std::string> names;
  for (const auto& run : runs)
    for (const auto& camera : run.cameras)
      if (std::find(names.begin(), names.end(), camera.name) == names.end())
        names.push_back(camera.name);
  return names;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const auto value : values)
    sum += value;
  return values.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(values.size());
}

/// Mean of a number over the cameras that drifted and for which it is known.
double mean_drifted(const run_results& run, double camera_result::*number) {
  std::vector<double> known;
  for (const auto& camera : run.cameras)
    if (std::isfinite(camera.drift_at) && std::isfinite(camera.*number))
      known.push_back(camera.*number);
  return mean(known);
}

/// Only when every drifted camera is back: a mean without those that are not would flatter.
std::string mean_half_back(const run_results& run) {
  std::vector<double> spans;
  for (const auto& camera : run.cameras)
    if (std::isfinite(camera.drift_at)) {
      if (!camera.seconds_to_recover)
        return "-";
      spans.push_back(*camera.seconds_to_recover);
    }
  return spans.empty() ? "-" : fmt::format("{:.0f} s", mean(spans));
}

std::string row(std::string_view camera, std::string_view policy, std::string_view before,
                std::string_view drifted, std::string_view recovered, std::string_view regained,
                std::string_view half) {
  auto text = fmt::format("{:<16.16}  {:<13.13} {:>7} {:>8} {:>10} {:>9} {:>10}", camera, policy, before,
                          drifted, recovered, regained, half);
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

std::string camera_rows(const std::string& name, std::span<const run_results> runs,
                        const std::vector<std::string>& run_names) {
  std::string text;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const auto& camera : runs[i].cameras)
      if (camera.name == name)
        text +=
            row(text.empty() ? name : "", run_names[i], score(camera.map_before), score(camera.map_drifted),
                score(camera.map_recovered), percent(camera.regained), half_back(camera));
  return text;
}

std::string mean_row(std::string_view title, const run_results& run, const std::string& run_name) {
  return row(title, run_name, score(mean_drifted(run, &camera_result::map_before)),
             score(mean_drifted(run, &camera_result::map_drifted)),
             score(mean_drifted(run, &camera_result::map_recovered)),
             percent(mean_drifted(run, &camera_result::regained)), mean_half_back(run));
}

std::string stay_text(const membership& stay) {
  return fmt::format("{} {}-{}", stay.camera, as_clock(stay.from), stay.to ? as_clock(*stay.to) : "");
}

/// "g-0001   62.1 s  north 0:42-, yard 0:45-1:20", continued below itself when it is long.
std::string group_lines(const group_result& group) {
  const auto head = fmt::format("  {:<8} {:>7.1f} s  ", to_string(group.group), group.gpu_seconds);
  std::string text, line = head;
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    const auto part = stay_text(group.members[i]) + (i + 1 < group.members.size() ? "," : "");
    if (line.size() > head.size() && line.size() + 1 + part.size() > width) {
      text += line + '\n';
      line = std::string(head.size(), ' ');
    }
    line += (line.size() > head.size() ? " " : "") + part;
  }
  return text + line + '\n';
}

std::string cost(const run_results& run, const std::string& name) {
  auto text = fmt::format("{}: {} min, seed {}; GPU {:.1f} s (train {:.1f}, evaluate {:.1f}, label {:.1f})\n",
                          name, as_clock(run.seconds), run.seed, run.gpu.total(), run.gpu.train,
                          run.gpu.evaluate, run.gpu.label);
  text += fmt::format("  video    {:>7.1f} MB sent\n", static_cast<double>(run.bytes_sent) / 1e6);
  for (const auto& group : run.groups)
    text += group_lines(group);
  if (run.events_forgotten > 0)
    text += fmt::format("  The first {} events did not fit the record and are missing here.\n",
                        run.events_forgotten);
  return text;
}

constexpr std::string_view truth_legend =
    R"(The second table compares with the exact truth, on the same frames and spans;
nothing that ecco decided has seen it. teacher: mAP@0.5 of its labels, all taken
for equally sure, before the drift and after.
)";

std::string truth_row(std::string_view camera, std::string_view policy, const truth_result& truth) {
  auto text = fmt::format("{:<16.16}  {:<13.13} {:>7} {:>8} {:>10} {:>20}", camera, policy, score(truth.map_before),
                          score(truth.map_drifted), score(truth.map_recovered),
                          score(truth.teacher_before) + " / " + score(truth.teacher_drifted));
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

/// Nothing where nobody knows the truth.
std::string truth_table(std::span<const run_results> runs, const std::vector<std::string>& run_names) {
  std::string text;
  for (const auto& name : cameras_of(runs)) {
    auto shown = name;
    for (std::size_t i = 0; i < runs.size(); ++i)
      for (const auto& camera : runs[i].cameras)
        if (camera.name == name && camera.truth.is_known())
          text += truth_row(std::exchange(shown, ""), run_names[i], camera.truth);
  }
  if (text.empty())
    return text;
  return '\n' + fmt::format("{:<16}  {:<13} {:>7} {:>8} {:>10} {:>20}\n", "mAP (truth)", "policy", "before", "drifted",
                            "recovered", "teacher") + text;
}

} // namespace

std::string to_table(std::span<const run_results> runs) {
  const auto names = names_of(runs);
  std::string text = row("camera", "policy", "before", "drifted", "recovered", "regained", "half back");
  for (const auto& camera : cameras_of(runs))
    text += camera_rows(camera, runs, names);
  for (std::size_t i = 0; i < runs.size(); ++i)
    text += mean_row(i == 0 ? "mean of drifted" : "", runs[i], names[i]);
  const auto truths = truth_table(runs, names);
  text += truths + '\n';
  for (std::size_t i = 0; i < runs.size(); ++i)
    text += cost(runs[i], names[i]);
  text += '\n';
  text += legend;
  if (!truths.empty())
    text += truth_legend;
  if (runs.size() > 1)
    text += '\n' + comparison_table(runs, names);
  return text;
}

} // namespace ecco
