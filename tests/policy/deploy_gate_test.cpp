// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include "runtime/policy/deploy_gate.hpp"

using namespace ecco;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

camera_score score(double map50, std::uint32_t frames = 24, double error = 0) {
  return {camera_id{"gate"}, map50, map50, error, frames, 50};
}

gate_decision judge(double deployed, double candidate, std::uint32_t frames = 24) {
  return decide({score(candidate, frames), score(deployed, frames)}, gate_options{});
}

/// Better by .13 now; from `usual` to `now` on the frames before the drift.
gate_decision judge_old(old_conditions old, double usual, double now, std::uint32_t frames = 16, double error = 0) {
  gate_options options;
  options.old = old;
  gate_evidence evidence{score(.44), score(.31)};
  evidence.before_drift = {score(now, frames, error), score(usual, frames, error)};
  return decide(evidence, options);
}

double fraction_drawn() {
  return *rc::gen::inRange(0, 1001) / 1000.;
}

} // namespace

BOOST_AUTO_TEST_SUITE(deploy_gate)

BOOST_AUTO_TEST_CASE(a_better_model_is_deployed) {
  auto d = judge(.31, .44);
  BOOST_TEST(d.deploy);
  BOOST_TEST(d.why == "0.31 -> 0.44 on 24 held-out frames");
}

BOOST_AUTO_TEST_CASE(a_camera_keeps_what_serves_it_better) {
  auto d = judge(.44, .31);
  BOOST_TEST(!d.deploy);
  BOOST_TEST(d.why == "0.44 -> 0.31 on 24 held-out frames: not better by 0.01");
}

BOOST_AUTO_TEST_CASE(better_means_by_the_margin) {
  BOOST_TEST(!judge(.30, .305).deploy);
  for (int i = 0; i < 99; ++i)
    BOOST_TEST(judge(i / 100., (i + 1) / 100.).deploy);
}

BOOST_AUTO_TEST_CASE(better_means_beyond_the_noise_of_both_scores) {
  const gate_options options; // .05 of noise in the difference
  BOOST_TEST(decide({score(.36, 24, .03), score(.31, 24, .04)}, options).deploy);
  const auto within = decide({score(.35, 24, .03), score(.31, 24, .04)}, options);
  BOOST_TEST(!within.deploy);
  BOOST_TEST(within.why == "0.31 -> 0.35 on 24 held-out frames: not beyond noise (0.05)");
  auto careless = options;
  careless.standard_errors = 0;
  BOOST_TEST(decide({score(.35, 24, .03), score(.31, 24, .04)}, careless).deploy);
  BOOST_TEST(decide({score(.35, 24, unknown), score(.31, 24, unknown)}, options).deploy); // unknown noise is none
}

BOOST_AUTO_TEST_CASE(few_frames_decide_nothing) {
  auto d = judge(.1, .9, 7);
  BOOST_TEST(!d.deploy);
  BOOST_TEST(d.why == "only 7 held-out frames, 8 are needed");
  BOOST_TEST(judge(.1, .9, 8).deploy);
}

BOOST_AUTO_TEST_CASE(scores_that_are_undefined_deploy_nothing) {
  BOOST_TEST(!judge(.1, std::nan("")).deploy);
  BOOST_TEST(!judge(std::nan(""), .9).deploy);
  BOOST_TEST(judge(std::nan(""), std::nan("")).why == "no object on its 24 held-out frames");
}

BOOST_AUTO_TEST_CASE(a_camera_without_a_model_takes_the_first_that_sees_anything) {
  BOOST_TEST(judge(0, .02).deploy);
  BOOST_TEST(!judge(0, 0).deploy);
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_ignored_told_or_held_against_the_candidate) {
  const auto ignored = judge_old(old_conditions::ignore, .62, .2);
  BOOST_TEST(ignored.deploy);
  BOOST_TEST(ignored.forgot == "");
  const auto warned = judge_old(old_conditions::warn, .62, .2);
  BOOST_TEST(warned.deploy);
  BOOST_TEST(warned.forgot == "0.62 -> 0.20 on 16 frames from before the drift");
  const auto refused = judge_old(old_conditions::refuse, .62, .2);
  BOOST_TEST(!refused.deploy);
  BOOST_TEST(refused.why
             == "0.31 -> 0.44 on 24 held-out frames, but it forgot: 0.62 -> 0.20 on 16 frames from before the drift");
}

