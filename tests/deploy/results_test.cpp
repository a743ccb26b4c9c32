// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/results.hpp"

#include <cmath>
#include <limits>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "deploy/report/results_json.hpp"
#include "deploy/report/results_table.hpp"
#include "runtime/base/event_ids.hpp"
#include "tests/deploy/made_runs.hpp"

namespace ecco {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// One camera, "north", that drifts at 100 s: readings as (seconds, mAP@0.5), deployments in seconds.
camera_result north(const std::vector<accuracy_reading>& readings, const std::vector<double>& deployments,
                    double end = 200) {
  std::vector<event> events{made::at(100, event_id::drift_injected, {.camera = "north"}),
                            made::at(end, event_id::window_closed, {})};
  for (const auto& [at, map50] : readings)
    events.push_back(made::reading(at, "north", map50));
  for (const auto at : deployments)
    events.push_back(made::at(at, event_id::model_deployed, {.camera = "north"}));
  return summarize(made::run_of(std::move(events)), {1, "ecco", {{camera_id{"north"}, {}}}}).cameras.front();
}

camera_status north_that_sent(std::uint64_t bytes) {
  camera_status status;
  status.camera = camera_id{"north"};
  status.bytes_sent = bytes;
  return status;
}

} // namespace

BOOST_AUTO_TEST_SUITE(results)

