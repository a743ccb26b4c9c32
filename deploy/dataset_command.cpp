// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "config/defaults.hpp"
#include "deploy/cli.hpp"
#include "deploy/dataset/dataset_summary.hpp"
#include "deploy/dataset/find_sequences.hpp"

namespace ecco {

namespace {

struct show_options {
  std::string path, layout;
  double fps = defaults::labels_fps;
};

void print_fault(const common_options& common, const dataset_place& place, const error& why) {
  if (!common.json) {
    std::fprintf(stderr, "ecco: %s\n", why.what.c_str());
    if (!why.hint.empty())
      std::fprintf(stderr, "      %s\n", why.hint.c_str());
    return;
  }
  const nlohmann::json out{{"path", place.path},
                           {"layout", to_string(place.layout)},
                           {"fault", {{"code", to_string(why.code)}, {"message", why.what}, {"hint", why.hint}}}};
  std::puts(out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

/// Each sequence by itself: one that is broken does not hide the others.
int show(const common_options& common, const show_options& options) {
  const auto layout = options.layout.empty() ? std::nullopt : layout_of(options.layout);
  const auto places = find_sequences(options.path, layout);
  if (!places)
    return give_up(common, places.error());
  int code = exit_code::good;
  for (const auto& place : *places) {
    const auto summary = summarise(place, options.fps);
    if (!summary) {
      print_fault(common, place, summary.error());
      code = code == exit_code::good ? exit_code_of(summary.error()) : code;
    } else if (common.json) {
      std::puts(as_json(*summary).c_str());
    } else {
      std::fputs(as_text(*summary).c_str(), stdout);
    }
  }
  return code;
}

} // namespace

void add_dataset(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("dataset", "Data sets as cameras: CityFlow, MOT, VisDrone, MDOT, CARLA, COCO, YOLO");
  sub->require_subcommand(1);
  auto* shown = sub->add_subcommand("show", "What a data set is: sequences, clocks, classes, ignored regions, faults");
  auto options = std::make_shared<show_options>();
  shown->add_option("path", options->path, "A sequence, or a folder with several")->required();
  shown->add_option("--layout", options->layout, "Taken for this layout; by default what it looks like")
      ->check(CLI::IsMember({"mot", "visdrone", "mdot", "cityflow", "carla", "coco", "yolo"}));
  shown->add_option("--fps", options->fps, "Frames a second where the layout does not say")
      ->check(CLI::Range(.1, 240.));
  shown->add_flag("--json", common.json, "A JSON line a sequence");
  shown->footer(
      "A sequence is a camera's source in the configuration: source: \"mot:data/MOT17/train/MOT17-02-FRCNN\"\n"
      "What its classes are is said behind it: source: \"visdrone:data/uav1?classes=people:person,van:car,motor:\"\n"
      "examples\n"
      "  ecco dataset show data/MOT17/train\n"
      "  ecco dataset show data/AIC19/train/S03/c015\n"
      "  ecco dataset show coco/annotations/instances_val2017.json --json");
  shown->callback([&common, &chosen, options] { chosen = [&common, options] { return show(common, *options); }; });
}

} // namespace ecco
