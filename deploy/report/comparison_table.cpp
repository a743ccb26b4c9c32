// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/comparison_table.hpp"

#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace ecco {

namespace {

constexpr std::string_view legend =
  R"(since      mean mAP@0.5 from its drift to the end of the run, of cameras that
           drifted; truth: the same against the exact truth, where it is known
back       of the cameras that drifted, those that had half of their loss back,
           and how long after the drift
)";

/// Sums what is known of cameras.
struct mean {
  double sum = 0;
  std::size_t count = 0;

  void add(double value) {
    if (std::isfinite(value))
      sum += value, ++count;
  }
  double get() const { return count == 0 ? std::nan("") : sum / static_cast<double>(count); }
  std::string text() const { return count == 0 ? "-" : fmt::format("{:.2f}", get()); }
};

double mean_since(double begin, const std::vector<accuracy_reading>& readings) {
  mean of;
  for (const auto& reading : readings)
    if (reading.at >= begin)
      of.add(reading.map50);
  return of.get();
}

std::string row(const run_results& run, const std::string& name) {
  mean since, truth, wait;
  std::size_t drifted = 0;
  for (const auto& camera : run.cameras) {
    if (!std::isfinite(camera.drift_at))
      continue;
    ++drifted;
    since.add(mean_since(camera.drift_at, camera.accuracy));
    truth.add(mean_since(camera.drift_at, camera.truth.accuracy));
    if (camera.seconds_to_recover)
      wait.add(*camera.seconds_to_recover);
  }
  const auto back = fmt::format("{} of {}", wait.count, drifted)
                    + (wait.count == 0 ? "" : fmt::format(", {:.0f} s", wait.get()));
  return fmt::format("{:<16.16} {:>7} {:>7} {:>15} {:>10.1f} s {:>8.1f} MB\n", name, since.text(), truth.text(), back,
                     run.gpu.total(), static_cast<double>(run.bytes_sent) / 1e6);
}

} // namespace

std::string comparison_table(std::span<const run_results> runs, std::span<const std::string> names) {
  auto text = fmt::format("{:<16} {:>7} {:>7} {:>15} {:>12} {:>11}\n", "system", "since", "truth", "back", "GPU", "video");
  for (std::size_t i = 0; i < runs.size(); ++i)
    text += row(runs[i], names[i]);
  return text + std::string{legend};
}

} // namespace ecco