BOOST_AUTO_TEST_CASE(each_mean_takes_the_readings_of_its_own_span) {
  const auto camera = north({{60, 0.1}, // too long before the drift
                             {75, 0.6},
                             {95, 0.8},
                             {105, 0.2},
                             {115, 0.3},
                             {125, 0.5}, // after the deployment
                             {171, 0.6},
                             {199, 0.7}},
                            {120});
  BOOST_TEST(camera.map_before == 0.7, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(camera.map_drifted == 0.25, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(camera.map_recovered == 0.65, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(camera.regained == 0.4 / 0.45, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(camera.deployed_at == 120);
  BOOST_TEST(camera.observed_for == 99);
}

BOOST_AUTO_TEST_CASE(the_truth_is_measured_over_the_same_spans_and_told_beside) {
  const auto in_truth = [](double at, double value) {
    return made::at(at, event_id::accuracy_truth, {.camera = "north", .value = value});
  };
  const auto taught = [](double at, double value) {
    return made::at(at, event_id::accuracy_teacher, {.camera = "north", .value = value});
  };
  std::vector<event> events{made::at(100, event_id::drift_injected, {.camera = "north"}),
                            made::at(120, event_id::model_deployed, {.camera = "north"}),
                            made::at(200, event_id::window_closed, {}), made::reading(95, "north", 0.8),
                            made::reading(105, "north", 0.2), made::reading(190, "north", 0.7)};
  const auto summary = [&] { return summarize(made::run_of(events), {1, "ecco", {{camera_id{"north"}, {}}}}); };
  const std::vector before{summary()};
  BOOST_TEST(!before[0].cameras[0].truth.is_known());
  BOOST_TEST(to_table(before).find("truth") == std::string::npos);
  for (auto more : {in_truth(60, .9), in_truth(95, .6), in_truth(105, .1), in_truth(115, .3), in_truth(150, .9),
                    in_truth(190, .5), taught(50, .8), taught(101, .4), taught(199, .6)})
    events.push_back(std::move(more));
  const std::vector after{summary()};
  const auto& truth = after[0].cameras[0].truth;
  BOOST_TEST(truth.map_before == .6);
  BOOST_TEST(truth.map_drifted == .2, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(truth.map_recovered == .5);
  BOOST_TEST(truth.teacher_before == .8);
  BOOST_TEST(truth.teacher_drifted == .5, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(after[0].cameras[0].map_before == before[0].cameras[0].map_before);
  BOOST_TEST(to_table(after).find("north             ecco             0.60     0.20       0.50          0.80 / 0.50\n")
             != std::string::npos);
  const auto document = nlohmann::json::parse(to_json(after[0]));
  BOOST_TEST(document["cameras"][0]["truth"]["teacher_drifted"] == .5);
  BOOST_TEST(nlohmann::json::parse(to_json(before[0]))["cameras"][0]["truth"].is_null());
}

BOOST_AUTO_TEST_CASE(recovery_needs_two_readings_in_a_row_above_half) {
  const std::vector<accuracy_reading> until{{90, 0.6}, {110, 0.2}};
  struct {
    std::vector<accuracy_reading> after;
    std::optional<double> expected;
  } const table[] = {
      {{{130, 0.41}, {140, 0.42}}, 30},
      {{{130, 0.41}, {140, 0.39}, {150, 0.45}, {160, 0.45}}, 50},
      {{{130, 0.39}, {140, 0.45}}, std::nullopt},
      {{{130, 0.39}, {140, 0.39}}, std::nullopt},
      {{}, std::nullopt},
  };
  for (const auto& row : table) {
    auto readings = until;
    readings.insert(readings.end(), row.after.begin(), row.after.end());
    BOOST_TEST((north(readings, {120}).seconds_to_recover == row.expected));
  }
}

BOOST_AUTO_TEST_CASE(good_readings_before_a_deployment_are_no_recovery) {
  const auto camera = north({{90, 0.6}, {101, 0.6}, {102, 0.6}, {110, 0.1}, {115, 0.1}, {150, 0.2}}, {120});
  BOOST_TEST(!camera.seconds_to_recover);
}

BOOST_AUTO_TEST_CASE(a_camera_that_never_got_a_model_has_no_recovery_and_says_how_long_it_was_watched) {
  const auto camera = north({{90, 0.6}, {110, 0.2}, {180, 0.6}, {190, 0.6}}, {});
  BOOST_TEST(std::isnan(camera.deployed_at));
  BOOST_TEST(!camera.seconds_to_recover);
  BOOST_TEST(camera.observed_for == 90);
}

BOOST_AUTO_TEST_CASE(drift_that_took_nothing_leaves_nothing_to_regain) {
  const auto camera = north({{90, 0.5}, {110, 0.495}, {150, 0.5}, {190, 0.5}}, {120});
  BOOST_TEST(std::isnan(camera.regained));
  BOOST_TEST(!camera.seconds_to_recover);
}

BOOST_AUTO_TEST_CASE(without_readings_nothing_is_known) {
  for (const auto& readings : {std::vector<accuracy_reading>{}, {{90, nan}, {110, nan}, {190, nan}}}) {
    const auto camera = north(readings, {120});
    for (const double number :
         {camera.map_before, camera.map_drifted, camera.map_recovered, camera.regained, camera.observed_for})
      BOOST_TEST(std::isnan(number));
    BOOST_TEST(!camera.seconds_to_recover);
    BOOST_TEST(camera.accuracy.empty());
  }
}

BOOST_AUTO_TEST_CASE(readings_during_the_bootstrap_do_not_count_as_before) {
  auto run = made::run_of({made::reading(75, "north", 0.1), made::at(80, event_id::bootstrap_ended, {}),
                           made::reading(90, "north", 0.5),
                           made::at(100, event_id::drift_injected, {.camera = "north"})});
  const auto results = summarize(run, {1, "ecco", {{camera_id{"north"}, {}}}});
  BOOST_TEST(results.cameras.front().map_before == 0.5);
  BOOST_TEST(results.bootstrapped_at == 80);
}

BOOST_AUTO_TEST_CASE(a_camera_that_did_not_drift_is_measured_beside_those_that_did) {
  auto run = made::run_of({made::reading(90, "north", 0.5), made::reading(90, "hall", 0.7),
                           made::at(100, event_id::drift_injected, {.camera = "north"}),
                           made::reading(110, "hall", 0.6), made::reading(200, "hall", 0.65)});
  const auto results = summarize(run, {1, "ecco", {{camera_id{"north"}, {}}, {camera_id{"hall"}, {}}}});
  const auto& hall = results.cameras.back();
  BOOST_TEST(hall.map_before == 0.7);
  BOOST_TEST(std::isnan(hall.map_drifted));
  BOOST_TEST(hall.map_recovered == 0.65);
  BOOST_TEST(std::isnan(hall.drift_at));
}

BOOST_AUTO_TEST_CASE(the_drift_time_given_wins_over_the_one_recorded) {
  auto run =
      made::run_of({made::at(5, event_id::drift_injected, {.camera = "north", .text = "first filter"})});
  const auto results = summarize(run, {1, "ecco", {{camera_id{"north"}, std::chrono::seconds{60}}}});
  BOOST_TEST(results.cameras.front().drift_at == 60);
}

BOOST_AUTO_TEST_CASE(members_of_a_group_have_a_beginning_and_an_end) {
  const auto results = summarize(
      made::run_of(
          {made::at(10, event_id::group_opened, {.camera = "a", .group = 3, .text = "no group fits"}),
           made::at(10, event_id::group_joined, {.camera = "a", .group = 3}),
           made::at(12, event_id::group_joined, {.camera = "b", .group = 3, .text = "+0.1"}),
           made::at(20, event_id::group_left, {.camera = "b", .group = 3, .text = "fell"}),
           made::at(30, event_id::group_joined, {.camera = "b", .group = 3}),
           made::at(40, event_id::group_ended, {.group = 3}),
           made::at(50, event_id::group_opened, {.camera = "a", .group = 4})}),
      {});
  BOOST_REQUIRE(results.groups.size() == 2u);
  const auto& members = results.groups[0].members;
  BOOST_REQUIRE(members.size() == 3u);
  BOOST_TEST(members[0].camera == "a");
  BOOST_TEST(members[0].why_joined == "no group fits");
  BOOST_TEST((members[0].to == 40.0));
  BOOST_TEST(members[1].from == 12);
  BOOST_TEST((members[1].to == 20.0));
  BOOST_TEST(members[1].why_left == "fell");
  BOOST_TEST(members[2].from == 30);
  BOOST_TEST(!results.groups[1].members[0].to);
}

BOOST_AUTO_TEST_CASE(gpu_time_is_counted_by_use_and_by_group) {
  const auto results = summarize(
      made::run_of({made::at(4, event_id::grant_done, {.group = 1, .worker = "w", .window = 1, .value = 2}),
                    made::at(4, event_id::gpu_busy, {.worker = "w", .value = 1.5, .text = "train"}),
                    made::at(4, event_id::gpu_busy, {.worker = "w", .value = 0.5, .text = "evaluate"}),
                    made::at(5, event_id::gpu_busy, {.worker = "w", .value = 0.25, .text = "label"}),
                    made::at(6, event_id::gpu_busy, {.worker = "w", .value = nan, .text = "label"})}),
      {});
  BOOST_TEST(results.gpu.train == 1.5);
  BOOST_TEST(results.gpu.evaluate == 0.5);
  BOOST_TEST(results.gpu.label == 0.25);
  BOOST_TEST(results.gpu.total() == 2.25);
  BOOST_TEST(results.groups.at(0).gpu_seconds == 2);
  BOOST_TEST(results.groups.at(0).slices.at(0).from == 2);
  BOOST_TEST(results.groups.at(0).slices.at(0).to == 4);
}

// -- JSON and table ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(json_has_the_promised_fields) {
  const auto document = nlohmann::json::parse(to_json(summarize(made::demo_like(), made::demo_facts())));
  BOOST_TEST(document.at("seed") == 7);
  BOOST_TEST(document.at("policy") == "ecco");
  BOOST_TEST(document.at("bytes_sent") == 16'800'000);
  BOOST_TEST(document.at("gpu_seconds").get<double>() == 182.4, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(document.at("cameras").size() == 4u);
  for (const auto& camera : document.at("cameras")) {
    BOOST_TEST(camera.at("name").is_string());
    for (const auto* field : {"map_before", "map_drifted", "map_recovered", "seconds_to_recover"})
      BOOST_TEST(camera.at(field).is_number());
  }
  const auto& member = document.at("groups").at(0).at("members").at(2);
  BOOST_TEST(member.at("camera") == "gate");
  BOOST_TEST(member.at("from") == 99);
  BOOST_TEST(member.at("to") == 200);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_null_in_json) {
  const auto document =
      nlohmann::json::parse(to_json(summarize({}, {1, "ecco", {{camera_id{"north"}, {}}}})));
  const auto& camera = document.at("cameras").at(0);
  for (const auto* field : {"map_before", "map_drifted", "map_recovered", "seconds_to_recover", "drift_at"})
    BOOST_TEST(camera.at(field).is_null());
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_still_gives_json) {
  const auto results =
      summarize(made::run_of({made::at(1, event_id::group_ended, {.group = 1, .text = "\xff\xfe"})}), {});
  BOOST_TEST(nlohmann::json::accept(to_json(results)));
}

BOOST_AUTO_TEST_CASE(several_runs_are_one_document) {
  run_results runs[2];
  runs[1].policy = "independent";
  const auto document = nlohmann::json::parse(to_json(runs));
  BOOST_TEST(document.at("runs").at(1).at("policy") == "independent");
}

BOOST_AUTO_TEST_CASE(the_table_sets_policies_side_by_side) {
  auto run = summarize(made::demo_like(), made::demo_facts());
  run.cameras.resize(2);
  run.groups.resize(1);
  auto other = run;
  other.policy = "independent";
  other.cameras[1].map_recovered = nan;
  other.cameras[1].seconds_to_recover.reset();
  const run_results runs[] = {run, other};
  const auto table = to_table(runs);
  BOOST_TEST(table.starts_with(
      R"(camera            policy         before  drifted  recovered  regained  half back
north             ecco             0.62     0.24       0.56      83 %       50 s
                  independent      0.62     0.24       0.56      83 %       50 s
yard              ecco             0.58     0.21       0.52      86 %       42 s
                  independent      0.58     0.21          -      86 %    > 210 s
mean of drifted   ecco             0.60     0.22       0.54      85 %       46 s
                  independent      0.60     0.22       0.56      85 %          -

ecco: 5:00 min, seed 7; GPU 182.4 s (train 144.0, evaluate 38.4, label 0.0)
  video       16.8 MB sent
  g-0001     119.7 s  north 1:36-, yard 1:38-, gate 1:39-3:20
)"));
}

BOOST_AUTO_TEST_CASE(systems_are_compared_by_accuracy_response_gpu_time_and_bytes) {
  auto run = summarize(made::demo_like(), made::demo_facts());
  run.cameras.resize(2);
  run.cameras[0].accuracy = {{90, .9}, {110, .2}, {200, .6}}; // drifts at 90: the first counts
  run.cameras[0].drift_at = 90;
  run.cameras[1].drift_at = nan; // one that did not drift counts nowhere
  auto other = run;
  other.policy = "naive";
  other.cameras[0].seconds_to_recover.reset();
  other.cameras[0].truth.accuracy = {{80, 1}, {100, .25}};
  const run_results runs[] = {run, other};
  const auto table = to_table(runs);
  BOOST_TEST(table.find(R"(system             since   truth            back          GPU       video
ecco                0.57       -    1 of 1, 50 s      182.4 s     16.8 MB
naive               0.57    0.25          0 of 1      182.4 s     16.8 MB
)") != std::string::npos, table);
  BOOST_TEST(to_table({&run, 1}).find("system ") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_table_is_never_wider_than_80) {
  auto run = summarize(made::demo_like(), made::demo_facts());
  run.groups.front().members.resize(40, {"a_camera_with_a_long_name", 3, 4, "", ""});
  run.cameras.push_back(run.cameras.front());
  run.cameras.back().name = std::string(63, 'x');
  run.cameras.front().truth.accuracy = {{100, .5}};
  const run_results runs[] = {run, run};
  std::istringstream table{to_table(runs)};
  for (std::string line; std::getline(table, line);)
    BOOST_TEST(line.size() <= 80u, line);
}

BOOST_AUTO_TEST_SUITE_END()

// -- record -----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_SUITE(record)

BOOST_AUTO_TEST_CASE(the_oldest_events_are_forgotten_and_counted) {
  run_record record{3};
  for (int i = 0; i < 5; ++i)
    record.append(made::reading(i, "north", 0.5));
  const auto run = record.snapshot();
  BOOST_TEST(run.events.size() == 3u);
  BOOST_TEST(seconds_of(run.events.front().at) == 2);
  BOOST_TEST(run.forgotten == 2u);
}

BOOST_AUTO_TEST_CASE(bytes_of_a_restarted_camera_add_up) {
  run_record record;
  for (const std::uint64_t sent : {100, 300, 50, 80})
    record.append(north_that_sent(sent));
  BOOST_TEST(record.snapshot().cameras.at(camera_id{"north"}).bytes_sent == 380u);
}

BOOST_AUTO_TEST_CASE(threads_may_append_while_another_reads) {
  run_record record;
  {
    std::jthread first{[&] {
      for (int i = 0; i < 1000; ++i)
        record.append(made::reading(i, "a", 0.5));
    }};
    std::jthread second{[&] {
      for (int i = 0; i < 1000; ++i)
        record.append(made::reading(i, "b", 0.5));
    }};
    for (int i = 0; i < 10; ++i)
      BOOST_TEST(record.snapshot().events.size() <= 2000u);
  }
  BOOST_TEST(record.snapshot().events.size() == 2000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ecco
