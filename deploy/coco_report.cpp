// SPDX-License-Identifier: Apache-2.0
#include "deploy/coco_report.hpp"

#include <cmath>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace ecco {

namespace {

/// One of the twelve, in the order everybody knows.
struct figure {
  const char* key;
  const char* text;
  double coco_figures::*value;
};

constexpr figure figures[] = {
    {"ap", "precision  IoU .50:.95  all objects", &coco_figures::ap},
    {"ap50", "precision  IoU .50      all objects", &coco_figures::ap50},
    {"ap75", "precision  IoU .75      all objects", &coco_figures::ap75},
    {"ap_small", "precision  IoU .50:.95  small, up to 32 x 32", &coco_figures::ap_small},
    {"ap_medium", "precision  IoU .50:.95  medium", &coco_figures::ap_medium},
    {"ap_large", "precision  IoU .50:.95  large, from 96 x 96", &coco_figures::ap_large},
    {"ar1", "recall     IoU .50:.95  all, 1 detection an image", &coco_figures::ar1},
    {"ar10", "recall     IoU .50:.95  all, 10 detections an image", &coco_figures::ar10},
    {"ar100", "recall     IoU .50:.95  all, 100 detections an image", &coco_figures::ar100},
    {"ar_small", "recall     IoU .50:.95  small", &coco_figures::ar_small},
    {"ar_medium", "recall     IoU .50:.95  medium", &coco_figures::ar_medium},
    {"ar_large", "recall     IoU .50:.95  large", &coco_figures::ar_large},
};

std::string or_dash(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.3f}", value);
}

/// "0.327 +-0.012"
std::string with_error(double value, double error) {
  return or_dash(value) + (std::isnan(value) ? "" : fmt::format(" +-{:.3f}", error));
}

std::string category_rows(const coco_input& input, const coco_report& report) {
  const auto width = report.errors ? 14 : 9;
  auto out = fmt::format("\n{:>8} {:<24}", "ID", "CATEGORY");
  for (const auto& f : figures)
    out += fmt::format(" {:>{}}", f.key, width);
  out += "\n";
  for (std::size_t c = 0; c < input.categories.size(); ++c) {
    out += fmt::format("{:>8} {:<24}", input.categories[c].id, input.categories[c].name);
    for (const auto& f : figures) {
      const auto value = report.figures.by_category[c].*f.value;
      out += fmt::format(" {:>{}}",
                         report.errors ? with_error(value, report.errors->by_category[c].*f.value) : or_dash(value),
                         width);
    }
    out += "\n";
  }
  return out;
}

nlohmann::json as_json(const coco_figures& all) {
  nlohmann::json out;
  for (const auto& f : figures)
    out[f.key] = all.*f.value; // dump() writes null for NaN
  return out;
}

} // namespace

void add_report_options(CLI::App& app, coco_report_options& options) {
  app.add_flag("--per-category", options.per_category, "The figures of each category as well");
  app.add_flag("--standard-error", options.standard_error,
               "The standard error of each figure, by 100 resamples of the images");
  app.add_option_function<std::string>(
      "--block",
      [&options](const std::string& member) {
        options.block = member;
        options.standard_error = true;
      },
      "Member of each image that is equal where images are not independent, e.g. video_id: these are resampled "
      "together. Implies --standard-error");
}

coco_report evaluate(const coco_input& input, const coco_report_options& options) {
  const auto threads = std::thread::hardware_concurrency();
  const auto matches = match(input.scene, coco_areas, threads);
  coco_report report{summarise(matches, {}, threads), {}};
  if (options.standard_error)
    report.errors = standard_errors(matches, input.blocks, threads);
  return report;
}

std::string as_text(const coco_input& input, const coco_report& report, const coco_report_options& options) {
  std::string out;
  for (const auto& f : figures) {
    const auto value = report.figures.all.*f.value;
    out += fmt::format("{:<56}{:>7}", f.text, or_dash(value));
    if (report.errors && !std::isnan(value))
      out += fmt::format(" +-{:.3f}", report.errors->all.*f.value);
    out += "\n";
  }
  return options.per_category ? out + category_rows(input, report) : out;
}

nlohmann::json as_json(const coco_input& input, const coco_report& report, const coco_report_options& options) {
  nlohmann::json out{{"figures", as_json(report.figures.all)}};
  if (report.errors)
    out["standard_errors"] = as_json(report.errors->all);
  if (!options.per_category)
    return out;
  for (std::size_t c = 0; c < input.categories.size(); ++c) {
    nlohmann::json of_category{{"id", input.categories[c].id},
                               {"name", input.categories[c].name},
                               {"figures", as_json(report.figures.by_category[c])}};
    if (report.errors)
      of_category["standard_errors"] = as_json(report.errors->by_category[c]);
    out["categories"].push_back(std::move(of_category));
  }
  return out;
}

} // namespace ecco
