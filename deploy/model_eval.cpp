// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "config/units.hpp"
#include "deploy/coco_report.hpp"
#include "deploy/detect_pictures.hpp"
#include "deploy/loaded_model.hpp"
#include "deploy/model_commands.hpp"
#include "deploy/progress.hpp"
#include "deploy/report/as_clock.hpp"
#include "deploy/whole_file.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/learn/compute_device.hpp"
#include "runtime/learn/torch_process.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

struct model_eval_options {
  std::filesystem::path weights, truth, images, results;
  bool force = false;
  std::vector<std::string> names;
  std::string input = "640x640", device = "cpu", iou = "bbox";
  std::size_t batch = 8;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  detection_options detecting;
  coco_report_options report;
};

coco_regions regions_of(const model_eval_options& options) {
  return options.iou == "segm" ? coco_regions::masks : coco_regions::boxes;
}

/// What came of it all.
struct outcome {
  loaded_model model;
  coco_input input;
  std::vector<unread_picture> unread;
  double seconds = 0;
};

result<loaded_model> load(const model_eval_options& options) {
  const auto size = parse_picture_size(options.input);
  if (!size)
    return fail(ec::invalid_argument, "--input " + size.error().what, size.error().hint);
  auto detecting = options.detecting;
  const auto device = find_device(options.device);
  if (!device)
    return tl::unexpected{device.error()};
  detecting.device = *device;
  auto model = load_model(options.weights, *size, detecting);
  if (model && regions_of(options) == coco_regions::masks && !variant_of(model->facts.student)->masks)
    return fail(ec::invalid_argument, options.weights.string() + ": " + model->facts.student.architecture + " draws no masks",
                "use --iou bbox, or weights of an architecture that ends in -seg");
  return model;
}

result<outcome> run(const common_options& common, const model_eval_options& options, const stop_signal& stop) {
  auto model = load(options);
  if (!model)
    return tl::unexpected{model.error()};
  auto input = read_coco_truth(options.truth, regions_of(options), options.report.block);
  if (!input)
    return tl::unexpected{input.error()};
  if (input->images.empty())
    return fail(ec::malformed_data, options.truth.string() + ": it has no images");
  const auto categories = categories_of(
      model->spec.classes, options.names.empty() ? class_names(model->facts) : options.names, input->categories);
  if (!categories)
    return tl::unexpected{categories.error()};
  outcome out{std::move(*model), std::move(*input), {}, 0};
  progress shown{"model eval", "pictures", out.input.images.size(),
                 describe_terminal(STDERR_FILENO, common.outside)};
  auto unread = detect_pictures(out.input, *out.model.detector, *categories,
                                {options.images, regions_of(options), options.batch, options.threads, [&](std::size_t done) {
                                   if (!common.quiet)
                                     shown.now_at(done);
                                   return !stop.requested();
                                 }});
  if (!unread)
    return tl::unexpected{unread.error()};
  if (unread->size() == out.input.images.size())
    return fail(unread->front().why.code, "none of the pictures can be read, for example "
                                              + unread->front().why.what, "is --images the right folder?");
  out.unread = std::move(*unread);
  out.seconds = shown.seconds();
  return out;
}

nlohmann::json as_json(const outcome& done, const coco_report& report, const model_eval_options& options) {
  auto out = as_json(done.input, report, options.report);
  out["ok"] = true;
  out["iou"] = options.iou;
  out["architecture"] = done.model.spec.architecture;
  out["classes"] = done.model.spec.classes;
  out["input"] = {done.model.spec.input_width, done.model.spec.input_height};
  out["images"] = done.input.scene.images;
  out["objects"] = done.input.scene.objects.size();
  out["detections"] = done.input.scene.detections.size();
  out["unread"] = nlohmann::json::array();
  for (const auto& one : done.unread)
    out["unread"].push_back(
        {{"image_id", one.id}, {"code", to_string(one.why.code)}, {"message", one.why.what}});
  out["seconds"] = done.seconds;
  return out;
}

void say_unread(const std::vector<unread_picture>& unread) {
  constexpr std::size_t most = 10;
  for (std::size_t i = 0; i < std::min(most, unread.size()); ++i)
    std::fprintf(stderr, "ecco model eval: %s\n", unread[i].why.what.c_str());
  if (unread.size() > most)
    std::fprintf(stderr, "ecco model eval: and %zu more\n", unread.size() - most);
  if (!unread.empty())
    std::fprintf(stderr, "ecco model eval: note: %zu pictures could not be read; what is on them counts as missed\n",
                 unread.size());
}

