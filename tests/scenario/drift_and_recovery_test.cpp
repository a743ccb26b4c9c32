// SPDX-License-Identifier: Apache-2.0
// The main job, whole, in virtual time: drift is noticed, cameras that drift alike share one job, it is trained,
// what it learnt is deployed, and the cameras are well again.
#include <set>

#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417}, market_corner{47.3771, 8.5419}, harbour{47.45, 8.56};

/// Condition 0 until `when`, then `what`.
weather changes(duration when, std::uint8_t what) {
  return [=](duration now) { return now < when ? std::uint8_t{0} : what; };
}

struct three_cameras : simulated_fleet {
  void begin(bool share_jobs) {
    start({"left", "right", "far"}, share_jobs);
    add_worker("gpu0");
    add_camera("left", market, changes(60s, 1));
    add_camera("right", market_corner, changes(60s, 1));
    add_camera("far", harbour, changes(60s, 2));
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(nothing_is_trained_while_nothing_drifts, three_cameras) {
  begin(true);
  advance(55s);
  BOOST_TEST(!happened(event_id::drift_detected));
  BOOST_TEST(!happened(event_id::grant_issued));
  BOOST_TEST(accuracy("left") > 0.75);
  BOOST_TEST(status().groups.empty());
  // Windows go on all the same.
  BOOST_TEST(status().window >= 5u);
}

BOOST_FIXTURE_TEST_CASE(cameras_that_drift_alike_share_a_job_and_the_other_has_its_own, three_cameras) {
  begin(true);
  advance(100s);
  for (const auto* camera : {"left", "right", "far"})
    BOOST_TEST(happened(event_id::drift_detected, camera));
  const auto groups = status().groups;
  BOOST_TEST_REQUIRE(groups.size() == 2u);
  std::multiset<std::size_t> sizes;
  for (const auto& group : groups)
    sizes.insert(group.members.size());
  BOOST_TEST(sizes == (std::multiset<std::size_t>{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(all(event_id::group_joined).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(every_drifted_camera_regains_most_of_what_drift_took, three_cameras) {
  begin(true);
  advance(180s);
  for (const auto* camera : {"left", "right", "far"}) {
    const auto readings = all(event_id::accuracy_deployed, camera);
    const auto lowest = std::min_element(readings.begin(), readings.end(),
                                         [](const event& a, const event& b) { return a.value < b.value; });
    BOOST_TEST(lowest->value < 0.1);
    BOOST_TEST(accuracy(camera) > 0.4);
    BOOST_TEST(happened(event_id::model_deployed, camera));
  }
}

BOOST_FIXTURE_TEST_CASE(drift_that_a_camera_is_blind_to_is_seen_by_its_probes, three_cameras) {
  overconfident = true;
  begin(true);
  advance(60s);
  BOOST_TEST(!happened(event_id::drift_detected));
  advance(120s);
  for (const auto* camera : {"left", "right", "far"}) {
    BOOST_TEST(happened(event_id::drift_detected, camera));
    BOOST_TEST(accuracy(camera) > 0.4);
  }
  BOOST_TEST(status().groups.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(cameras_whose_features_and_confidence_must_agree_recover_too, three_cameras) {
  drift.kind = drift_kind::agreement;
  begin(true);
  advance(60s);
  BOOST_TEST(!happened(event_id::drift_detected));
  advance(120s);
  for (const auto* camera : {"left", "right", "far"}) {
    const auto alarms = all(event_id::drift_detected, camera);
    BOOST_TEST_REQUIRE(!alarms.empty());
    BOOST_TEST(alarms.front().text == "count and features");
    BOOST_TEST(accuracy(camera) > 0.4);
  }
}

BOOST_FIXTURE_TEST_CASE(the_budget_of_a_window_is_never_exceeded, three_cameras) {
  begin(true);
  advance(180s);
  std::map<window_number, double> spent;
  for (const auto& grant : all(event_id::grant_done))
    spent[grant.window] += grant.value;
  BOOST_TEST_REQUIRE(!spent.empty());
  for (const auto& [number, seconds] : spent)
    BOOST_TEST(seconds <= 10.0);
}

BOOST_FIXTURE_TEST_CASE(shares_of_a_window_sum_to_one, three_cameras) {
  begin(true);
  advance(120s);
  const auto groups = status().groups;
  double sum = 0;
  for (const auto& group : groups)
    sum += group.share;
  BOOST_TEST(sum == 1.0, boost::test_tools::tolerance(1e-9));
}

BOOST_FIXTURE_TEST_CASE(the_independent_policy_gives_every_camera_its_own_job, three_cameras) {
  begin(false);
  advance(120s);
  BOOST_TEST(status().groups.size() == 3u);
  BOOST_TEST(!happened(event_id::group_joined));
}

BOOST_FIXTURE_TEST_CASE(a_shared_job_recovers_its_cameras_sooner_than_two_of_the_same_budget, three_cameras) {
  begin(true);
  advance(180s);
  three_cameras apart;
  apart.begin(false);
  apart.advance(180s);
  const auto sum = [](const three_cameras& run) { return run.accuracy("left") + run.accuracy("right") + run.accuracy("far"); };
  BOOST_TEST(sum(*this) > sum(apart));
}

BOOST_FIXTURE_TEST_CASE(the_same_run_twice_is_the_same_run, three_cameras) {
  begin(true);
  advance(120s);
  three_cameras again;
  again.begin(true);
  again.advance(120s);
  BOOST_TEST_REQUIRE(events.size() == again.events.size());
  for (std::size_t i = 0; i < events.size(); ++i)
    BOOST_TEST((events[i].id == again.events[i].id && events[i].at == again.events[i].at
                && events[i].text == again.events[i].text));
}
