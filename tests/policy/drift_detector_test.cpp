// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <optional>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/base/random.hpp"
#include "runtime/policy/drift_detector.hpp"

using namespace ecco;

namespace {

constexpr drift_kind all_kinds[] = {drift_kind::relative, drift_kind::page_hinkley, drift_kind::adwin,
                                    drift_kind::kswin,    drift_kind::features,     drift_kind::agreement};

double normal(random_engine& random) {
  return std::sqrt(-2 * std::log(uniform(random) + 1e-300)) * std::cos(6.283185307179586 * uniform(random));
}

/// A camera with little noise: confidence, people, and features around `level`, each.
drift_observation an_observation(random_engine& random, double confidence, double count, double level) {
  drift_observation out{confidence + .02 * normal(random), std::round(count + .4 * normal(random)), {}};
  for (int i = 0; i < 16; ++i)
    out.features.push_back(static_cast<float>(level + .1 * normal(random)));
  return out;
}

drift_detector_options options_of(drift_kind kind) {
  drift_detector_options out;
  out.kind = kind;
  out.kswin.alpha = 1e-6; // it tests every frame: at the textbook's .005 chance alone alarms before long
  return out;
}

/// Frames from a change until the alarm.
std::optional<int> delay(drift_detector& detector, random_engine& random, double confidence, double count, double level,
                         int patience) {
  for (int i = 0; i < patience; ++i)
    if (detector.add(an_observation(random, confidence, count, level)))
      return i;
  return std::nullopt;
}

bool stays_calm(drift_detector& detector, random_engine& random, int frames) {
  return !delay(detector, random, .6, 6, 1, frames);
}

} // namespace

BOOST_AUTO_TEST_SUITE(drift_detectors)

BOOST_AUTO_TEST_CASE(every_detector_alarms_once_when_all_three_signals_change_and_again_after_a_reset) {
  for (const auto kind : all_kinds)
    BOOST_TEST_CONTEXT("kind " << static_cast<int>(kind)) {
      random_engine random{7};
      auto detector = make_drift_detector(options_of(kind));
      for (int round = 0; round < 2; ++round) {
        BOOST_TEST_REQUIRE(stays_calm(*detector, random, 500));
        BOOST_TEST(detector->cause() == "");
        BOOST_TEST(detector->score() < 1);
        BOOST_TEST_REQUIRE(delay(*detector, random, .25, 1, 3, 300).has_value());
        BOOST_TEST(detector->score() == 1);
        BOOST_TEST(detector->cause() != "");
        BOOST_TEST(!delay(*detector, random, 0, 0, 9, 200).has_value());
        detector->reset();
        BOOST_TEST(detector->score() == 0);
        BOOST_TEST(detector->cause() == "");
      }
    }
}

BOOST_AUTO_TEST_CASE(a_student_that_sees_more_and_surer_alarms_nobody) {
  for (const auto kind : all_kinds)
    BOOST_TEST_CONTEXT("kind " << static_cast<int>(kind)) {
      random_engine random{8};
      auto detector = make_drift_detector(options_of(kind));
      BOOST_TEST_REQUIRE(stays_calm(*detector, random, 500));
      BOOST_TEST(!delay(*detector, random, .9, 14, 1, 500).has_value());
    }
}

BOOST_AUTO_TEST_CASE(the_cause_is_named) {
  for (const auto kind : {drift_kind::relative, drift_kind::page_hinkley, drift_kind::adwin, drift_kind::kswin}) {
    random_engine random{9};
    auto detector = make_drift_detector(options_of(kind));
    BOOST_TEST_REQUIRE(stays_calm(*detector, random, 500));
    BOOST_TEST_REQUIRE(delay(*detector, random, .3, 6, 1, 500).has_value());
    BOOST_TEST(detector->cause() == "confidence");
    detector->reset();
    BOOST_TEST_REQUIRE(stays_calm(*detector, random, 500));
    BOOST_TEST_REQUIRE(delay(*detector, random, .6, 0, 1, 500).has_value());
    BOOST_TEST(detector->cause() == "count");
  }
}

