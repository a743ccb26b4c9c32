// SPDX-License-Identifier: Apache-2.0
#include "deploy/cli.hpp"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "config/load.hpp"

namespace ecco {

int exit_code_of(const error& failure) {
  switch (failure.code) {
    case ec::invalid_argument:
    case ec::malformed_data:
    case ec::shape_mismatch:
    case ec::not_finite: return exit_code::bad_data;
    case ec::not_found: return exit_code::no_input;
    case ec::io_failed: return exit_code::io;
    case ec::unreachable: return exit_code::unreachable;
    case ec::timed_out:
    case ec::stale:
    case ec::unavailable: return exit_code::temporary;
    case ec::unsupported:
    case ec::end_of_stream: return exit_code::failed;
    case ec::internal: return exit_code::internal_bug;
  }
  return exit_code::internal_bug;
}

void add_config_options(CLI::App& app, common_options& common) {
  app.add_option("-c,--config", common.config_files, "YAML file; may be repeated, later files win value by value");
  app.add_option("--set", common.overrides, "One setting, e.g. --set window.length=20s; may be repeated");
}

result<settings> settings_for(const common_options& common) {
  auto loaded = load_settings(common.config_files, common.overrides, common.outside);
  if (!loaded)
    return loaded;
  if (auto good = validate(*loaded); !good)
    return tl::unexpected{good.error()};
  return loaded;
}

namespace {

int print_failure(const common_options& common, const error& failure, int code) {
  if (common.json) {
    const nlohmann::json out{{"ok", false},
                             {"error",
                              {{"code", to_string(failure.code)},
                               {"message", failure.what},
                               {"hint", failure.hint},
                               {"exit_code", code}}}};
    std::puts(out.dump().c_str());
  } else {
    std::fprintf(stderr, "ecco: %s\n", failure.what.c_str());
    if (!failure.hint.empty())
      std::fprintf(stderr, "      %s\n", failure.hint.c_str());
  }
  return code;
}

} // namespace

void say(const common_options& common, const std::string& who, const std::string& what) {
  if (common.json) {
    std::puts(nlohmann::json{{"who", who}, {"what", what}}.dump().c_str());
    std::fflush(stdout);
  } else if (!common.quiet) {
    std::fprintf(stderr, "ecco %s: %s\n", who.c_str(), what.c_str());
  }
}

int give_up(const common_options& common, const error& failure) {
  return print_failure(common, failure, exit_code_of(failure));
}

int give_up_on_settings(const common_options& common, const error& failure) {
  const auto missing = failure.code == ec::not_found || failure.code == ec::io_failed;
  return print_failure(common, failure, missing ? exit_code_of(failure) : exit_code::bad_config);
}

} // namespace ecco
