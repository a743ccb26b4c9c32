// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/plot.hpp"

#include "deploy/report/gnuplot.hpp"
#include "deploy/report/plot_files.hpp"
#include "deploy/report/text_file.hpp"

namespace ecco {

namespace fs = std::filesystem;

result<void> write_plot_data(const run_results& results, const fs::path& folder) {
  for (const auto& [name, text] : plot_files(results))
    if (auto written = write_text(folder / name, text); !written)
      return written;
  return {};
}

result<picture_files> draw(const run_results& results, const fs::path& folder) {
  return write_plot_data(results, folder)
      .and_then([&] { return run_gnuplot(folder, "run.gp", "svg"); })
      .and_then([&] { return run_gnuplot(folder, "run.gp", "png"); })
      .map([&] {
        return picture_files{folder / "run.svg", folder / "run.png"};
      });
}

} // namespace ecco
