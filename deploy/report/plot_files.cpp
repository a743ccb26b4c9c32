// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/plot_files.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "deploy/report/as_clock.hpp"
#include "deploy/report/gnuplot.hpp"

namespace ecco {

namespace {

/// Okabe and Ito's colours for the cameras, Tol's "muted" for the groups: both are told apart by colour-blind
/// eyes.
constexpr std::array camera_colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                    "#E69F00", "#56B4E9", "#555555"};
constexpr std::array group_colours{"#332288", "#DDCC77", "#117733", "#CC6677",
                                   "#88CCEE", "#AA4499", "#999933"};
/// Line types of the cameras count from 1, those of the groups from here.
constexpr std::size_t first_group_line = 101;

std::size_t camera_line(std::size_t index) {
  return 1 + index % camera_colours.size();
}

std::size_t group_line(std::size_t index) {
  return first_group_line + index % group_colours.size();
}

/// Height of a camera's line at `at`, for a mark that sits on it.
double height_at(const std::vector<accuracy_reading>& readings, double at) {
  const auto after = std::lower_bound(readings.begin(), readings.end(), at,
                                      [](const accuracy_reading& r, double t) { return r.at < t; });
  if (after == readings.begin())
    return after->map50;
  if (after == readings.end())
    return readings.back().map50;
  const auto& before = *(after - 1);
  const auto span = after->at - before.at;
  return span > 0 ? std::lerp(before.map50, after->map50, (at - before.at) / span) : before.map50;
}

// -- data -------------------------------------------------------------------------------------------

/// A block a camera, so that gnuplot can address it by number; cameras without readings have none.
std::string accuracy_data(const run_results& results) {
  std::string text = "# camera\tseconds\tmap50\n";
  for (const auto& camera : results.cameras) {
    if (camera.accuracy.empty())
      continue;
    for (const auto& reading : camera.accuracy)
      text += fmt::format("{}\t{:.3f}\t{:.4f}\n", camera.name, reading.at, reading.map50);
    text += "\n\n";
  }
  return text;
}

std::string drift_data(const run_results& results) {
  std::string text = "# camera\tseconds\n";
  for (const auto& camera : results.cameras)
    if (std::isfinite(camera.drift_at))
      text += fmt::format("{}\t{:.3f}\n", camera.name, camera.drift_at);
  return text;
}

std::string deployment_data(const run_results& results) {
  std::string text = "# camera\tseconds\tmap50 there\tline type\n";
  for (std::size_t i = 0; i < results.cameras.size(); ++i) {
    const auto& camera = results.cameras[i];
    if (camera.accuracy.empty())
      continue;
    for (const auto at : camera.deployments)
      text += fmt::format("{}\t{:.3f}\t{:.4f}\t{}\n", camera.name, at, height_at(camera.accuracy, at),
                          camera_line(i));
  }
  return text;
}

std::string gpu_data(const run_results& results) {
  std::string text = "# group\tworker\twindow\tfrom\tto\trow\tline type\n";
  for (std::size_t i = 0; i < results.groups.size(); ++i)
    for (const auto& slice : results.groups[i].slices)
      text += fmt::format("{}\t{}\t{}\t{:.3f}\t{:.3f}\t{}\t{}\n", to_string(results.groups[i].group),
                          slice.worker, slice.window, slice.from, slice.to, i, group_line(i));
  return text;
}

// -- script -----------------------------------------------------------------------------------------

constexpr std::string_view script_head = R"(title_font = kind eq 'png' ? 'DejaVu Sans Bold,15' : 'DejaVu Sans Bold,20'
set encoding utf8
set datafile separator tab
set border 3 lc rgb '#999999'
set tics nomirror scale 0.5 textcolor rgb '#444444'
unset key
set lmargin at screen 0.075
set rmargin at screen 0.83
set style line 1 lc rgb '#e6e6e6' lw 1
)";

std::string line_types() {
  std::string text;
  for (std::size_t i = 0; i < camera_colours.size(); ++i)
    text += fmt::format("set linetype {} lc rgb '{}' lw 1.8\n", camera_line(i), camera_colours[i]);
  for (std::size_t i = 0; i < group_colours.size(); ++i)
    text += fmt::format("set linetype {} lc rgb '{}' lw 1\n", group_line(i), group_colours[i]);
  return text;
}

