// SPDX-License-Identifier: Apache-2.0
// Private to deploy
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "deploy/coco/read_coco.hpp"
#include "runtime/score/coco_figures.hpp"

namespace CLI {
class App;
} // namespace CLI

namespace ecco {

/// What is to be known of an evaluation.
struct coco_report_options {
  bool per_category = false;
  /// Standard errors by bootstrap over `coco_input::blocks`.
  bool standard_error = false;
  /// What `coco_input::blocks` are: see `read_coco`.
  std::string block;
};

/// Adds --per-category, --standard-error and --block, which fill `options`.
/// @pre `options` lives until the command line is parsed
void add_report_options(CLI::App& app, coco_report_options& options);

/// The figures of an evaluation, and their errors where wanted.
struct coco_report {
  coco_summary figures;
  std::optional<coco_summary> errors;
};

/// Matches and averages on all cores.
coco_report evaluate(const coco_input& input, const coco_report_options& options);

/// A table; '-' where a figure is not defined.
std::string as_text(const coco_input& input, const coco_report& report, const coco_report_options& options);

/// `figures`, and as wanted `standard_errors` and `categories`; null where a figure is not defined.
nlohmann::json as_json(const coco_input& input, const coco_report& report, const coco_report_options& options);

} // namespace ecco
