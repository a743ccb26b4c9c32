// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "deploy/model_commands.hpp"
#include "deploy/weights_output.hpp"
#include "deploy/whole_file.hpp"

namespace ecco {

namespace {

struct convert_options {
  std::filesystem::path from;
  weights_output out;
};

int convert(const common_options& common, const convert_options& options) {
  if (auto good = check_output(options.out); !good)
    return give_up(common, good.error());
  const auto read = read_weights(options.from);
  if (!read)
    return give_up(common, read.error());
  return write_weights(common, options.out, options.from.string(), *read);
}

} // namespace

void add_model_convert(CLI::App& model, common_options& common, command& chosen) {
  auto options = std::make_shared<convert_options>();
  auto* sub = model.add_subcommand("convert", "Weights to give to cameras: fp32 or fp16, or out of a checkpoint");
  sub->add_option("in", options->from, "Weights in safetensors, or a trainer's checkpoint, of which the averaged ones")
      ->required();
  sub->add_option("out", options->out.to, "The file to write")->required();
  add_weights_options(*sub, options->out);
  sub->add_flag("--json", common.json, "One JSON object");
  sub->footer("Tensors that ecco derives itself (Ultralytics' counters and constants) are left out; metadata stay.\n"
              "examples\n  ecco model convert yolo11n.safetensors yolo11n-half.safetensors --half\n"
              "  ecco model convert checkpoint.safetensors trained.safetensors");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return convert(common, *options); }; });
}

} // namespace ecco
