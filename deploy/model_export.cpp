// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "deploy/export/stored_models.hpp"
#include "deploy/model_commands.hpp"
#include "deploy/weights_output.hpp"
#include "runtime/base/signals.hpp"
#include "runtime/learn/weights.hpp"

namespace ecco {

namespace {

struct model_export_options {
  std::filesystem::path state;
  std::string group, camera;
  std::uint32_t revision = 0;
  weights_output out;
};

std::string joined(const auto& all, auto text) {
  std::string out;
  for (const auto& one : all)
    out += (out.empty() ? "" : ",") + text(one);
  return out;
}

std::string accuracy_of(const revision& one) {
  return joined(one.accuracy,
                [](const auto& of) { return fmt::format("{}={:.4f}", of.first.value, of.second); });
}

std::string cameras_of(const revision& one) {
  return joined(one.deployed, [](const camera_id& camera) { return camera.value; });
}

nlohmann::json as_json(const revision& one, bool in_zoo) {
  nlohmann::json out{{"revision", one.model.revision},
                     {"parent", one.parent},
                     {"group", one.group.value},
                     {"window", one.window},
                     {"cameras", nlohmann::json::array()},
                     {"classes", one.student.classes},
                     {"input", {one.student.input_width, one.student.input_height}},
                     {"accuracy", nlohmann::json::object()},
                     {"zoo", in_zoo}};
  for (const auto& camera : one.deployed)
    out["cameras"].push_back(camera.value);
  for (const auto& [camera, score] : one.accuracy)
    out["accuracy"][camera.value] = score;
  return out;
}

/// The models there are, a line each.
int list(const common_options& common, const model_export_options& options) {
  const auto known = list_models(options.state);
  if (!known)
    return give_up(common, known.error());
  if (!common.json)
    std::fputs(fmt::format("{:<9}{:<9}{:>7}  {:<5}{:<28}{}\n", "REVISION", "GROUP", "WINDOW", "ZOO",
                           "RUNS ON", "MAP50")
                   .c_str(),
               stdout);
  for (const auto& one : known->revisions) {
    const auto in_zoo = known->zoo.contains(one.model.revision);
    if (common.json)
      std::puts(as_json(one, in_zoo).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    else
      std::fputs(fmt::format("{:<9}{:<9}{:>7}  {:<5}{:<28}{}\n", one.model.revision,
                             one.group == group_id{} ? "-" : to_string(one.group), one.window,
                             in_zoo ? "yes" : "-", one.deployed.empty() ? "-" : cameras_of(one),
                             one.accuracy.empty() ? "-" : accuracy_of(one))
                     .c_str(),
                 stdout);
  }
  return exit_code::good;
}

result<model_choice> choice_of(const model_export_options& options) {
  model_choice out;
  if (!options.group.empty()) {
    const auto group = parse_group(options.group);
    if (!group)
      return fail(group.error().code, "--group " + group.error().what, group.error().hint);
    out.group = *group;
  }
  if (!options.camera.empty())
    out.camera = camera_id{options.camera};
  if (options.revision != 0)
    out.revision = options.revision;
  return out;
}

/// What the file says of itself. `classes` as deploy/convert_ultralytics.py writes it.
std::map<std::string, std::string> metadata_of(const revision& one, const weights_facts& facts) {
  std::map<std::string, std::string> out{{"architecture", facts.student.architecture},
                                         {"revision", std::to_string(one.model.revision)},
                                         {"window", std::to_string(one.window)}};
  const auto put = [&](const char* key, const std::string& text) {
    if (!text.empty())
      out[key] = text;
  };
  put("classes", joined(one.student.classes, [](const std::string& name) { return name; }));
  if (one.student.input_width != 0)
    out["input"] = fmt::format("{}x{}", one.student.input_width, one.student.input_height);
  if (one.group != group_id{})
    out["group"] = to_string(one.group);
  put("cameras", cameras_of(one));
  put("map50", accuracy_of(one));
  return out;
}

int model_export(const common_options& common, const model_export_options& options) {
  if (options.out.to.empty())
    return list(common, options);
  if (auto good = check_output(options.out); !good)
    return give_up(common, good.error());
  // Caught, so that a draft of the file is not left behind: what is being written is finished.
  const auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  const auto choice = choice_of(options);
  if (!choice)
    return give_up(common, choice.error());
  const auto model = load_stored_model(options.state, *choice);
  if (!model)
    return give_up(common, model.error());
  const auto called = options.state.string() + ": revision " + std::to_string(model->facts.model.revision);
  const auto facts = recognise(model->weights);
  if (!facts)
    return give_up(common, {facts.error().code, called + ": " + facts.error().what, facts.error().hint});
  if ((*stop)->requested()) {
    std::fputs("ecco model export: stopped; nothing was written\n", stderr);
    return 128 + (*stop)->number();
  }
  auto told = as_json(model->facts, false);
  told.erase("zoo");
  told["architecture"] = facts->student.architecture;
  return write_weights(common, options.out, called, model->weights, metadata_of(model->facts, *facts), told);
}

} // namespace

void add_model_export(CLI::App& model, common_options& common, command& chosen) {
  auto options = std::make_shared<model_export_options>();
  auto* sub = model.add_subcommand(
      "export", "What a server learnt: a group's, a camera's or any model out of its state folder");
  sub->add_option("state", options->state, "The server's state folder (server.state)")->required();
  sub->add_option("--group", options->group, "The newest model of this group: 7 or g-0007");
  sub->add_option("--camera", options->camera, "What this camera was given last");
  sub->add_option("--revision", options->revision, "This one, for example one of the zoo")
      ->check(CLI::PositiveNumber);
  sub->add_option("--out", options->out.to,
                  "The file to write, safetensors; without it the models are listed");
  add_weights_options(*sub, options->out);
  sub->add_flag("--json", common.json, "A JSON object; of a list, one a line");
  sub->footer(
      "Without --group, --camera or --revision it is the newest model of all. The file's metadata say its\n"
      "architecture, classes, input, group, window, cameras, and mAP@0.5 on their held-out frames when it "
      "was\n"
      "judged. The server may go on meanwhile.\n"
      "examples\n"
      "  ecco model export ecco-state\n"
      "  ecco model export ecco-state --group 7 --out rain.safetensors --half\n"
      "  ecco model export ecco-state --revision 12 --out expert.safetensors --json");
  sub->callback([&common, &chosen, options] {
    chosen = [&common, options] { return model_export(common, *options); };
  });
}

} // namespace ecco