std::string time_axis(double seconds) {
  double step = 86400;
  for (const double candidate : {10., 20., 30., 60., 120., 300., 600., 1800., 3600., 7200., 21600.})
    if (seconds / candidate <= 12) {
      step = candidate;
      break;
    }
  std::string tics;
  for (double at = 0; at <= seconds; at += step)
    tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ", gnuplot_literal(as_clock(at)), at);
  return fmt::format("set xrange [0:{}]\nset xtics ({})\n", std::max(seconds, 1.0), tics);
}

double top_of(const run_results& results) {
  double top = 0.1;
  for (const auto& camera : results.cameras)
    for (const auto& reading : camera.accuracy)
      top = std::max(top, reading.map50);
  return std::min(1.0, std::ceil(top * 10 + 0.2) / 10);
}

/// Moves labels that would overlap apart, upwards from the lowest, then back below `top`.
std::vector<double> spread(const std::vector<double>& heights, double distance, double top) {
  std::vector<std::size_t> order(heights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return heights[a] < heights[b]; });
  auto placed = heights;
  for (std::size_t i = 1; i < order.size(); ++i)
    placed[order[i]] = std::max(placed[order[i]], placed[order[i - 1]] + distance);
  double limit = top;
  for (auto i = order.size(); i-- > 0; limit = placed[order[i]] - distance)
    placed[order[i]] = std::min(placed[order[i]], limit);
  return placed;
}

/// The name of each camera at the end of its line.
std::string camera_labels(const run_results& results, double top) {
  std::vector<std::size_t> shown;
  std::vector<double> heights;
  for (std::size_t i = 0; i < results.cameras.size(); ++i)
    if (!results.cameras[i].accuracy.empty()) {
      shown.push_back(i);
      heights.push_back(results.cameras[i].accuracy.back().map50);
    }
  heights = spread(heights, top * 0.05, top);
  std::string text;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto& camera = results.cameras[shown[i]];
    text += fmt::format("set label {} at graph 1.012, first {:.4f} left textcolor lt {}\n",
                        gnuplot_literal(fmt::format("{}  {:.2f}", camera.name, camera.accuracy.back().map50)),
                        heights[i], camera_line(shown[i]));
  }
  return text;
}

/// Of a character of a label, as part of the width of the plot.
constexpr double label_width = 0.009;

/// A dashed line a drift, labelled with the cameras it struck; those that struck almost together are one.
std::string drift_marks(const run_results& results) {
  std::vector<std::pair<double, std::string>> drifts;
  for (const auto& camera : results.cameras)
    if (std::isfinite(camera.drift_at))
      drifts.emplace_back(camera.drift_at, camera.name);
  std::stable_sort(drifts.begin(), drifts.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });

  const auto together = std::max(1.0, 0.04 * results.seconds);
  std::string text;
  double last = -results.seconds;
  int level = 0;
  std::string names;
  for (std::size_t i = 0; i < drifts.size();) {
    const auto at = drifts[i].first;
    // A label that would run into the one before it stands on another line. @see label_width
    level = at - last < results.seconds * std::max(0.25, label_width * static_cast<double>(names.size())) ? 1 - level : 0;
    last = at;
    names.clear();
    for (; i < drifts.size() && drifts[i].first - at <= together; ++i)
      names += (names.empty() ? "drift: " : ", ") + drifts[i].second;
    const bool late = at > results.seconds * 0.6;
    text += fmt::format("set arrow from {0}, graph 0 to {0}, graph 1 nohead dt (6,5) lw 1 lc rgb '#888888'\n"
                        "set label {1} at {0}, graph {2} {3} textcolor rgb '#444444'\n",
                        at, gnuplot_literal(names), 1.025 + 0.045 * level, late ? "right" : "left");
  }
  return text;
}

std::string bootstrap_mark(const run_results& results) {
  if (results.bootstrapped_at <= 0)
    return {};
  return fmt::format(
      "set object rectangle from 0, graph 0 to {}, graph 1 behind fc rgb '#f4f4f4' fs solid noborder\n"
      "set label 'first training' at 0, graph 0.03 offset 0.6,0 textcolor rgb '#888888'\n",
      results.bootstrapped_at);
}

/// Where the strip of the groups ends and the curves begin, in fractions of the picture: few groups leave
/// more to the curves.
constexpr double strip_bottom = 0.07, strip_gap = 0.115;

double strip_top(const run_results& results) {
  const auto rows = std::max<std::size_t>(results.groups.size(), 1);
  return strip_bottom + std::min(0.24, 0.05 * static_cast<double>(rows));
}

