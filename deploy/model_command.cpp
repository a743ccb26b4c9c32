// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "deploy/model_commands.hpp"

namespace ecco {

void add_model(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("model", "Networks and their weights: show, convert, train, export, evaluate");
  sub->require_subcommand(1);
  add_model_show(*sub, common, chosen);
  add_model_convert(*sub, common, chosen);
  add_model_train(*sub, common, chosen);
  add_model_score(*sub, common, chosen);
  add_model_export(*sub, common, chosen);
  add_model_eval(*sub, common, chosen);
  sub->footer("examples\n"
              "  ecco model show yolo11n\n"
              "  ecco model show yolo11n.safetensors --json\n"
              "  ecco model convert yolo11n.safetensors small.safetensors --half\n"
              "  ecco model eval yolo11n.safetensors --truth instances_val2017.json --images val2017");
}

} // namespace ecco