BOOST_AUTO_TEST_CASE(a_little_may_be_forgotten) {
  BOOST_TEST(judge_old(old_conditions::refuse, .62, .52).deploy);
  BOOST_TEST(!judge_old(old_conditions::refuse, .62, .51).deploy);
  BOOST_TEST(judge_old(old_conditions::refuse, .62, .9).deploy);
}

BOOST_AUTO_TEST_CASE(what_the_old_frames_do_not_tell_is_not_held_against_the_candidate) {
  BOOST_TEST(judge_old(old_conditions::refuse, .62, .2, 7).deploy);        // few
  BOOST_TEST(judge_old(old_conditions::refuse, .62, .2, 16, .3).deploy);   // noisy: .42 of .42
  BOOST_TEST(judge_old(old_conditions::refuse, unknown, .2).deploy);           // empty
  BOOST_TEST(judge_old(old_conditions::refuse, .62, unknown).deploy);
  gate_options refuse;
  refuse.old = old_conditions::refuse;
  BOOST_TEST(decide({score(.44), score(.31)}, refuse).deploy); // there are none
}

BOOST_AUTO_TEST_CASE(a_model_that_is_worse_than_what_it_replaced_is_regretted) {
  const gate_options options;
  const auto why = regret(score(.31, 12, .03), score(.52, 12, .04), 3, options);
  BOOST_TEST_REQUIRE(why.has_value());
  BOOST_TEST(*why == "0.31, but r3 had 0.52 on 12 held-out frames");
  BOOST_TEST(!regret(score(.43, 12, .03), score(.52, 12, .04), 3, options)); // two standard errors are .10
  BOOST_TEST(!regret(score(.52, 12), score(.31, 12), 3, options));
  BOOST_TEST(!regret(score(.31, 7), score(.52, 7), 3, options));    // too few frames
  BOOST_TEST(!regret(score(.31, 12), score(.52, 11), 3, options));  // not the same frames
  BOOST_TEST(!regret(score(unknown, 12), score(.52, 12), 3, options));
  BOOST_TEST(!regret(score(.31, 12), score(unknown, 12), 3, options));
  BOOST_TEST(!regret(score(.52, 12), score(.525, 12), 3, options)); // less than anybody deploys for
}

BOOST_AUTO_TEST_CASE(nothing_is_deployed_that_would_be_regretted_at_once) {
  BOOST_TEST(rc::check("a deployed candidate is no worse on the frames that decided", [] {
    gate_options options;
    options.margin = fraction_drawn();
    options.standard_errors = *rc::gen::inRange(0, 4);
    const auto frames = *rc::gen::inRange(0u, 40u);
    const auto before = score(fraction_drawn(), frames, fraction_drawn() / 5),
               after = score(fraction_drawn(), frames, fraction_drawn() / 5);
    if (decide({after, before}, options).deploy)
      RC_ASSERT(!regret(after, before, 1, options));
  }));
}

BOOST_AUTO_TEST_CASE(a_stricter_gate_deploys_nothing_that_a_milder_one_refused) {
  BOOST_TEST(rc::check("strictness only takes away", [] {
    gate_options mild, strict;
    mild.old = old_conditions::ignore;
    strict.old = old_conditions::refuse;
    mild.standard_errors = *rc::gen::inRange(0, 3);
    strict.standard_errors = mild.standard_errors + *rc::gen::inRange(0, 3);
    gate_evidence evidence{score(fraction_drawn(), 20, fraction_drawn() / 5),
                           score(fraction_drawn(), 20, fraction_drawn() / 5)};
    evidence.before_drift = {score(fraction_drawn(), 20), score(fraction_drawn(), 20)};
    if (decide(evidence, strict).deploy)
      RC_ASSERT(decide(evidence, mild).deploy);
  }));
}

BOOST_AUTO_TEST_SUITE_END()
