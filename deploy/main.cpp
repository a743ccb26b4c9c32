// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "deploy/cli.hpp"

namespace {

constexpr auto exit_codes = R"(exit codes
  0   done
  1   it failed; the message says why
  2   the command line is wrong
  65  bad input data: a message, a model, a video
  66  an input is missing: a file, an actor, a camera
  69  the server or a peer cannot be reached
  70  a bug in ecco
  74  reading or writing failed, or a port is in use
  75  try again: something is busy, late or out of date
  77  refused: authentication
  78  the configuration is invalid or unsafe
A demo or experiment stopped by a signal keeps its results so far and ends with 130 (Ctrl-C) or 143 (SIGTERM); a
server, worker or camera ends with 0, because that is how one stops them.
)";

/// CLI11 numbers its errors from 100; for us they are all wrong usage.
int usage_exit(const CLI::App& app, const CLI::ParseError& problem) {
  const auto code = app.exit(problem);
  return code == 0 ? 0 : ecco::exit_code::usage;
}

} // namespace

int main(int argc, char** argv) {
  ecco::common_options common;
  common.outside = ecco::process_environment();
  CLI::App app{"ecco: cameras that drift alike learn together\n\n"
               "  ecco demo                     see it: drift, grouping, retraining, recovery, in five minutes\n"
               "  ecco server -c city.yaml      run the server of a fleet; then `ecco worker`, `ecco camera`\n"
               "  ecco status                   what a server is doing\n"
               "  ecco experiment FILE          compare systems on a simulated fleet, hours in seconds\n"
               "  ecco recording                what was said in a run that was recorded; run it again\n"
               "  ecco eval                     COCO figures of detections against a truth\n"
               "  ecco dataset show PATH        what a data set is, and what is wrong with it\n"
               "  ecco model                    what weights are; convert them; evaluate them on pictures\n"
               "  ecco profile                  how many frames of what size teach a camera best at each GPU budget\n"
               "  ecco export STATE             labelled frames that a server kept: YOLO, COCO, CVAT\n"
               "  ecco world                    the synthetic city: look at it, render it with exact labels\n"
               "  ecco help exit-codes          what the exit codes mean\n"};
  app.set_version_flag("--version", "ecco " ECCO_VERSION);
  app.require_subcommand(0, 1);
  app.fallthrough();
  ecco::command chosen;
  ecco::add_demo(app, common, chosen);
  ecco::add_server(app, common, chosen);
  ecco::add_worker(app, common, chosen);
  ecco::add_camera(app, common, chosen);
  ecco::add_status(app, common, chosen);
  ecco::add_inject(app, common, chosen);
  ecco::add_experiment(app, common, chosen);
  ecco::add_recording(app, common, chosen);
  ecco::add_eval(app, common, chosen);
  ecco::add_dataset(app, common, chosen);
  ecco::add_model(app, common, chosen);
  ecco::add_profile(app, common, chosen);
  ecco::add_export(app, common, chosen);
  ecco::add_world(app, common, chosen);
  std::string topic;
  auto* help = app.add_subcommand("help", "Help on a topic: exit-codes");
  help->add_option("topic", topic, "exit-codes")->check(CLI::IsMember{{"exit-codes"}});
  try {
    app.parse(argc, argv);
    if (help->parsed()) {
      std::fputs(topic.empty() ? app.help().c_str() : exit_codes, stdout);
      return ecco::exit_code::good;
    }
    if (chosen)
      return chosen();
    std::fputs(app.help().c_str(), stdout);
    return ecco::exit_code::good;
  } catch (const CLI::ParseError& problem) {
    return usage_exit(app, problem);
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "ecco: a bug: %s\n", bug.what());
    return ecco::exit_code::internal_bug;
  }
}
