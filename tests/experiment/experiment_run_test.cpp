// SPDX-License-Identifier: Apache-2.0
// Whole experiments, as `ecco experiment` runs them: the product's actors in virtual time.
#include "deploy/experiment/experiment_run.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "deploy/experiment/experiment_json.hpp"
#include "messages/codec.hpp"
#include "runtime/base/event_ids.hpp"

BOOST_AUTO_TEST_SUITE(experiments)

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// Two places that change at different times, five minutes, one GPU.
settings small_town() {
  settings out;
  out.server.workers = 1;
  out.window.length = 20s;
  out.window.micro_windows = 8;
  out.experiment.length = 5min;
  auto& market = out.experiment.regions[region_id{"market"}];
  market.cameras = 3;
  market.place = {47.3769, 8.5417};
  market.conditions = {{60s, "dusk"}};
  auto& harbour = out.experiment.regions[region_id{"harbour"}];
  harbour.place = {47.45, 8.56};
  harbour.conditions = {{90s, "fog"}};
  return out;
}

struct told {
  experiment_result result;
  /// All events as JSON, one a line.
  std::string events;
  std::vector<event> raw;
};

told run(const settings& from) {
  told out;
  experiment_watch watch;
  watch.on_event = [&](const event& what) {
    out.events += to_json(what) + "\n";
    out.raw.push_back(what);
  };
  auto parts = make_curve_parts(from);
  BOOST_REQUIRE(parts);
  auto done = run_experiment(from, std::move(*parts), watch);
  BOOST_REQUIRE_MESSAGE(done, (done ? "" : render(done.error())));
  out.result = std::move(*done);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bytes_and_another_seed_others) {
  auto from = small_town();
  const auto first = run(from), again = run(from);
  BOOST_TEST((first.events == again.events));
  BOOST_TEST(to_json(first.result) == to_json(again.result));
  from.seed = 2;
  const auto other = run(from);
  BOOST_TEST((other.events != first.events));
}

BOOST_AUTO_TEST_CASE(cameras_lose_what_they_knew_and_regain_it) {
  const auto told = run(small_town());
  BOOST_TEST(told.result.all.cameras == 4u);
  BOOST_TEST(told.result.all.changes == 4u);
  BOOST_TEST(told.result.all.before > 0.7);
  BOOST_TEST(told.result.all.lowest < 0.1);
  BOOST_TEST(told.result.all.end > 0.6);
  BOOST_TEST(told.result.all.answered == 4u);
}

BOOST_AUTO_TEST_CASE(devices_are_never_busier_than_there_is_time) {
  const auto told = run(small_town());
  BOOST_TEST(told.result.gpu.total() > 0);
  BOOST_TEST(told.result.gpu.total() <= 300.0);
}

BOOST_AUTO_TEST_CASE(systems_differ_in_what_their_settings_say_and_in_nothing_else) {
  auto from = small_town();
  const auto shared = run(from);
  from.policy.grouping = grouping_mode::independent;
  const auto alone = run(from);
  BOOST_TEST(shared.result.groups_joined > 0u);
  BOOST_TEST(alone.result.groups_joined == 0u);
  // Until somebody asks to be retrained, the two cannot be told apart.
  const auto asks = [](const event& what) { return what.id == event_id::drift_detected; };
  const auto first = static_cast<std::size_t>(
    std::find_if(shared.raw.begin(), shared.raw.end(), asks) - shared.raw.begin());
  BOOST_TEST_REQUIRE(first > 10u);
  BOOST_TEST(std::equal(shared.raw.begin(), shared.raw.begin() + static_cast<std::ptrdiff_t>(first), alone.raw.begin(),
                        [](const event& a, const event& b) { return to_json(a) == to_json(b); }));
}

BOOST_AUTO_TEST_CASE(cameras_that_learn_together_share_one_job_however_different_they_are) {
  auto from = small_town();
  BOOST_TEST(run(from).result.groups_opened == 2u);
  from.policy.grouping = grouping_mode::together;
  const auto told = run(from);
  BOOST_TEST(told.result.groups_opened == 1u);
  BOOST_TEST(told.result.groups_joined == 3u);
  BOOST_TEST(told.result.facts.system == "together");
}

BOOST_AUTO_TEST_CASE(one_that_is_interrupted_says_how_far_it_came) {
  const auto from = small_town();
  experiment_watch watch;
  watch.go_on = [](duration now) { return now < 42s; };
  const auto done = run_experiment(from, make_curve_parts(from).value(), watch);
  BOOST_TEST_REQUIRE(static_cast<bool>(done));
  BOOST_TEST(done->facts.seconds == 42.0);
  BOOST_TEST(done->facts.planned == 300.0);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_run_is_refused_before_anything_begins) {
  auto from = small_town();
  from.server.workers = 0;
  BOOST_TEST(!check_experiment(from));
  BOOST_TEST(!run_experiment(from, make_curve_parts(from).value(), {}));
  from.experiment.regions.clear();
  const auto parts = make_curve_parts(from);
  BOOST_TEST_REQUIRE(!parts);
  BOOST_TEST((parts.error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()
