// SPDX-License-Identifier: Apache-2.0
#include "deploy/run_report.hpp"

#include <cstdio>
#include <string>

#include "deploy/report/plot.hpp"
#include "deploy/report/results_json.hpp"
#include "deploy/report/results_table.hpp"
#include "deploy/report/text_file.hpp"

namespace ecco {

namespace {

/// A picture that cannot be drawn is said and forgiven: the data it shows has been written.
void draw_or_say(const run_results& run, const std::filesystem::path& folder, std::FILE* out) {
  if (const auto drawn = draw(run, folder))
    std::fprintf(out, "picture: %s (and .svg)\n", drawn->png.c_str());
  else
    std::fprintf(stderr, "ecco: no picture: %s\n", render(drawn.error()).c_str());
}

} // namespace

run_facts facts_of(const settings& from) {
  run_facts out{from.seed, name_of_system(from), {}};
  for (const auto& [camera, of_camera] : from.cameras)
    out.cameras.push_back({camera, {}});
  return out;
}

result<void> check_first_student(const settings& from) {
  if (from.student.weights.empty() && from.bootstrap.length == duration::zero())
    return fail(ec::invalid_argument, "there is no first student: student.weights is empty and bootstrap.length is 0s",
                "set student.weights to a safetensors file, or bootstrap.length to the time it may take to learn one");
  return {};
}

result<void> write_report(const std::vector<run_results>& runs, const std::filesystem::path& folder,
                          const std::filesystem::path& json_file, std::FILE* out) {
  std::fputs(to_table(runs).c_str(), out);
  if (auto made = make_folder(folder); !made)
    return made;
  const auto json = runs.size() == 1 ? to_json(runs.front()) : to_json(runs);
  if (auto written = write_text(folder / "result.json", json); !written)
    return written;
  if (!json_file.empty())
    if (auto written = write_text(json_file, json); !written)
      return written;
  for (const auto& run : runs) {
    const auto at = runs.size() == 1 ? folder : folder / run.policy;
    if (auto made = make_folder(at); !made)
      return made;
    draw_or_say(run, at, out);
  }
  std::fprintf(out, "results: %s\n", (folder / "result.json").c_str());
  return {};
}

} // namespace ecco
