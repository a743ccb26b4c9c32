// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "deploy/model_commands.hpp"
#include "deploy/whole_file.hpp"
#include "messages/sha256.hpp"
#include "runtime/learn/weights.hpp"
#include "runtime/learn/yolo11.hpp"

namespace ecco {

namespace {

// -- an architecture ---------------------------------------------------------------------------------------

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

int show_architecture(const common_options& common, const student_spec& spec) {
  const auto network = summarise(spec);
  if (!network)
    return give_up(common, network.error());
  std::fputs((common.json ? as_json(spec, *network).dump() + "\n" : as_text(spec, *network)).c_str(), stdout);
  return exit_code::good;
}

// -- a file ------------------------------------------------------------------------------------------------

struct file_facts {
  std::string name, sha256;
  std::size_t size = 0;
  weights_facts weights;
  std::int64_t parameters = 0;
  /// Bytes of its weights as a file of their own; none for what cannot be had.
  std::optional<std::size_t> as_f32, as_f16;
  /// Why they cannot be used.
  std::optional<error> fault;
};

std::string megabytes(const std::optional<std::size_t>& size) {
  return size ? fmt::format("{:.2f} MB", 1e-6 * static_cast<double>(*size)) : "-";
}

std::string types_of(const weights_facts& weights) {
  std::string out;
  for (const auto type : weights.types)
    out += (out.empty() ? "" : ", ") + std::string{to_string(type)};
  return out;
}

std::string as_text(const file_facts& file) {
  const auto& weights = file.weights;
  auto out = fmt::format("{:<14}{}\n", "file", file.name);
  const auto line = [&](const char* what, const std::string& text) {
    out += fmt::format("{:<14}{}\n", what, text);
  };
  line("holds", weights.is_checkpoint ? "a trainer's checkpoint" : "weights");
  line("architecture", weights.student.architecture);
  line("classes", std::to_string(weights.student.classes));
  line("elements", types_of(weights));
  line("tensors", std::to_string(weights.tensors));
  line("parameters", std::to_string(file.parameters));
  line("size", megabytes(file.size));
  line("as fp32", megabytes(file.as_f32));
  line("as fp16", megabytes(file.as_f16));
  line("sha256", file.sha256);
  for (const auto& [key, value] : weights.metadata)
    line("metadata", key + " = " + value);
  return out;
}

nlohmann::json as_json(const file_facts& file) {
  const auto size = [](const std::optional<std::size_t>& bytes) {
    return bytes ? nlohmann::json(*bytes) : nlohmann::json{};
  };
  const auto& weights = file.weights;
  auto types = nlohmann::json::array();
  for (const auto type : weights.types)
    types.push_back(to_string(type));
  nlohmann::json out{{"ok", !file.fault},
                     {"file", file.name},
                     {"checkpoint", weights.is_checkpoint},
                     {"architecture", weights.student.architecture},
                     {"classes", weights.student.classes},
                     {"elements", types},
                     {"tensors", weights.tensors},
                     {"parameters", file.parameters},
                     {"bytes", file.size},
                     {"bytes_fp32", size(file.as_f32)},
                     {"bytes_fp16", size(file.as_f16)},
                     {"sha256", file.sha256},
                     {"metadata", weights.metadata}};
  if (file.fault)
    out["error"] = {{"code", to_string(file.fault->code)},
                    {"message", file.fault->what},
                    {"hint", file.fault->hint},
                    {"exit_code", exit_code_of(*file.fault)}};
  return out;
}

result<file_facts> look_into(const std::filesystem::path& path) {
  const auto data = read_weights(path);
  if (!data)
    return tl::unexpected{data.error()};
  file_facts file{path.string(), sha256_hex(data->view()), data->size(), {}, 0, {}, {}, {}};
  const auto weights = recognise(*data);
  if (!weights)
    return fail(weights.error().code, path.string() + ": " + weights.error().what, weights.error().hint);
  file.weights = *weights;
  const auto network = summarise(weights->student);
  if (!network)
    return tl::unexpected{network.error()};
  file.parameters = network->parameters;
  const auto whole = deployable(*data, scalar_type::f32);
  if (whole)
    file.as_f32 = whole->size();
  else
    file.fault = error{whole.error().code, path.string() + ": " + whole.error().what, whole.error().hint};
  if (const auto half = deployable(*data, scalar_type::f16))
    file.as_f16 = half->size();
  return file;
}

int show_file(const common_options& common, const std::string& name) {
  const auto file = look_into(name);
  if (!file)
    return give_up(common, file.error());
  std::fputs((common.json ? as_json(*file).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
                          : as_text(*file))
                 .c_str(),
             stdout);
  if (!file->fault)
    return exit_code::good;
  return common.json ? exit_code_of(*file->fault) : give_up(common, *file->fault);
}

/// A file is what is there, or what looks like a path.
bool names_file(const std::string& name) {
  std::error_code failure;
  return name.find('/') != name.npos || name.ends_with(".safetensors") || std::filesystem::exists(name, failure);
}

} // namespace

void add_model_show(CLI::App& model, common_options& common, command& chosen) {
  auto spec = std::make_shared<student_spec>();
  auto* shown = model.add_subcommand("show", "What an architecture consists of, or what is in a file of weights");
  shown->add_option("name", spec->architecture,
                    "yolo11n, s, m, l, x, or p; with -seg for masks; or a file of weights, or a checkpoint")
      ->required();
  shown->add_option("--classes", spec->classes, "How many classes the architecture tells apart")->capture_default_str();
  shown->add_flag("--json", common.json, "One JSON object");
  shown->footer("examples\n  ecco model show yolo11s-seg --classes 3 --json\n  ecco model show yolo11n.safetensors");
  shown->callback([&common, &chosen, spec] {
    chosen = [&common, spec] {
      return names_file(spec->architecture) ? show_file(common, spec->architecture)
                                            : show_architecture(common, *spec);
    };
  });
}

} // namespace ecco
