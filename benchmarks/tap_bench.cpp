// SPDX-License-Identifier: Apache-2.0
// What it costs an actor that its messages can be watched: without a tap, with one that nobody looks through, and
// recorded to a file. Question and answer between two actors under the virtual clock, so that nothing but the messages
// is measured.
#include <filesystem>

#include <benchmark/benchmark.h>

#include "actors/interfaces.hpp"
#include "actors/system_config.hpp"
#include "actors/tap.hpp"
#include "runtime/store/recording_file.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace {

using namespace ecco;

request_desk_actor::behavior_type desk(request_desk_actor::pointer) {
  return {[](const retrain_request& request) {
    return request_answer{request.id, group_id{1}, true, "a reason of some length, as they are"};
  }};
}

/// Asks for ever, one question after the other.
caf::behavior asks_on(caf::event_based_actor* self, request_desk_actor whom, std::uint64_t* answered) {
  retrain_request request;
  request.camera = camera_id{"north_gate"};
  request.model.sha256 = std::string(64, 'a');
  const auto ask = std::make_shared<std::function<void()>>();
  *ask = [=] {
    self->request(caf::actor_cast<caf::actor>(whom), caf::infinite, request).then([=](const request_answer&) {
      ++*answered;
      (*ask)();
    });
  };
  (*ask)();
  return {[](caf::unit_t) {}};
}

enum class through { nothing, idle, observer, file };

void message(benchmark::State& state, through what) {
  const auto file = std::filesystem::temp_directory_path() / "ecco-tap-bench.ecco";
  std::filesystem::remove(file);
  virtual_system_config config;
  {
    caf::actor_system system{config};
    auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
    std::unique_ptr<recording_writer> writer;
    if (what != through::nothing) {
      auto one = std::make_shared<tap>(1);
      if (what == through::observer)
        one->watch([](recorded_message& said) { benchmark::DoNotOptimize(said); });
      if (what == through::file) {
        writer = std::move(*recording_writer::create(file, {}));
        one->watch([&](recorded_message& said) { (void)writer->append(said); });
      }
      attach_tap(system, one);
    }
    std::uint64_t answered = 0;
    auto whom = spawn_named(system, "desk", desk);
    auto asker = spawn_named(system, "asker", asks_on, whom, &answered);
    for (auto _ : state) {
      const auto before = answered;
      while (answered == before)
        scheduler.try_run_once();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(2 * answered));
    caf::anon_send_exit(asker, caf::exit_reason::kill);
    caf::anon_send_exit(whom, caf::exit_reason::kill);
    while (scheduler.try_run_once()) {
    }
    attach_tap(system, nullptr);
  }
  std::filesystem::remove(file);
}

BENCHMARK_CAPTURE(message, no_tap, through::nothing);
BENCHMARK_CAPTURE(message, tap_that_nobody_watches, through::idle);
BENCHMARK_CAPTURE(message, tap_watched, through::observer);
BENCHMARK_CAPTURE(message, tap_recorded_to_a_file, through::file);

} // namespace
