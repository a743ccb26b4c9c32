// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <caf/io/middleman.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/system_config.hpp"
#include "actors/tap.hpp"
#include "actors/uplink.hpp"
#include "deploy/cli.hpp"
#include "deploy/configured.hpp"
#include "deploy/node.hpp"
#include "deploy/recorded_run.hpp"
#include "deploy/stop_and_wait.hpp"
#include "runtime/base/signals.hpp"

namespace ecco {

namespace {

constexpr std::size_t scheduler_threads = 2;

result<std::vector<camera_id>> chosen_cameras(const settings& from, const std::vector<std::string>& names) {
  std::vector<camera_id> out;
  for (const auto& [camera, of_camera] : from.cameras)
    if (names.empty())
      out.push_back(camera);
  for (const auto& name : names) {
    if (!from.cameras.contains(camera_id{name}))
      return fail(ec::not_found, "there is no camera '" + name + "' in the configuration", "see `cameras:`");
    out.emplace_back(name);
  }
  if (out.empty())
    return fail(ec::not_found, "the configuration has no cameras", "add some under `cameras:`");
  return out;
}

int watch(const common_options& common, const std::vector<std::string>& names, const std::filesystem::path& record) {
  const auto from = settings_for(common);
  if (!from)
    return give_up_on_settings(common, from.error());
  const auto ids = chosen_cameras(*from, names);
  if (!ids)
    return give_up(common, ids.error());
  // What cannot be opened now is told now; what breaks later is opened again for ever.
  for (const auto& id : *ids)
    if (auto opened = make_camera_parts(*from, id).open_source(); !opened)
      return give_up(common, opened.error());
  auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  system_config config{actor_network::on, scheduler_threads};
  caf::actor_system system{config};
  if (auto tapped = tap_system(system, *from, record, header_of(*from, "camera")); !tapped)
    return give_up(common, tapped.error());
  const auto process = draw_incarnation();
  auto sink = spawn_named(system, "telemetry", telemetry, telemetry_sink{});
  std::vector<uplink_camera> devices;
  for (const auto& id : *ids)
    devices.push_back({make_camera_hello(*from, id, process),
                       spawn_named<caf::detached>(system, "camera:" + id.value, camera,
                                                  configured_camera(*from, id, process),
                                                  make_camera_parts(*from, id))});
  auto link = spawn_named(system, "uplink", uplink, uplink_config{from->server.host, from->server.port}, devices,
                          std::vector<uplink_worker>{}, sink,
                          [&common](const std::string& what) { say(common, "camera", what); });
  while (!(*stop)->requested())
    (*stop)->wait_for(std::chrono::seconds{1});
  caf::scoped_actor self{system};
  stop_and_wait(self, link);
  for (const auto& device : devices)
    stop_and_wait(self, device.device);
  stop_and_wait(self, sink);
  hang_up(system);
  return exit_code::good;
}

} // namespace

void add_camera(CLI::App& app, common_options& common, command& chosen) {
  auto names = std::make_shared<std::vector<std::string>>();
  auto record = std::make_shared<std::filesystem::path>();
  auto* sub = app.add_subcommand("camera", "Run cameras of the configuration here, and send their video to the server");
  add_config_options(*sub, common);
  sub->add_option("--name", *names, "Only these cameras; all by default")->delimiter(',');
  sub->add_option("--record", *record, "Record every message between actors here into this file (`ecco recording`)");
  sub->add_flag("--json", common.json, "What happens as JSON lines on stdout");
  sub->footer("examples\n  ecco camera -c city.yaml\n  ecco camera -c city.yaml --name north,yard");
  sub->callback([&common, &chosen, names, record] {
    chosen = [&common, names, record] { return watch(common, *names, *record); };
  });
}

} // namespace ecco
