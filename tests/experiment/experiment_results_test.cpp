// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/experiment_results.hpp"

#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "deploy/experiment/experiment_json.hpp"
#include "deploy/experiment/experiment_plot.hpp"
#include "deploy/experiment/experiment_table.hpp"
#include "runtime/base/event_ids.hpp"

BOOST_AUTO_TEST_SUITE(experiment_numbers)

using namespace ecco;
using namespace std::chrono_literals;

namespace {

event happens(double at, std::string_view id, const std::string& camera, double value = 0, std::string text = {}) {
  return {from_seconds(at), std::string{id}, camera_id{camera}, {}, {}, 0, value, std::move(text)};
}

experiment_facts facts_until(double seconds) {
  experiment_facts out;
  out.system = "ecco";
  out.learner = "curve";
  out.planned = out.seconds = seconds;
  out.target = 0.4;
  out.regions = {{camera_id{"a"}, "town"}, {camera_id{"b"}, "town"}};
  return out;
}

/// Readings every 10 s: good, nothing from 100 s on, good again from `back` on.
void tell(experiment_record& record, const std::string& camera, double back, double end) {
  for (double at = 10; at <= end; at += 10)
    record.append(happens(at, event_id::accuracy_deployed, camera, at < 100 || at >= back ? 0.8 : 0.1));
  record.append(happens(100, event_id::drift_injected, camera, 100, "dusk"));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_change_is_followed_from_before_it_until_the_end) {
  experiment_record record;
  tell(record, "a", 150, 200);
  record.append(happens(110, event_id::drift_detected, "a"));
  const auto result = summarize(record, facts_until(200));
  BOOST_TEST_REQUIRE(result.regions.size() == 1u);
  const auto& town = result.regions.front();
  BOOST_TEST(town.name == "town");
  BOOST_TEST(town.changes == 1u);
  BOOST_TEST(town.before == 0.8, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(town.lowest == 0.1);
  BOOST_TEST(town.end == 0.8, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(town.response == 40.0); // noticed at 110, back at 150
  BOOST_TEST(town.answered == 1u);
}

BOOST_AUTO_TEST_CASE(the_truth_is_told_beside_and_changes_nothing) {
  experiment_record record;
  tell(record, "a", 150, 200);
  const auto without = summarize(record, facts_until(200));
  BOOST_TEST(std::isnan(without.all.truth));
  BOOST_TEST(to_table(std::vector{without}).find("truth") == std::string::npos);
  record.append(happens(20, event_id::accuracy_truth, "a", 0.5));
  record.append(happens(30, event_id::accuracy_truth, "a", 0.75));
  record.append(happens(20, event_id::accuracy_teacher, "a", 0.9));
  const auto with = summarize(record, facts_until(200));
  BOOST_TEST(with.all.truth == 0.625);
  BOOST_TEST(with.all.teacher == 0.9);
  BOOST_TEST(with.all.mean == without.all.mean);
  BOOST_TEST(with.all.lowest == without.all.lowest);
  BOOST_TEST(with.all.response == without.all.response);
  BOOST_TEST(to_table(std::vector{with}).find("exact truth, which no decision sees: mean 0.625, the teacher's labels 0.900")
             != std::string::npos);
  BOOST_TEST(to_json(std::vector{with}).find("\"map_mean_truth\": 0.625") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_good_reading_is_no_recovery) {
  experiment_record record;
  for (double at = 10; at <= 200; at += 10)
    record.append(happens(at, event_id::accuracy_deployed, "a", at < 100 || at == 120 || at >= 180 ? 0.8 : 0.1));
  record.append(happens(100, event_id::drift_injected, "a", 100, "dusk"));
  const auto result = summarize(record, facts_until(200));
  BOOST_TEST(result.all.response == 80.0); // never noticed: from the change
}

BOOST_AUTO_TEST_CASE(who_never_recovers_counts_for_as_long_as_was_watched) {
  experiment_record record;
  tell(record, "a", 1000, 200);
  tell(record, "b", 140, 200);
  const auto result = summarize(record, facts_until(200));
  BOOST_TEST(result.all.fallen == 2u);
  BOOST_TEST(result.all.answered == 1u);
  BOOST_TEST(result.all.response == 70.0); // half of them 40 s, the other half 100 s at least
}

BOOST_AUTO_TEST_CASE(a_camera_that_never_fell_waits_for_nothing) {
  experiment_record record;
  tell(record, "a", 100, 200);
  const auto result = summarize(record, facts_until(200));
  BOOST_TEST(result.all.changes == 1u);
  BOOST_TEST(result.all.fallen == 0u);
  BOOST_TEST(std::isnan(result.all.response));
}

BOOST_AUTO_TEST_CASE(an_empty_run_has_no_numbers_and_is_said_all_the_same) {
  const std::vector results{summarize({}, facts_until(0))};
  BOOST_TEST(std::isnan(results.front().all.mean));
  BOOST_TEST(to_table(results).find("SIMULATED") != std::string::npos);
  BOOST_TEST(to_json(results).find("\"map_mean\": null") != std::string::npos);
  BOOST_TEST(course_script(results).find("plot NaN") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_output_names_the_learner) {
  experiment_record record;
  tell(record, "a", 150, 200);
  for (const auto* learner : {"curve", "torch"}) {
    auto facts = facts_until(200);
    facts.learner = learner;
    const std::vector results{summarize(record, facts)};
    for (const auto& text : {to_table(results), to_json(results), to_json(results.front()), course_script(results)})
      BOOST_TEST(text.find(learner) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(systems_stand_side_by_side) {
  experiment_record record;
  tell(record, "a", 150, 200);
  std::vector results(2, summarize(record, facts_until(200)));
  results[1].facts.system = "naive";
  const auto table = to_table(results);
  BOOST_TEST(table.find("town (1)           ecco") != std::string::npos);
  BOOST_TEST(table.find("                   naive") != std::string::npos);
  const auto script = course_script(results);
  BOOST_TEST(script.find("index 1") != std::string::npos);
  BOOST_TEST(script.find("title 'naive'") != std::string::npos);
}

RC_BOOST_PROP(without_censoring_the_waiting_time_is_the_mean, (const std::vector<std::uint8_t>& spans)) {
  RC_PRE(!spans.empty());
  std::vector<waiting_time> times;
  double sum = 0;
  for (const auto span : spans) {
    times.push_back({static_cast<double>(span), true});
    sum += span;
  }
  RC_ASSERT(std::abs(mean_waiting(times) - sum / static_cast<double>(spans.size())) < 1e-9);
}

RC_BOOST_PROP(what_has_not_come_never_shortens_the_wait, (const std::vector<std::uint8_t>& spans, std::uint8_t which)) {
  RC_PRE(!spans.empty());
  std::vector<waiting_time> times;
  for (const auto span : spans)
    times.push_back({static_cast<double>(span), true});
  const auto all_came = mean_waiting(times);
  times[which % times.size()].came = false;
  RC_ASSERT(mean_waiting(times) >= all_came - 1e-9);
}

BOOST_AUTO_TEST_SUITE_END()
