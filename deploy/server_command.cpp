// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <caf/io/middleman.hpp>

#include "actors/system_config.hpp"
#include "deploy/cli.hpp"
#include "deploy/fleet.hpp"
#include "deploy/report/event_text.hpp"
#include "deploy/run_report.hpp"
#include "deploy/stop_and_wait.hpp"
#include "messages/codec.hpp"
#include "runtime/base/signals.hpp"

namespace ecco {

namespace {

constexpr std::size_t scheduler_threads = 4;

struct server_options {
  /// Ends by itself after so many seconds; 0 = never.
  double seconds = 0;
  /// Where the results of the run go; empty = nowhere.
  std::filesystem::path report;
  /// Every message of the run; empty = not recorded.
  std::filesystem::path record;
};

result<void> publish(const common_options& common, caf::actor_system& system, const fleet& running,
                     const settings& from) {
  const auto port = system.middleman().publish(running.server(), from.server.port, from.server.host.c_str(), true);
  if (!port)
    return fail(ec::io_failed,
                "port " + std::to_string(from.server.port) + " on " + from.server.host + " cannot be listened on",
                "is another ecco server running? choose another with --set server.port=N");
  say(common, "server", "actors on " + from.server.host + ":" + std::to_string(*port));
  return {};
}

/// News as lines for people, or everything as JSON lines.
void show(const common_options& common, const event& what) {
  if (common.json) {
    std::puts(to_json(what).c_str());
    std::fflush(stdout);
  } else if (is_news(what)) {
    std::fprintf(stderr, "%s\n", as_line(what).c_str());
  }
}

int serve(const common_options& common, const server_options& options) {
  const auto from = settings_for(common);
  if (!from)
    return give_up_on_settings(common, from.error());
  if (auto good = check_first_student(*from); !good)
    return give_up_on_settings(common, good.error());
  auto stop = stop_signal::install();
  if (!stop)
    return give_up(common, stop.error());
  run_record record;
  system_config config{actor_network::on, scheduler_threads};
  caf::actor_system system{config};
  telemetry_sink sink{[&](const event& what) {
                        record.append(what);
                        show(common, what);
                      },
                      [&](const camera_status& status) { record.append(status); }};
  auto running = fleet::start(system, *from, sink, options.record);
  if (!running)
    return give_up(common, running.error());
  if (auto published = publish(common, system, **running, *from); !published)
    return give_up(common, published.error());
  for (std::uint32_t i = 0; i < from->server.workers; ++i)
    if (auto added = (*running)->add_worker(worker_id{from->worker.name + "-" + std::to_string(i)}); !added)
      return give_up(common, added.error());
  const auto began = std::chrono::steady_clock::now();
  const auto over = [&] {
    return options.seconds > 0 && std::chrono::steady_clock::now() - began >= from_seconds(options.seconds);
  };
  while (!(*stop)->requested() && !over() && (*running)->alive())
    (*stop)->wait_for(std::chrono::milliseconds{200});
  const bool died = !(*running)->alive();
  running->reset();
  hang_up(system);
  if (!options.report.empty())
    if (auto written = write_report({summarize(record.snapshot(), facts_of(*from))}, options.report, {},
                                    common.json ? stderr : stdout); !written)
      return give_up(common, written.error());
  if (died)
    return give_up(common, {ec::internal, "an actor that nothing works without has died", "the events above tell which"});
  return exit_code::good;
}

} // namespace

void add_server(CLI::App& app, common_options& common, command& chosen) {
  auto options = std::make_shared<server_options>();
  auto* sub = app.add_subcommand("server", "Run the server: grouping, allocation, models; workers and cameras join it");
  add_config_options(*sub, common);
  sub->add_option("--for", options->seconds, "End after so many seconds")->check(CLI::PositiveNumber);
  sub->add_option("--report", options->report, "Write results, tables and pictures of the run into this folder");
  sub->add_option("--record", options->record, "Record every message between actors into this file (`ecco recording`)");
  sub->add_flag("--json", common.json, "Every event as a JSON line on stdout");
  sub->footer("examples\n  ecco server -c city.yaml\n  ecco server -c city.yaml --set server.workers=1 --report out");
  sub->callback([&common, &chosen, options] { chosen = [&common, options] { return serve(common, *options); }; });
}

} // namespace ecco
