// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "config/environment.hpp"
#include "config/settings.hpp"
#include "messages/error.hpp"

namespace CLI {
class App;
} // namespace CLI

namespace ecco {

/// Exit codes (`ecco help exit-codes`).
namespace exit_code {
inline constexpr int good = 0, failed = 1, usage = 2, bad_data = 65, no_input = 66, unreachable = 69,
                     internal_bug = 70, io = 74, temporary = 75, refused = 77, bad_config = 78;
} // namespace exit_code

/// The code a failure ends the program with.
int exit_code_of(const error& failure);

/// What every command has: where settings come from, and how to speak.
struct common_options {
  environment outside;
  std::vector<std::filesystem::path> config_files;
  std::vector<std::string> overrides;
  bool json = false, quiet = false, verbose = false;
};

/// A command's work: returns the exit code.
using command = std::function<int()>;

/// Adds --config and --set to `app`.
void add_config_options(CLI::App& app, common_options& common);

/// Loads and checks the settings a command runs with.
result<settings> settings_for(const common_options& common);

/// Says what a long-running command is doing: a line on stderr, or with --json a JSON line on stdout.
void say(const common_options& common, const std::string& who, const std::string& what);

/// Prints a failure (as JSON on stdout with --json, as text on stderr) and returns its exit code.
int give_up(const common_options& common, const error& failure);
/// The same for settings: whatever is wrong with them, the code is that of a bad configuration.
int give_up_on_settings(const common_options& common, const error& failure);

// One function a subcommand, each in a file of its own: adds it to `app`; when it is chosen, `chosen` becomes its work.
void add_demo(CLI::App& app, common_options& common, command& chosen);
void add_server(CLI::App& app, common_options& common, command& chosen);
void add_worker(CLI::App& app, common_options& common, command& chosen);
void add_camera(CLI::App& app, common_options& common, command& chosen);
void add_status(CLI::App& app, common_options& common, command& chosen);
void add_inject(CLI::App& app, common_options& common, command& chosen);
void add_recording(CLI::App& app, common_options& common, command& chosen);
/// Of `recording`: its subcommand `replay`.
void add_replay(CLI::App& recording, common_options& common, command& chosen);
void add_experiment(CLI::App& app, common_options& common, command& chosen);
void add_eval(CLI::App& app, common_options& common, command& chosen);
void add_dataset(CLI::App& app, common_options& common, command& chosen);
void add_model(CLI::App& app, common_options& common, command& chosen);
void add_profile(CLI::App& app, common_options& common, command& chosen);
void add_export(CLI::App& app, common_options& common, command& chosen);
void add_world(CLI::App& app, common_options& common, command& chosen);

} // namespace ecco
