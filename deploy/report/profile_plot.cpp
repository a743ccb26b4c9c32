// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/profile_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "config/units.hpp"
#include "deploy/report/gnuplot.hpp"
#include "deploy/report/text_file.hpp"
#include "runtime/policy/sampling_table.hpp"

namespace ecco {

namespace {

/// From small pictures to large ones: light to dark, apart for colour-blind eyes (Tol's "muted").
constexpr std::array colours{"#DDCC77", "#88CCEE", "#44AA99", "#CC6677", "#332288", "#882255", "#999933"};
constexpr int panel_width = 420, panel_height = 460;

/// Runs of one budget, by size and then rate.
using curves = std::map<std::pair<std::uint32_t, std::string>, std::vector<const profile_record*>>;

std::map<double, curves> panels_of(std::span<const profile_record> runs) {
  std::map<double, curves> out;
  for (const auto& run : runs)
    if (std::isfinite(run.accuracy))
      out[run.devices][{std::uint32_t{run.choice.size.width} * run.choice.size.height, to_text(run.choice.size)}]
          .push_back(&run);
  for (auto& [devices, of] : out)
    for (auto& [size, line] : of)
      std::sort(line.begin(), line.end(), [](const auto* a, const auto* b) { return a->choice.fps < b->choice.fps; });
  return out;
}

/// A block a line, in the order of panels and sizes, so that gnuplot can address it by number.
std::string data_of(const std::map<double, curves>& panels) {
  std::string text = "# devices\tsize\tfps\tmap50\tstandard error\timages\n";
  for (const auto& [devices, of] : panels)
    for (const auto& [size, line] : of) {
      for (const auto* run : line)
        text += fmt::format("{}\t{}\t{}\t{:.4f}\t{:.4f}\t{}\n", devices, size.second, run->choice.fps, run->accuracy,
                            std::isfinite(run->standard_error) ? run->standard_error : 0, run->images);
      text += "\n\n";
    }
  return text;
}

std::string script_head(std::size_t panels, const std::string& title, double top) {
  return gnuplot_output("profile", panel_width * std::max<std::size_t>(panels, 1), panel_height)
         + fmt::format(R"(set encoding utf8
set datafile separator tab
set border 3 lc rgb '#999999'
set tics nomirror scale 0.5 textcolor rgb '#444444'
set grid ytics lc rgb '#e6e6e6' lw 1
set logscale x 2
set yrange [0:{0}]
set ytics 0.1 format '%.1f'
set key bottom right samplen 1.5 textcolor rgb '#444444'
set multiplot layout 1,{1} title {2} font ',14'
set xlabel 'frames a second' textcolor rgb '#444444'
set ylabel 'mAP@0.5 on held-out frames' textcolor rgb '#444444'
)",
                       top, panels, gnuplot_literal(title));
}

/// What the table takes at each part of a device. A table of pixels a second is one of devices, on another scale.
std::map<double, sampling_choice> taken_at(std::span<const profile_record> runs) {
  std::vector<profiled_run> profiled;
  for (const auto& run : runs)
    profiled.push_back({run.devices, run.choice, run.accuracy});
  std::map<double, sampling_choice> out;
  for (const auto& level : table_of(profiled).levels)
    out.emplace(level.budget, level.choice);
  return out;
}

/// A circle around the run of `choice`.
std::string circle(const curves& of, const sampling_choice& choice) {
  std::string text;
  for (const auto& [size, line] : of)
    for (const auto* run : line)
      if (run->choice == choice)
        text = fmt::format("set label 1 '' at {},{} point pt 6 ps 2.8 lw 2 lc rgb 'black'\n", choice.fps, run->accuracy);
  return text;
}

std::string tics_of(const curves& of) {
  std::vector<double> rates;
  for (const auto& [size, line] : of)
    for (const auto* run : line)
      rates.push_back(run->choice.fps);
  std::sort(rates.begin(), rates.end());
  rates.erase(std::unique(rates.begin(), rates.end()), rates.end());
  std::string tics;
  for (const auto rate : rates)
    tics += fmt::format("{}'{}' {}", tics.empty() ? "" : ", ", rate, rate);
  return fmt::format("set xtics ({})\nset xrange [{}:{}]\n", tics, rates.front() / 1.3, rates.back() * 1.3);
}

std::string panel(double devices, const curves& of, const std::map<double, sampling_choice>& taken, std::size_t& block) {
  auto text = fmt::format("set title '{:.0f} % of a device' textcolor rgb '#444444'\n", 100 * devices) + tics_of(of)
              + "unset label\n";
  std::string lines;
  std::size_t colour = 0;
  for (const auto& [size, line] : of) {
    lines +=
        fmt::format("{}'profile.tsv' index {} using 3:4:5 with yerrorlines pt 7 ps 0.7 lw 1.6 lc rgb '{}' title '{}'",
                    lines.empty() ? "" : ", \\\n  ", block++, colours[colour++ % colours.size()], size.second);
  }
  if (const auto choice = taken.find(devices); choice != taken.end())
    text += circle(of, choice->second);
  return text + "plot " + lines + "\n";
}

} // namespace

std::vector<plot_file> profile_plot_files(std::span<const profile_record> runs, const std::string& title) {
  const auto panels = panels_of(runs);
  double top = .1;
  for (const auto& run : runs)
    if (std::isfinite(run.accuracy))
      top = std::max(top, std::min(1., std::ceil(run.accuracy * 10 + .5) / 10));
  auto script = script_head(panels.size(), title, top);
  const auto taken = taken_at(runs);
  std::size_t block = 0;
  for (const auto& [devices, of] : panels)
    script += panel(devices, of, taken, block);
  return {{"profile.tsv", data_of(panels)}, {"profile.gp", script + "unset multiplot\n"}};
}

result<picture_files> draw_profile(std::span<const profile_record> runs, const std::string& title,
                                   const std::filesystem::path& folder) {
  for (const auto& [name, text] : profile_plot_files(runs, title))
    if (auto written = write_text(folder / name, text); !written)
      return tl::unexpected{written.error()};
  return run_gnuplot(folder, "profile.gp", "svg")
      .and_then([&] { return run_gnuplot(folder, "profile.gp", "png"); })
      .map([&] {
        return picture_files{folder / "profile.svg", folder / "profile.png"};
      });
}

} // namespace ecco
