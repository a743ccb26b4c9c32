// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/experiment_plot.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "deploy/report/gnuplot.hpp"
#include "deploy/report/text_file.hpp"

namespace ecco {

namespace {

/// Okabe and Ito's colours: told apart by colour-blind eyes.
constexpr std::array colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555"};

constexpr std::string_view head = R"(set encoding utf8
set datafile separator tab
set border 3 lc rgb '#999999'
set tics nomirror scale 0.5 textcolor rgb '#444444'
set grid ytics lc rgb '#e6e6e6' lw 1 lt 1
set key outside right top samplen 2
set xlabel 'virtual time (min)'
set ylabel 'mean mAP@0.5 of what the cameras run'
)";

} // namespace

std::string course_data(std::span<const experiment_result> systems) {
  std::string text = "# system\tseconds\tmean map50\n";
  for (const auto& one : systems) {
    if (one.course.empty())
      continue; // gnuplot would not count the block
    for (const auto& reading : one.course)
      text += fmt::format("{}\t{:.3f}\t{:.4f}\n", one.facts.system, reading.at, reading.map50);
    text += "\n\n";
  }
  return text;
}

std::string course_script(std::span<const experiment_result> systems) {
  auto text = gnuplot_output("experiment", 1200, 600).append(head);
  double seconds = 1;
  for (const auto& one : systems)
    seconds = std::max(seconds, one.facts.planned);
  if (!systems.empty())
    text += fmt::format("set title 'Mean accuracy over time, learner {}, seed {}'\n", systems.front().facts.learner,
                        systems.front().facts.seed);
  text += fmt::format("set xrange [0:{:.3f}]\nset yrange [0:1]\nplot ", seconds / 60);
  std::size_t block = 0;
  for (std::size_t i = 0; i < systems.size(); ++i) {
    if (systems[i].course.empty())
      continue;
    text += fmt::format("{}'experiment.tsv' index {} using ($2/60):3 with lines lw 2 lc rgb '{}' title '{}'",
                        block > 0 ? ", \\\n  " : "", block, colours[i % colours.size()], systems[i].facts.system);
    ++block;
  }
  return text + (block > 0 ? "\n" : "NaN notitle\n");
}

result<std::filesystem::path> draw(std::span<const experiment_result> systems, const std::filesystem::path& folder) {
  return write_text(folder / "experiment.tsv", course_data(systems))
    .and_then([&] { return write_text(folder / "experiment.gp", course_script(systems)); })
    .and_then([&] { return run_gnuplot(folder, "experiment.gp", "svg"); })
    .and_then([&] { return run_gnuplot(folder, "experiment.gp", "png"); })
    .map([&] { return folder / "experiment.png"; });
}

} // namespace ecco
