// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "deploy/cli.hpp"
#include "deploy/client.hpp"
#include "messages/codec.hpp"

namespace ecco {

namespace {

std::string or_dash(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.2f}", value);
}

std::string join(const std::vector<camera_id>& members) {
  std::string out;
  for (const auto& camera : members)
    out += (out.empty() ? "" : " ") + camera.value;
  return out;
}

std::string as_text(const status_report& report) {
  auto out = fmt::format("up {:.0f} s   window {}   micro-window {}   term {}\n\n", seconds_of(report.uptime),
                         report.window, report.micro_window, report.term.value);
  out += fmt::format("{:<16} {:>6} {:>8} {:>6} {:>6} {:>6} {:>9} {:>9} {:>11} {:>11}  {}\n", "CAMERA", "ONLINE",
                     "GROUP", "MAP@.5", "TRUTH", "DRIFT", "FRAMES", "SENT", "RATE", "ARRIVING", "MODEL");
  for (const auto& camera : report.cameras)
    out += fmt::format("{:<16} {:>6} {:>8} {:>6} {:>6} {:>6.2f} {:>9} {:>6.0f} kB {:>6.0f} kbit {:>6.0f} kbit  {}\n",
                       camera.last.camera.value, camera.online ? "yes" : "no",
                       camera.group.value ? to_string(camera.group) : "-",
                       or_dash(camera.map50), or_dash(camera.truth50.value_or(std::nan(""))), camera.last.drift_score, camera.last.frames_seen,
                       static_cast<double>(camera.last.bytes_sent) / 1e3, camera.last.rate / 1e3, camera.arriving / 1e3,
                       camera.last.model.revision);
  out += fmt::format("\n{:<8} {:>6} {:>6} {:>7}  {}\n", "GROUP", "MAP@.5", "SHARE", "GRANTS", "MEMBERS");
  for (const auto& group : report.groups)
    out += fmt::format("{:<8} {:>6} {:>6.2f} {:>7}  {}\n", to_string(group.group), or_dash(group.map50), group.share,
                       group.grants, join(group.members));
  out += fmt::format("\n{:<16} {:<8} {:>9}\n", "WORKER", "DEVICE", "BUSY");
  for (const auto& worker : report.workers)
    out += fmt::format("{:<16} {:<8} {:>7.1f} s\n", worker.worker.value, worker.device, seconds_of(worker.busy));
  out += "\nactors:";
  for (const auto& name : report.actors)
    out += " " + name;
  return out + "\n";
}

int status(const common_options& common) {
  const auto from = settings_for(common);
  if (!from)
    return give_up_on_settings(common, from.error());
  const auto report = ask_status(*from);
  if (!report)
    return give_up(common, report.error());
  if (common.json) {
    nlohmann::json out{{"ok", true}};
    out["status"] = nlohmann::json::parse(to_json(*report), nullptr, false);
    std::puts(out.dump().c_str());
  } else {
    std::fputs(as_text(*report).c_str(), stdout);
  }
  return exit_code::good;
}

} // namespace

void add_status(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("status", "Cameras, groups, workers and the current window of a running server");
  add_config_options(*sub, common);
  sub->add_flag("--json", common.json, "One JSON object");
  sub->footer("examples\n  ecco status\n  ecco status --set server.port=9000 --json");
  sub->callback([&common, &chosen] { chosen = [&common] { return status(common); }; });
}

} // namespace ecco
