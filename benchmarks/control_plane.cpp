// SPDX-License-Identifier: Apache-2.0
// What the control plane costs as fleets grow: grants, placings, memory and statuses, measured on the product's own
// actors with the deterministic learner. Usage: ecco_control_plane_bench [--largest N] [--json FILE] [--out FOLDER]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "benchmarks/control_plane_rigs.hpp"
#include "deploy/report/gnuplot.hpp"
#include "deploy/report/text_file.hpp"

namespace {

using namespace ecco;

constexpr std::size_t samples = 2000, statuses = 1'000'000;

double percentile(std::vector<double> values, double part) {
  if (values.empty())
    return std::nan("");
  const auto at = std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

/// What is aimed at for 10,000 cameras; the exponent of growth is that of a power law from one size to the next.
struct figure {
  const char* name;
  const char* unit;
  double (*of)(const control_plane_costs&);
  double aim;
  bool more_is_better;
};

const figure figures[] = {
  {"grant, p50", "ms", [](const auto& c) { return 1e3 * percentile(c.grants, .5); }, 0, false},
  {"grant, p99", "ms", [](const auto& c) { return 1e3 * percentile(c.grants, .99); }, 1, false},
  {"placing, p50", "ms", [](const auto& c) { return 1e3 * percentile(c.placings, .5); }, 0, false},
  {"placing, p99", "ms", [](const auto& c) { return 1e3 * percentile(c.placings, .99); }, 5, false},
  {"memory, welcomed", "KB", [](const auto& c) { return c.bytes_welcomed / 1e3; }, 20, false},
  {"memory, 2 min on", "KB", [](const auto& c) { return c.bytes_idle / 1e3; }, 20, false},
  {"statuses", "/s", [](const auto& c) { return c.statuses_a_second; }, 300'000, true},
};

std::vector<control_plane_costs> measure(std::uint32_t largest) {
  std::vector<control_plane_costs> out;
  // Memory first, in children of a process that has used none yet.
  for (std::uint32_t cameras = 100; cameras <= largest; cameras *= 10) {
    out.emplace_back().cameras = cameras;
    measure_memory(out.back());
  }
  for (auto& one : out) {
    std::fprintf(stderr, "%u cameras ...\n", one.cameras);
    one.grants = measure_grants(one.cameras, samples);
    one.placings = measure_placings(one.cameras, samples);
    one.statuses_a_second = measure_statuses(one.cameras, statuses);
  }
  return out;
}

std::string table(const std::vector<control_plane_costs>& runs) {
  auto text = fmt::format("{:<18} {:>4}", "cameras", "");
  for (const auto& run : runs)
    text += fmt::format(" {:>12}", run.cameras);
  text += fmt::format("   {:>12}\n", "aim (10,000)");
  for (const auto& each : figures) {
    text += fmt::format("{:<18} {:>4}", each.name, each.unit);
    for (const auto& run : runs)
      text += fmt::format(" {:>12.4g}", each.of(run));
    text += each.aim > 0 ? fmt::format("   {} {:.6g}\n", each.more_is_better ? ">=" : "<", each.aim) : "\n";
  }
  return text;
}

std::string as_json(const std::vector<control_plane_costs>& runs) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& run : runs) {
    nlohmann::ordered_json one{{"cameras", run.cameras}, {"groups", run.cameras / cameras_a_group}};
    for (const auto& each : figures)
      one[fmt::format("{} ({})", each.name, each.unit)] = each.of(run);
    list.push_back(std::move(one));
  }
  return nlohmann::ordered_json{{"benchmark", "control_plane"}, {"learner", "curve"}, {"seed", 1}, {"runs", list}}.dump(2)
         + "\n";
}

/// One panel a figure, both axes logarithmic, with a line of n log n through the first point.
result<void> draw(const std::vector<control_plane_costs>& runs, const std::filesystem::path& folder) {
  std::string data, script = R"(set terminal pngcairo noenhanced size 1200,700 font 'DejaVu Sans,10' background 'white'
set output 'control_plane.png'
set multiplot layout 2,2 title 'Control plane against number of cameras (ten a group); dashed: growth as n log n'
set logscale xy
set grid lc rgb '#e6e6e6' lt 1
unset key
set xlabel 'cameras'
)";
  for (const auto& run : runs) {
    data += std::to_string(run.cameras);
    for (const auto& each : figures)
      data += fmt::format(" {:.6g}", each.of(run));
    data += "\n";
  }
  for (const int column : {1, 3, 5, 6}) {
    const auto& each = figures[column];
    const auto first = static_cast<double>(runs.front().cameras);
    script += fmt::format("set ylabel '{} ({})'\nplot 'control_plane.dat' using 1:{} with linespoints lw 2 pt 7 lc rgb '#0072B2'",
                          each.name, each.unit, column + 2);
    if (!each.more_is_better && column < 5)
      script += fmt::format(", {:.6g}*x*log(x)/({}*log({})) dt 2 lc rgb '#999999'", each.of(runs.front()), first, first);
    script += "\n";
  }
  return make_folder(folder)
    .and_then([&] { return write_text(folder / "control_plane.dat", data); })
    .and_then([&] { return write_text(folder / "control_plane.gp", script + "unset multiplot\n"); })
    .and_then([&] { return run_gnuplot(folder, "control_plane.gp", "png"); });
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"What the control plane costs as fleets grow (real actors, deterministic learner)"};
  std::uint32_t largest = 10'000;
  std::filesystem::path json_file, out;
  app.add_option("--largest", largest, "Sizes are 100, 1000, ... up to this")->capture_default_str();
  app.add_option("--json", json_file, "Write the figures to this file");
  app.add_option("--out", out, "Draw them into this folder");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto runs = measure(largest);
    std::fputs(table(runs).c_str(), stdout);
    auto good = json_file.empty() ? result<void>{} : write_text(json_file, as_json(runs));
    if (good && !out.empty())
      good = draw(runs, out);
    if (good)
      return 0;
    std::fprintf(stderr, "%s\n", render(good.error()).c_str());
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
  }
  return 1;
}
