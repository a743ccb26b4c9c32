// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "deploy/options/policy_options.hpp"

BOOST_AUTO_TEST_SUITE(policy_options)

using namespace ecco;

BOOST_AUTO_TEST_CASE(the_check_of_an_alarm_follows_the_drop_that_takes_a_member_out) {
  settings from;
  BOOST_TEST(alarm_check_of(from).drop == 0.2);
  from.policy.drop = 0.35;
  BOOST_TEST(alarm_check_of(from).drop == 0.35);
}

BOOST_AUTO_TEST_CASE(unless_somebody_says_otherwise_the_settings_are_the_defaults_of_the_policies) {
  const auto made = drift_detector_of(settings{});
  const drift_detector_options usual;
  BOOST_TEST((made.kind == usual.kind));
  BOOST_TEST(made.relative.warm_up == usual.relative.warm_up);
  BOOST_TEST(made.relative.confidence_delta == usual.relative.confidence_delta);
  BOOST_TEST(made.relative.confidence_threshold == usual.relative.confidence_threshold);
  BOOST_TEST(made.relative.count_delta == usual.relative.count_delta);
  BOOST_TEST(made.relative.count_threshold == usual.relative.count_threshold);
  BOOST_TEST(made.page_hinkley.least_values == usual.page_hinkley.least_values);
  BOOST_TEST(made.page_hinkley.delta == usual.page_hinkley.delta);
  BOOST_TEST(made.page_hinkley.threshold == usual.page_hinkley.threshold);
  BOOST_TEST(made.page_hinkley.forgetting == usual.page_hinkley.forgetting);
  BOOST_TEST(made.adwin.delta == usual.adwin.delta);
  BOOST_TEST(made.adwin.clock == usual.adwin.clock);
  BOOST_TEST(made.adwin.most_buckets == usual.adwin.most_buckets);
  BOOST_TEST(made.adwin.least_side == usual.adwin.least_side);
  BOOST_TEST(made.adwin.grace == usual.adwin.grace);
  BOOST_TEST(made.kswin.alpha == usual.kswin.alpha);
  BOOST_TEST(made.kswin.window == usual.kswin.window);
  BOOST_TEST(made.kswin.recent == usual.kswin.recent);
  BOOST_TEST(made.features.reference == usual.features.reference);
  BOOST_TEST(made.features.delta == usual.features.delta);
  BOOST_TEST(made.features.threshold == usual.features.threshold);
  BOOST_TEST(made.agreement.votes == usual.agreement.votes);
  BOOST_TEST(made.agreement.within == usual.agreement.within);
}

BOOST_AUTO_TEST_CASE(the_gate_is_as_strict_as_the_settings_say) {
  settings from;
  const gate_options usual;
  const auto made = gate_of(from);
  BOOST_TEST(made.margin == usual.margin);
  BOOST_TEST(made.standard_errors == usual.standard_errors);
  BOOST_TEST(made.least_frames == usual.least_frames);
  BOOST_TEST((made.old == usual.old));
  BOOST_TEST(made.most_forgotten == usual.most_forgotten);
  BOOST_TEST(held_out_before_drift_of(from) == 0u); // nobody looks, so nobody carries them along
  from.deploy = {.2, 3, 5, old_conditions::warn, .4, true};
  const auto strict = gate_of(from);
  BOOST_TEST((strict.margin == .2 && strict.standard_errors == 3 && strict.least_frames == 5u
              && strict.old == old_conditions::warn && strict.most_forgotten == .4));
  BOOST_TEST(held_out_before_drift_of(from) > strict.least_frames);
  BOOST_TEST(second_looks_of(from).has_value());
  from.deploy.roll_back = false;
  BOOST_TEST(!second_looks_of(from).has_value());
}

BOOST_AUTO_TEST_CASE(the_zoo_is_as_the_settings_say) {
  settings from;
  const zoo_options usual;
  BOOST_TEST((zoo_of(from).mode == usual.mode && zoo_of(from).capacity == usual.capacity
              && zoo_of(from).top == usual.top && zoo_of(from).margin == usual.margin));
  from.zoo = {zoo_mode::recl, 7, 2, .05};
  const auto made = zoo_of(from);
  BOOST_TEST((made.mode == zoo_mode::recl && made.capacity == 7u && made.top == 2u && made.margin == .05));
}

BOOST_AUTO_TEST_CASE(each_constant_of_a_detector_arrives_where_it_belongs) {
  settings from;
  from.drift.detector = drift_kind::kswin;
  from.drift.page_hinkley = {1, 2, 3, .75};
  from.drift.adwin = {.4, 5, 6, 7, 8};
  from.drift.kswin = {.3, 90, 20};
  from.drift.features = {11, 12, 13};
  from.drift.agreement = {3, 14};
  const auto made = drift_detector_of(from);
  BOOST_TEST((made.kind == drift_kind::kswin));
  BOOST_TEST((made.page_hinkley.least_values == 1u && made.page_hinkley.delta == 2 && made.page_hinkley.threshold == 3
              && made.page_hinkley.forgetting == .75));
  BOOST_TEST((made.adwin.delta == .4 && made.adwin.clock == 5u && made.adwin.most_buckets == 6u
              && made.adwin.least_side == 7u && made.adwin.grace == 8u));
  BOOST_TEST((made.kswin.alpha == .3 && made.kswin.window == 90u && made.kswin.recent == 20u));
  BOOST_TEST((made.features.reference == 11u && made.features.delta == 12 && made.features.threshold == 13));
  BOOST_TEST((made.agreement.votes == 3u && made.agreement.within == 14u));
}

BOOST_AUTO_TEST_SUITE_END()
