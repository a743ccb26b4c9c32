// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "deploy/model_commands.hpp"
#include "deploy/whole_file.hpp"
#include "messages/sha256.hpp"
#include "runtime/learn/weights.hpp"

namespace ecco {

namespace {

struct convert_options {
  std::filesystem::path from, to;
  bool half = false, force = false;
};

result<blob> converted(const convert_options& options) {
  const auto read = read_weights(options.from);
  if (!read)
    return read;
  auto made = deployable(*read, options.half ? scalar_type::f16 : scalar_type::f32);
  if (!made)
    return fail(made.error().code, options.from.string() + ": " + made.error().what, made.error().hint);
  return made;
}

int convert(const common_options& common, const convert_options& options) {
  const auto what = options.force ? existing_file::replace : existing_file::keep;
  if (auto good = check_target(options.to, what); !good)
    return give_up(common, good.error());
  const auto made = converted(options);
  if (!made)
    return give_up(common, made.error());
  if (auto written = write_whole_file(options.to, made->view(), what); !written)
    return give_up(common, written.error());
  const auto* elements = options.half ? "F16" : "F32";
  if (common.json)
    std::puts(nlohmann::json{{"ok", true},
                             {"file", options.to.string()},
                             {"elements", elements},
                             {"bytes", made->size()},
                             {"sha256", sha256_hex(made->view())}}
                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                  .c_str());
  else
    std::puts(fmt::format("{}: {}, {:.2f} MB, sha256 {}", options.to.string(), elements,
                          1e-6 * static_cast<double>(made->size()), sha256_hex(made->view()))
                  .c_str());
  return exit_code::good;
}

} // namespace

void add_model_convert(CLI::App& model, common_options& common, command& chosen) {
  auto options = std::make_shared<convert_options>();
  auto* sub = model.add_subcommand("convert", "Weights to give to cameras: fp32 or fp16, or out of a checkpoint");
  sub->add_option("in", options->from, "Weights in safetensors, or a trainer's checkpoint, of which the averaged ones")
      ->required();
  sub->add_option("out", options->to, "The file to write")->required();
  sub->add_flag("--half", options->half, "fp16 in place of fp32");
  sub->add_flag("--force", options->force, "Replace the file when it is there already");
  sub->add_flag("--json", common.json, "One JSON object");
  sub->footer("Tensors that ecco derives itself (Ultralytics' counters and constants) are left out; metadata stay.\n"
              "examples\n  ecco model convert yolo11n.safetensors yolo11n-half.safetensors --half\n"
              "  ecco model convert checkpoint.safetensors trained.safetensors");
  sub->callback(
      [&common, &chosen, options] { chosen = [&common, options] { return convert(common, *options); }; });
}

} // namespace ecco
