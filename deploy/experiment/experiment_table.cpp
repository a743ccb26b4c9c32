// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/experiment_table.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "deploy/report/as_clock.hpp"

namespace ecco {

namespace {

constexpr std::string_view legend =
  R"(mean       mAP@0.5 of what the cameras run over the whole run, on frames that are
           never trained on; a camera counts once
before     the same over the 30 s before a change of the world; lowest and end after it:
           over the last 30 s until the next change or the end of the run
response   from when it was noticed that a camera had fallen below mAP {:.2f} until two
           readings in a row had reached it again: Kaplan-Meier mean over all that fell
back       how many of those had reached it again before the next change or the end
)";

std::string score(double value) {
  return std::isfinite(value) ? fmt::format("{:.3f}", value) : "-";
}

std::string seconds(double value) {
  return std::isfinite(value) ? fmt::format("{:.1f} s", value) : "-";
}

std::string row(std::string_view region, std::string_view system, std::string_view mean, std::string_view before,
                std::string_view lowest, std::string_view end, std::string_view response, std::string_view back) {
  auto text = fmt::format("{:<18.18} {:<10.10} {:>6} {:>7} {:>7} {:>6} {:>10} {:>11}", region, system, mean, before,
                          lowest, end, response, back);
  text.erase(text.find_last_not_of(' ') + 1);
  return text + '\n';
}

std::string row(const region_result& of, std::string_view title, const std::string& system) {
  return row(title, system, score(of.mean), score(of.before), score(of.lowest), score(of.end), seconds(of.response),
             of.fallen > 0 ? fmt::format("{} of {}", of.answered, of.fallen) : "-");
}

/// The rows of one region, a system each.
std::string region_rows(const std::string& name, std::span<const experiment_result> systems) {
  std::string text;
  for (const auto& one : systems)
    for (const auto& region : one.regions)
      if (region.name == name)
        text += row(region, text.empty() ? fmt::format("{} ({})", name, region.cameras) : "", one.facts.system);
  return text;
}

std::string cost(const experiment_result& one) {
  const auto& facts = one.facts;
  auto text = fmt::format("{}: {} of {} min of virtual time, seed {}, learner {}\n", facts.system,
                          as_clock(facts.seconds), as_clock(facts.planned), facts.seed, facts.learner);
  text += fmt::format("  GPU      {:.1f} s: train {:.1f}, evaluate {:.1f}, label {:.1f}, other {:.1f}\n",
                      one.gpu.total(), one.gpu.train, one.gpu.evaluate, one.gpu.label, one.gpu.other);
  text += fmt::format("  video    {:.1f} MB sent\n", static_cast<double>(one.all.bytes_sent) / 1e6);
  text += fmt::format("  {} windows, {} micro-windows, {} groups opened, {} joins, {} models deployed\n", one.windows,
                      one.grants, one.groups_opened, one.groups_joined, one.all.models);
  text += fmt::format("  the camera that fared worst had a mean of {}\n", score(one.worst));
  if (std::isfinite(one.all.truth))
    text += fmt::format("  against the exact truth, which no decision sees: mean {}, the teacher's labels {}\n",
                        score(one.all.truth), score(one.all.teacher));
  return text;
}

} // namespace

std::string describe_learner(const std::string& learner) {
  return learner == "curve" ? "curve: SIMULATED cameras, students, teacher and GPU (the deterministic learning curve; no "
                              "network is trained)"
                            : learner + ": real students on real pictures; GPU time is counted, not measured";
}

std::string to_table(std::span<const experiment_result> systems) {
  if (systems.empty())
    return {};
  const auto& first = systems.front();
  auto text = fmt::format("learner {}\n\n", describe_learner(first.facts.learner));
  text += row("region (cameras)", "system", "mean", "before", "lowest", "end", "response", "back");
  for (const auto& region : first.regions)
    text += region_rows(region.name, systems);
  for (const auto& one : systems)
    text += row(one.all, &one == &first ? fmt::format("all ({})", one.all.cameras) : "", one.facts.system);
  text += '\n';
  for (const auto& one : systems)
    text += cost(one);
  return text + '\n' + fmt::format(legend, first.facts.target);
}

} // namespace ecco
