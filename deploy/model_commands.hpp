// SPDX-License-Identifier: Apache-2.0
// The commands below `ecco model`, each in a file of its own.
#pragma once

#include "deploy/cli.hpp"

namespace ecco {

void add_model_show(CLI::App& model, common_options& common, command& chosen);
void add_model_convert(CLI::App& model, common_options& common, command& chosen);
void add_model_train(CLI::App& model, common_options& common, command& chosen);
void add_model_score(CLI::App& model, common_options& common, command& chosen);
void add_model_export(CLI::App& model, common_options& common, command& chosen);
void add_model_eval(CLI::App& model, common_options& common, command& chosen);

} // namespace ecco
