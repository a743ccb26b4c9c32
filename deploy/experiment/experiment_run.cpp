// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/experiment_run.hpp"

#include <algorithm>
#include <utility>

#include "deploy/experiment/experiment_record.hpp"

namespace ecco {

namespace {

constexpr duration step = std::chrono::seconds{1};

experiment_facts facts_of(const settings& from) {
  experiment_facts out;
  out.system = name_of_system(from);
  out.learner = to_string(from.experiment.learner);
  out.seed = from.seed;
  out.planned = seconds_of(from.experiment.length);
  out.target = from.experiment.target;
  for (const auto& [id, region] : from.experiment.regions)
    for (std::uint32_t i = 0; i < region.cameras; ++i)
      out.regions[name_in(id, region, i)] = id.value;
  return out;
}

} // namespace

result<void> check_experiment(const settings& from) {
  if (from.server.workers == 0)
    return fail(ec::invalid_argument, "server.workers is 0: nobody would train",
                "set it to the number of GPUs that the experiment has");
  return {};
}

result<experiment_result> run_experiment(const settings& from, virtual_parts parts, const experiment_watch& watch) {
  if (auto good = check_experiment(from); !good)
    return tl::unexpected{good.error()};
  experiment_record record;
  const telemetry_sink sink{[&](const event& what) {
                              record.append(what);
                              if (watch.on_event)
                                watch.on_event(what);
                            },
                            [&](const camera_status& status) { record.append(status); }};
  virtual_fleet fleet{from, std::move(parts), sink, watch.through};
  const auto length = from.experiment.length;
  duration passed{};
  while (passed < length && !fleet.failure() && (!watch.go_on || watch.go_on(passed))) {
    const auto next = std::min(step, length - passed);
    fleet.advance(next);
    passed += next;
  }
  if (fleet.failure())
    return tl::unexpected{*fleet.failure()};
  auto facts = facts_of(from);
  facts.seconds = seconds_of(passed);
  return summarize(record, facts);
}

} // namespace ecco
