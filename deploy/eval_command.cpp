// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "deploy/coco/read_coco.hpp"
#include "deploy/coco_report.hpp"

namespace ecco {

namespace {

struct eval_options {
  std::string truth, results, iou = "bbox";
  coco_report_options report;
};

nlohmann::json as_json(const coco_input& input, const coco_report& report, const eval_options& options) {
  auto out = as_json(input, report, options.report);
  out["ok"] = true;
  out["iou"] = options.iou;
  out["images"] = input.scene.images;
  out["objects"] = input.scene.objects.size();
  out["detections"] = input.scene.detections.size();
  out["left_out"] = input.left_out;
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
  const auto input = read_coco(options.truth, options.results, regions, options.report.block);
  if (!input)
    return give_up(common, input.error());
  const auto report = evaluate(*input, options.report);
  if (!common.quiet)
    say_notes(*input);
  if (common.json)
    std::puts(as_json(*input, report, options).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  else
    std::fputs(as_text(*input, report, options.report).c_str(), stdout);
  return exit_code::good;
}

} // namespace

void add_eval(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("eval", "COCO's twelve figures of detections against a truth");
  auto options = std::make_shared<eval_options>();
  sub->add_option("--truth", options->truth,
                  "COCO instances: a JSON file with images, annotations, categories")
      ->required();
  sub->add_option("--results,--coco-json", options->results, "COCO results: a JSON list of detections")->required();
  sub->add_option("--iou", options->iou, "What overlaps: bbox (default) or segm")
      ->check(CLI::IsMember({"bbox", "segm"}));
  add_report_options(*sub, options->report);
  sub->add_flag("--json", common.json, "One JSON object; a figure that is not defined is null");
  sub->footer(
      "The figures are those of pycocotools to the last bit; '-' where it says -1: no such object.\n"
      "examples\n"
      "  ecco eval --truth instances_val2017.json --coco-json detections.json\n"
      "  ecco eval --truth instances_val2017.json --results masks.json --iou segm --per-category --json\n"
      "  ecco eval --truth street.json --results detections.json --block video_id");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return eval(common, *options); }; });
}

} // namespace ecco