BOOST_AUTO_TEST_CASE(agreement_needs_two_votes_at_about_the_same_time) {
  random_engine random{10};
  auto one = make_drift_detector(options_of(drift_kind::agreement));
  BOOST_TEST_REQUIRE(stays_calm(*one, random, 500));
  BOOST_TEST(!delay(*one, random, .3, 6, 1, 300).has_value());
  BOOST_TEST(one->score() < 1);

  auto two = make_drift_detector(options_of(drift_kind::agreement));
  BOOST_TEST_REQUIRE(stays_calm(*two, random, 500));
  BOOST_TEST(delay(*two, random, .3, 6, 3, 300).has_value());
  BOOST_TEST(two->cause() == "confidence and features");

  // The people leave for a minute; the light goes when that is forgotten.
  auto apart = make_drift_detector(options_of(drift_kind::agreement));
  BOOST_TEST_REQUIRE(stays_calm(*apart, random, 500));
  BOOST_TEST(!delay(*apart, random, .6, 0, 1, 60).has_value());
  BOOST_TEST_REQUIRE(stays_calm(*apart, random, 300));
  BOOST_TEST(!delay(*apart, random, .6, 6, 3, 60).has_value());
}

BOOST_AUTO_TEST_CASE(one_vote_is_enough_when_that_is_asked) {
  random_engine random{11};
  auto options = options_of(drift_kind::agreement);
  options.agreement.votes = 1;
  auto detector = make_drift_detector(options);
  BOOST_TEST_REQUIRE(stays_calm(*detector, random, 500));
  BOOST_TEST(delay(*detector, random, .3, 6, 1, 300).has_value());
  BOOST_TEST(detector->cause() == "confidence");
}

BOOST_AUTO_TEST_CASE(values_that_are_not_finite_are_passed_over_by_all) {
  const auto nan = std::nanf("");
  for (const auto kind : all_kinds) {
    random_engine random{12};
    auto detector = make_drift_detector(options_of(kind));
    auto twin = make_drift_detector(options_of(kind));
    for (int i = 0; i < 400; ++i) {
      const auto seen = an_observation(random, .6, 6, 1);
      auto broken = seen;
      broken.confidence = nan;
      broken.features.assign(16, INFINITY);
      BOOST_TEST_REQUIRE(!detector->add(broken));
      BOOST_TEST_REQUIRE(detector->add(seen) == twin->add(seen));
      BOOST_TEST_REQUIRE(detector->score() == twin->score());
    }
  }
}

BOOST_AUTO_TEST_CASE(only_two_of_them_look_at_features) {
  for (const auto kind : all_kinds)
    BOOST_TEST(looks_at_features(kind) == (kind == drift_kind::features || kind == drift_kind::agreement));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(drift_features)

BOOST_AUTO_TEST_CASE(usual_frames_are_about_one_away_from_the_centre) {
  random_engine random{1};
  feature_centre centre;
  std::vector<float> x(448);
  const auto draw = [&](double shift) {
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = static_cast<float>(static_cast<double>(i % 7) + shift + (1 + .1 * static_cast<double>(i % 5)) * normal(random));
  };
  for (int i = 0; i < 500; ++i) {
    draw(0);
    centre.add(x);
  }
  draw(0);
  BOOST_TEST(std::abs(centre.distance(x) - 1) < .1);
  draw(3);
  BOOST_TEST(centre.distance(x) > 2);
  BOOST_TEST(centre.distance(std::vector<float>(x.size(), 0)) > 1);
}

BOOST_AUTO_TEST_CASE(the_distance_is_that_of_the_formula) {
  feature_centre centre;
  for (const float x : {1.F, 3.F}) // mean 2, variance 1
    centre.add(std::vector{x, 10 * x}); // and mean 20, variance 100
  BOOST_TEST(centre.distance(std::vector{4.F, 20.F}) == std::sqrt(4. / 2), boost::test_tools::tolerance(1e-9));
  BOOST_TEST(centre.distance(std::vector{2.F, 20.F}) == 0);
  BOOST_TEST(feature_centre{}.distance({}) == 0);
}

BOOST_AUTO_TEST_CASE(a_feature_that_never_stirred_is_no_catastrophe_when_it_does) {
  random_engine random{2};
  feature_centre centre;
  std::vector<float> x(100);
  for (int i = 0; i < 300; ++i) {
    for (auto& one : x)
      one = static_cast<float>(normal(random));
    x[0] = 0;
    centre.add(x);
  }
  x[0] = .1F; // one standard deviation of what it is granted
  BOOST_TEST(centre.distance(x) < 1.5);
}

BOOST_AUTO_TEST_CASE(another_number_of_features_begins_anew) {
  random_engine random{3};
  feature_test test;
  for (int i = 0; i < 400; ++i)
    test.add(an_observation(random, .6, 6, 1).features);
  const std::vector<float> other(32, 5.F);
  for (int i = 0; i < 400; ++i)
    test.add(other);
  BOOST_TEST(test.score() == 0);
  test.add(std::vector<float>(feature_test::most_features + 1, 1.F));
  test.add({});
  BOOST_TEST(test.score() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
