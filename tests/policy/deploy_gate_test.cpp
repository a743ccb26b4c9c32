// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "runtime/policy/deploy_gate.hpp"

using namespace ecco;

namespace {

gate_decision judge(double deployed, double candidate, std::uint32_t frames = 24) {
  auto score = [=](double map50) { return camera_score{camera_id{"gate"}, map50, map50, .02, frames, 50}; };
  return decide({score(candidate), score(deployed)}, gate_options{});
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

BOOST_AUTO_TEST_SUITE_END()