std::string accuracy_panel(const run_results& results) {
  const auto top = top_of(results);
  auto text =
      fmt::format("\nset tmargin at screen 0.845\nset bmargin at screen {1:.3f}\nset yrange [0:{0}]\n"
                  "set ytics 0.1 format '%.1f'\nset grid ytics ls 1\nset ylabel 'mAP@0.5' textcolor rgb "
                  "'#444444'\n",
                  top, strip_top(results) + strip_gap);
  text += bootstrap_mark(results) + drift_marks(results) + camera_labels(results, top);
  std::string curves, marks;
  std::size_t block = 0;
  for (std::size_t i = 0; i < results.cameras.size(); ++i) {
    if (results.cameras[i].accuracy.empty())
      continue;
    curves += fmt::format("{}'accuracy.tsv' index {} using 2:3 with lines lt {}",
                          curves.empty() ? "" : ", \\\n  ", block++, camera_line(i));
    if (!results.cameras[i].deployments.empty())
      marks = ", \\\n  'deployments.tsv' using 2:3:4 with points pt 7 ps 1.1 lc rgb 'white'"
              ", \\\n  '' using 2:3:4 with points pt 7 ps 0.8 lc variable";
  }
  return text + "plot " + (curves.empty() ? "NaN" : curves + marks) + "\n";
}

/// Members of a group, each once, as far as they fit beside the strip.
std::string members_of(const group_result& group) {
  constexpr std::size_t most = 22;
  std::vector<std::string> names;
  for (const auto& stay : group.members)
    if (std::find(names.begin(), names.end(), stay.camera) == names.end())
      names.push_back(stay.camera);
  std::string text;
  for (const auto& name : names) {
    if (text.size() + 2 + name.size() > most && !text.empty())
      return text + " ...";
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

std::string gpu_panel(const run_results& results) {
  const auto rows = std::max<std::size_t>(results.groups.size(), 1);
  std::string names;
  auto text = fmt::format("\nunset label\nunset arrow\nunset object\nunset grid\nunset ylabel\n"
                          "set bmargin at screen {:.3f}\nset tmargin at screen {:.3f}\n",
                          strip_bottom, strip_top(results));
  text += "set label 'GPU time of each group (a box is a micro-window)' at graph 0, graph 1 offset 0,0.9 "
          "textcolor rgb '#444444'\n";
  for (std::size_t i = 0; i < results.groups.size(); ++i) {
    const auto& group = results.groups[i];
    names += fmt::format("{}{} {}", names.empty() ? "" : ", ", gnuplot_literal(to_string(group.group)), i);
    text += fmt::format("set label {} at graph 1.012, first {} left textcolor rgb '#444444'\n",
                        gnuplot_literal(fmt::format("{:.0f} s  {}", group.gpu_seconds, members_of(group))), i);
  }
  text += fmt::format("set yrange [{}:-0.5]\nset ytics ({})\n", static_cast<double>(rows) - 0.5, names);
  const bool any = std::any_of(results.groups.begin(), results.groups.end(),
                               [](const group_result& g) { return !g.slices.empty(); });
  return text
         + (any ? "plot 'gpu.tsv' using (($4+$5)/2):6:4:5:($6-0.36):($6+0.36):7 with boxxyerror "
                  "fs solid border rgb 'white' lc variable\n"
                : "plot NaN\n");
}

std::string headings(const run_results& results) {
  return fmt::format(
      "set label {} at screen 0.075, screen 0.955 font title_font\n"
      "set label \"mAP@0.5 of each camera's deployed model against the teacher's labels, "
      "on frames never trained on.  ● model deployed\" at screen 0.075, screen 0.92 textcolor rgb "
      "'#444444'\n",
      gnuplot_literal(fmt::format("Accuracy and GPU time: policy {}, seed {}", results.policy, results.seed)));
}

std::string script(const run_results& results) {
  auto text = gnuplot_output("run", 1200, 800).append(script_head);
  text += line_types() + time_axis(results.seconds) + "set multiplot\n" + headings(results)
          + accuracy_panel(results) + gpu_panel(results) + "unset multiplot\n";
  return text;
}

} // namespace

std::vector<plot_file> plot_files(const run_results& results) {
  return {{"accuracy.tsv", accuracy_data(results)},
          {"drift.tsv", drift_data(results)},
          {"deployments.tsv", deployment_data(results)},
          {"gpu.tsv", gpu_data(results)},
          {"run.gp", script(results)}};
}

} // namespace ecco
