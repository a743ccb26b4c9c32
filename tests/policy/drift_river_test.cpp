// SPDX-License-Identifier: Apache-2.0
// Our textbook detectors against river's (make_drift_fixtures.py made the file): drifts at the same values, and the
// numbers behind them equal to nine digits.
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/policy/drift_adwin.hpp"
#include "runtime/policy/drift_kswin.hpp"
#include "runtime/policy/drift_page_hinkley.hpp"

using namespace ecco;

namespace {

struct row {
  double value = 0;
  bool ph = false;
  double fallen = 0, risen = 0;
  bool adwin = false;
  double width = 0, total = 0, spread = 0;
  bool kswin = false;
  double p_value = 0;
};

std::vector<row> fixture() {
  std::ifstream in{ECCO_TEST_DATA "/policy/river_drift.txt"};
  std::vector<row> out;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words{line};
    row r;
    if (line.starts_with('#'))
      continue;
    words >> r.value >> r.ph >> r.fallen >> r.risen >> r.adwin >> r.width >> r.total >> r.spread >> r.kswin >> r.p_value;
    BOOST_REQUIRE(words);
    out.push_back(r);
  }
  BOOST_REQUIRE(out.size() == 800u);
  return out;
}

void same(double ours, double theirs, std::size_t line) {
  BOOST_REQUIRE_MESSAGE(std::abs(ours - theirs) <= 1e-9 + 1e-8 * std::abs(theirs),
                        "line " << line << ": " << ours << ", river " << theirs);
}

} // namespace

BOOST_AUTO_TEST_SUITE(drift_river)

BOOST_AUTO_TEST_CASE(page_hinkley_is_rivers) {
  page_hinkley ours{{30, 0.005, 2, 0.9999}};
  std::size_t line = 0, changes = 0;
  for (const auto& r : fixture()) {
    const auto said = ours.add(r.value);
    BOOST_REQUIRE_MESSAGE((said != change::none) == r.ph, "line " << ++line);
    same(ours.fallen(), r.fallen, line);
    same(ours.risen(), r.risen, line);
    changes += r.ph;
  }
  BOOST_TEST(changes == 4u);
}

BOOST_AUTO_TEST_CASE(adwin_is_rivers) {
  adwin ours;
  std::size_t line = 0, changes = 0;
  for (const auto& r : fixture()) {
    const auto said = ours.add(r.value);
    BOOST_REQUIRE_MESSAGE((said != change::none) == r.adwin, "line " << ++line);
    same(ours.width(), r.width, line);
    same(ours.total(), r.total, line);
    same(ours.spread(), r.spread, line);
    changes += r.adwin;
  }
  BOOST_TEST(changes == 3u);
}

BOOST_AUTO_TEST_CASE(kswin_is_rivers_with_the_same_draws) {
  kswin ours;
  std::size_t line = 0, changes = 0;
  for (const auto& r : fixture()) {
    const auto said = ours.add(r.value);
    BOOST_REQUIRE_MESSAGE((said != change::none) == r.kswin, "line " << ++line);
    same(ours.p_value(), r.p_value, line);
    changes += r.kswin;
  }
  BOOST_TEST(changes == 6u);
}

BOOST_AUTO_TEST_CASE(a_fall_is_told_from_a_rise) {
  page_hinkley ph{{30, 0.005, 2, 0.9999}};
  adwin windows;
  kswin samples;
  for (change_detector* each : std::initializer_list<change_detector*>{&ph, &windows, &samples}) {
    auto after_fall = change::none, after_rise = change::none; // the stream falls at 200 and rises at 350
    int at = 0;
    for (const auto& r : fixture()) {
      const auto said = each->add(r.value);
      auto& first = at < 350 ? after_fall : after_rise;
      if (at++ >= 200 && first == change::none)
        first = said;
    }
    BOOST_TEST((after_fall == change::fall));
    BOOST_TEST((after_rise == change::rise));
  }
}

BOOST_AUTO_TEST_CASE(the_exact_probabilities_are_those_of_small_tables) {
  // Two samples of one value are always a whole step apart; of two values, in 2 of 6 orders two steps.
  BOOST_TEST(ks_p_value(1, 1) == 1, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(ks_p_value(2, 2) == 2. / 6, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(ks_p_value(2, 1) == 1, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(ks_p_value(30, 0) == 1);
  BOOST_TEST(ks_steps({1, 2, 3}, {1, 2, 3}) == 0u);
  BOOST_TEST(ks_steps({1, 1, 1}, {1, 2, 3}) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