void print(const common_options& common, const outcome& done, const model_eval_options& options) {
  const auto report = evaluate(done.input, options.report);
  if (!common.quiet)
    say_unread(done.unread);
  if (common.json) {
    std::puts(as_json(done, report, options).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  const auto looked_at = done.input.images.size() - done.unread.size();
  std::fputs(as_text(done.input, report, options.report).c_str(), stdout);
  std::fputs(fmt::format("\n{} at {} x {}: {} pictures in {} min, {:.1f} a second\n", done.model.spec.architecture,
                         done.model.spec.input_width, done.model.spec.input_height, looked_at,
                         as_clock(done.seconds), static_cast<double>(looked_at) / done.seconds)
                 .c_str(),
             stdout);
}

int model_eval(const common_options& common, const model_eval_options& options) {
  const auto existing = options.force ? existing_file::replace : existing_file::keep;
  if (!options.results.empty())
    if (auto good = check_target(options.results, existing); !good)
      return give_up(common, good.error());
  const auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  use_threads(static_cast<int>(options.threads));
  const auto done = run(common, options, **stop);
  if (!done && (*stop)->requested()) {
    std::fprintf(stderr, "ecco model eval: %s\n", done.error().what.c_str());
    return 128 + (*stop)->number();
  }
  if (!done)
    return give_up(common, done.error());
  if (!options.results.empty()) {
    const auto text = as_results(done->input);
    const std::span data{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    if (auto written = write_whole_file(options.results, data, existing); !written)
      return give_up(common, written.error());
  }
  print(common, *done, options);
  return exit_code::good;
}

void add_options(CLI::App& sub, common_options& common, model_eval_options& options) {
  sub.add_option("weights", options.weights, "Weights in safetensors, or a trainer's checkpoint")->required();
  sub.add_option("--truth", options.truth, "COCO instances: a JSON file with images, annotations, categories")
      ->required();
  sub.add_option("--images", options.images, "Folder of the pictures that the truth names")->required();
  sub.add_option("--iou", options.iou, "What overlaps: bbox, or segm for weights that draw masks")
      ->check(CLI::IsMember({"bbox", "segm"}))
      ->capture_default_str();
  sub.add_option("--results", options.results, "Keep the detections in this file, as `ecco eval` reads them");
  sub.add_flag("--force", options.force, "Replace that file when it is there already");
  sub.add_option("--names", options.names,
                 "What the truth calls the weights' classes, in their order; else what the weights say, or the "
                 "categories in the order of their ids")
      ->delimiter(',');
  sub.add_option("--input", options.input, "Pixels that pictures are fitted into")->capture_default_str();
  sub.add_option("--device", options.device, "cpu, cuda or cuda:N")->capture_default_str();
  sub.add_option("--batch", options.batch, "Pictures at a time")->check(CLI::Range(1, 256))->capture_default_str();
  sub.add_option("--threads", options.threads, "How many work on it")->check(CLI::Range(1, 256))->capture_default_str();
  sub.add_option("--least-score", options.detecting.least_score, "Drop detections below")->capture_default_str();
  sub.add_option("--overlap", options.detecting.overlap, "Of two of one class that overlap by more, keep the surer")
      ->capture_default_str();
  add_report_options(sub, options.report);
  sub.add_flag("--json", common.json, "One JSON object; a figure that is not defined is null");
  sub.add_flag("-q,--quiet", common.quiet, "Only the result");
}

} // namespace

void add_model_eval(CLI::App& model, common_options& common, command& chosen) {
  auto options = std::make_shared<model_eval_options>();
  // As Ultralytics validates.
  options->detecting.least_score = .001F;
  options->detecting.overlap = .7F;
  auto* sub = model.add_subcommand("eval", "Let weights look at a folder of pictures: COCO's twelve figures");
  add_options(*sub, common, *options);
  sub->footer("A picture that is missing, damaged or of another size is named and counted; Ctrl-C writes nothing.\n"
              "examples\n"
              "  ecco model eval yolo11n.safetensors --truth instances_val2017.json --images val2017\n"
              "  ecco model eval mine.safetensors --truth street.json --images street --names person --json \\\n"
              "                  --results detections.json\n"
              "  ecco model eval yolo11n-seg.safetensors --truth instances_val2017.json --images val2017 --iou segm");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return model_eval(common, *options); }; });
}

} // namespace ecco
