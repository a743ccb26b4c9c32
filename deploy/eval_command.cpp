// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "deploy/coco/read_coco.hpp"
#include "runtime/score/coco_figures.hpp"

namespace ecco {

namespace {

struct eval_options {
  std::string truth, results, iou = "bbox";
  bool per_category = false;
};

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

std::string as_text(const coco_input& input, const coco_summary& summary, bool per_category) {
  std::string out;
  for (const auto& f : figures)
    out += fmt::format("{:<56}{:>7}\n", f.text, or_dash(summary.all.*f.value));
  if (!per_category)
    return out;
  out += fmt::format("\n{:>8} {:<24}", "ID", "CATEGORY");
  for (const auto& f : figures)
    out += fmt::format(" {:>9}", f.key);
  out += "\n";
  for (std::size_t c = 0; c < input.categories.size(); ++c) {
    out += fmt::format("{:>8} {:<24}", input.categories[c].id, input.categories[c].name);
    for (const auto& f : figures)
      out += fmt::format(" {:>9}", or_dash(summary.by_category[c].*f.value));
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

nlohmann::json as_json(const coco_input& input, const coco_summary& summary, const eval_options& options) {
  nlohmann::json out{{"ok", true},
                     {"iou", options.iou},
                     {"images", input.scene.images},
                     {"objects", input.scene.objects.size()},
                     {"detections", input.scene.detections.size()},
                     {"left_out", input.left_out},
                     {"figures", as_json(summary.all)}};
  if (options.per_category)
    for (std::size_t c = 0; c < input.categories.size(); ++c)
      out["categories"].push_back({{"id", input.categories[c].id},
                                   {"name", input.categories[c].name},
                                   {"figures", as_json(summary.by_category[c])}});
  return out;
}

/// What a user may not expect.
void say_notes(const coco_input& input) {
  if (input.left_out > 0)
    std::fprintf(stderr,
                 "ecco eval: note: %llu results are of categories the truth does not name: left out\n",
                 static_cast<unsigned long long>(input.left_out));
  if (input.has_id_zero)
    std::fputs("ecco eval: note: the annotation with id 0 is matched like any other; pycocotools takes it "
               "for missed\n",
               stderr);
}

int eval(const common_options& common, const eval_options& options) {
  const auto regions = options.iou == "segm" ? coco_regions::masks : coco_regions::boxes;
  const auto input = read_coco(options.truth, options.results, regions);
  if (!input)
    return give_up(common, input.error());
  const auto threads = std::thread::hardware_concurrency();
  const auto summary = summarise(match(input->scene, coco_areas, threads), {}, threads);
  if (!common.quiet)
    say_notes(*input);
  if (common.json)
    std::puts(as_json(*input, summary, options).dump().c_str());
  else
    std::fputs(as_text(*input, summary, options.per_category).c_str(), stdout);
  return exit_code::good;
}

} // namespace

void add_eval(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("eval", "COCO's twelve figures of detections against a truth");
  auto options = std::make_shared<eval_options>();
  sub->add_option("--truth", options->truth,
                  "COCO instances: a JSON file with images, annotations, categories")
      ->required();
  sub->add_option("--results", options->results, "COCO results: a JSON list of detections")->required();
  sub->add_option("--iou", options->iou, "What overlaps: bbox (default) or segm")
      ->check(CLI::IsMember({"bbox", "segm"}));
  sub->add_flag("--per-category", options->per_category, "The figures of each category as well");
  sub->add_flag("--json", common.json, "One JSON object; a figure that is not defined is null");
  sub->footer(
      "The figures are those of pycocotools to the last bit; '-' where it says -1: no such object.\n"
      "examples\n"
      "  ecco eval --truth instances_val2017.json --results detections.json\n"
      "  ecco eval --truth instances_val2017.json --results masks.json --iou segm --per-category --json");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return eval(common, *options); }; });
}

} // namespace ecco
