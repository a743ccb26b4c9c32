// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/profile_log.hpp"

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>

#include <boost/test/unit_test.hpp>
#include <stdlib.h>

using namespace ecco;

namespace {

const profile_facts facts{{"camera", "north"}, {"student", "yolo11p 192x160"}};

profile_record a_run(double devices, double fps, double accuracy) {
  return {devices, {fps, {128, 96}}, accuracy, .01, 60, 800, 9'830'400, 1.5, 6};
}

struct a_folder {
  std::filesystem::path path, file;

  a_folder() {
    auto name = (std::filesystem::temp_directory_path() / "ecco-profile-XXXXXX").string();
    BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
    file = path / "runs.jsonl";
  }
  ~a_folder() { std::filesystem::remove_all(path); }

  std::string text() const {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  void write(const std::string& content) const { std::ofstream{file, std::ios::binary} << content; }

  std::string complaint(const profile_facts& of = facts) const {
    const auto opened = profile_log::open(file, of);
    return opened ? "" : opened.error().what.substr(path.string().size() + 1);
  }

  /// Two runs, written and closed.
  void fill() const {
    auto log = profile_log::open(file, facts);
    BOOST_REQUIRE(log);
    BOOST_REQUIRE(log->append(a_run(.1, 1, .25)));
    BOOST_REQUIRE(log->append(a_run(.5, 2, .5)));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(profile_logs)

BOOST_FIXTURE_TEST_CASE(finished_runs_are_there_at_the_next_start, a_folder) {
  fill();
  const auto log = profile_log::open(file, facts);
  BOOST_REQUIRE(log);
  BOOST_TEST_REQUIRE(log->runs().size() == 2u);
  BOOST_TEST((log->runs()[0] == a_run(.1, 1, .25)));
  BOOST_TEST((log->runs()[1] == a_run(.5, 2, .5)));
  BOOST_TEST(log->has(.5, {2, {128, 96}}));
  BOOST_TEST(!log->has(.5, {1, {128, 96}}));
  BOOST_TEST(!log->has(.1, {2, {128, 96}}));
}

BOOST_FIXTURE_TEST_CASE(killed_at_any_byte_it_loses_the_run_in_progress_at_most, a_folder) {
  fill();
  const auto whole = text();
  const auto first = whole.find('\n') + 1, second = whole.find('\n', first) + 1;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write(whole.substr(0, size));
    auto log = profile_log::open(file, facts);
    BOOST_REQUIRE_MESSAGE(log, (log ? "" : log.error().what));
    BOOST_TEST(log->runs().size() == (size < second ? 0u : size < whole.size() ? 1u : 2u));
    // And goes on as if nothing had been.
    BOOST_REQUIRE(log->append(a_run(1, 5, .75)));
    BOOST_TEST(log->has(1, {5, {128, 96}}));
  }
  BOOST_TEST(text().find("\n\n") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(runs_of_other_circumstances_are_not_mixed_in, a_folder) {
  fill();
  auto others = facts;
  others["student"] = "yolo11n 640x640";
  BOOST_TEST(complaint(others)
             == "runs.jsonl: its runs had student \"yolo11p 192x160\", but now it is \"yolo11n 640x640\"");
  BOOST_TEST(complaint() == "");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_results_file_is_refused_by_line_and_left_alone, a_folder) {
  fill();
  const auto head = text().substr(0, text().find('\n') + 1);
  const std::pair<std::string, const char*> cases[] = {
      {"shopping list\n", "runs.jsonl:1: is no results file of `ecco profile`"},
      {"{\"ecco_profile\": 2, \"facts\": {}}\n", "runs.jsonl:1: is no results file of `ecco profile`"},
      {"[]\n", "runs.jsonl:1: is no results file of `ecco profile`"},
      {head + "{}\n", "runs.jsonl:2: is no run of a profile"},
      {head + to_json(a_run(.1, 1, .25)) + "\nx\n", "runs.jsonl:3: is no run of a profile"},
      {head + to_json(a_run(7, 1, .25)) + "\n", "runs.jsonl:2: is no run of a profile"},
      {head + to_json(a_run(.1, 1e9, .25)) + "\n", "runs.jsonl:2: is no run of a profile"},
  };
  for (const auto& [content, expected] : cases) {
    write(content);
    BOOST_TEST(complaint() == expected);
    BOOST_TEST(text() == content);
  }
}

BOOST_FIXTURE_TEST_CASE(two_profilers_do_not_write_one_file, a_folder) {
  const auto log = profile_log::open(file, facts);
  BOOST_REQUIRE(log);
  const auto other = profile_log::open(file, facts);
  BOOST_REQUIRE(!other);
  BOOST_TEST((other.error().code == ec::unavailable));
}

BOOST_FIXTURE_TEST_CASE(an_accuracy_that_is_not_known_stays_so, a_folder) {
  auto log = profile_log::open(file, facts);
  BOOST_REQUIRE(log);
  BOOST_REQUIRE(log->append(a_run(1, 1, std::numeric_limits<double>::quiet_NaN())));
  const auto moved = std::move(*log);
  BOOST_TEST(std::isnan(moved.runs()[0].accuracy));
  BOOST_TEST(text().find("\"map50\":null") != std::string::npos);
  BOOST_TEST(table_of(moved.runs()).levels.empty());
}

BOOST_AUTO_TEST_CASE(budgets_of_the_table_are_in_measured_pixels) {
  // 9.8304 million pixels in 6 s each.
  const std::vector<profile_record> runs{a_run(.1, 1, .25), a_run(.1, 2, .2), a_run(.5, 2, .5), a_run(.5, 5, .4)};
  BOOST_TEST(pixel_rate_of(runs) == 1'638'400, boost::test_tools::tolerance(1e-9));
  const auto table = table_of(runs);
  BOOST_TEST_REQUIRE(table.levels.size() == 2u);
  BOOST_TEST(table.levels[0].budget == 163'840, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(table.levels[0].choice.fps == 1);
  BOOST_TEST(table.levels[1].choice.fps == 2);
  BOOST_TEST(pixel_rate_of({}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
