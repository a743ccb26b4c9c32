// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

double billions(std::int64_t multiplications) {
  return 2e-9 * static_cast<double>(multiplications);
}

std::string as_text(const student_spec& spec, const network_summary& network) {
  auto out =
      fmt::format("{:>2}  {:<8} {:>8} {:>12} {:>8}\n", "#", "LAYER", "CHANNELS", "PARAMETERS", "GFLOPS");
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const auto& layer = network.layers[i];
    out += fmt::format("{:>2}  {:<8} {:>8} {:>12} {:>8.3f}\n", i, layer.kind,
                       layer.channels == 0 ? "-" : std::to_string(layer.channels), layer.parameters,
                       billions(layer.multiplications));
  }
  return out
         + fmt::format(
             "\n{}: {} parameters ({} folded) in {} tensors, {:.2f} GFLOPs at {} x {}, {} classes\n",
             spec.architecture, network.parameters, network.folded_parameters, network.tensors,
             network.gflops, spec.input_width, spec.input_height, spec.classes);
}

nlohmann::json as_json(const student_spec& spec, const network_summary& network) {
  auto layers = nlohmann::json::array();
  for (const auto& layer : network.layers)
    layers.push_back({{"kind", layer.kind},
                      {"channels", layer.channels},
                      {"parameters", layer.parameters},
                      {"gflops", billions(layer.multiplications)}});
  return {{"ok", true},
          {"architecture", spec.architecture},
          {"classes", spec.classes},
          {"input", {spec.input_width, spec.input_height}},
          {"parameters", network.parameters},
          {"folded_parameters", network.folded_parameters},
          {"tensors", network.tensors},
          {"gflops", network.gflops},
          {"layers", layers}};
}

int show(const common_options& common, const student_spec& spec) {
  const auto network = summarise(spec);
  if (!network)
    return give_up(common, network.error());
  std::fputs((common.json ? as_json(spec, *network).dump() + "\n" : as_text(spec, *network)).c_str(), stdout);
  return exit_code::good;
}

} // namespace

void add_model(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("model", "What a network consists of");
  sub->require_subcommand(1);
  auto spec = std::make_shared<student_spec>();
  auto* shown = sub->add_subcommand("show", "Layers, channels, parameters and GFLOPs of an architecture");
  shown->add_option("name", spec->architecture, "yolo11n, s, m, l, x, or p; with -seg for masks")->required();
  shown->add_option("--classes", spec->classes, "How many classes it tells apart")->capture_default_str();
  shown->add_flag("--json", common.json, "One JSON object");
  shown->callback([&common, &chosen, spec] { chosen = [&common, spec] { return show(common, *spec); }; });
  sub->footer("examples\n  ecco model show yolo11n\n  ecco model show yolo11s-seg --classes 3 --json");
}

} // namespace ecco
