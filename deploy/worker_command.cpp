// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

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

int work(const common_options& common, const std::filesystem::path& record) {
  const auto from = settings_for(common);
  if (!from)
    return give_up_on_settings(common, from.error());
  auto device = make_learner_factory(*from);
  if (!device)
    return give_up(common, device.error());
  auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  system_config config{actor_network::on, scheduler_threads};
  caf::actor_system system{config};
  const worker_id id{from->worker.name};
  if (auto tapped = tap_system(system, *from, record, header_of(*from, "worker " + id.value)); !tapped)
    return give_up(common, tapped.error());
  auto sink = spawn_named(system, "telemetry", telemetry, telemetry_sink{});
  auto worker = spawn_named<caf::detached>(system, "worker:" + id.value, gpu_worker, id, std::move(*device), sink);
  auto link = spawn_named(system, "uplink", uplink, uplink_config{from->server.host, from->server.port},
                          std::vector<uplink_camera>{},
                          std::vector<uplink_worker>{
                            {{id, draw_incarnation(), from->worker.device}, worker, worker_terms(*from)}},
                          sink, [id, &common](const std::string& what) { say(common, "worker " + id.value, what); });
  while (!(*stop)->requested())
    (*stop)->wait_for(std::chrono::seconds{1});
  caf::scoped_actor self{system};
  stop_and_wait(self, link);
  stop_and_wait(self, worker);
  stop_and_wait(self, sink);
  hang_up(system);
  return exit_code::good;
}

} // namespace

void add_worker(CLI::App& app, common_options& common, command& chosen) {
  auto* sub = app.add_subcommand("worker", "Offer this machine's device to a server: labelling, training, scoring");
  add_config_options(*sub, common);
  auto record = std::make_shared<std::filesystem::path>();
  sub->add_option("--record", *record, "Record every message between actors here into this file (`ecco recording`)");
  sub->add_flag("--json", common.json, "What happens as JSON lines on stdout");
  sub->footer("examples\n  ecco worker -c city.yaml\n  ecco worker -c city.yaml --set worker.name=gpu1");
  sub->callback([&common, &chosen, record] { chosen = [&common, record] { return work(common, *record); }; });
}

} // namespace ecco
