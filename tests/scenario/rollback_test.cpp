// SPDX-License-Identifier: Apache-2.0
// What keeps a camera from a model that harms it: the check on old conditions before it is deployed, and the second look
// after. The (simulated) student forgets what it is not trained on.
#include <algorithm>

#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417};

/// Its world is in condition 1 from 60 s on, until it is in condition 0 again.
struct one_camera : simulated_fleet {
  one_camera() {
    curve.forgetting = 1;
    curve.scale = 50;
    initial_images = 100;
    before_drift = 0; // nobody rehearses condition 0
  }

  void begin(duration back) {
    start({"left"});
    add_worker("gpu0");
    add_camera("left", market,
               [=](duration now) { return static_cast<std::uint8_t>(now >= 60s && now < back ? 1 : 0); });
  }

  /// When the first model that a group learnt was deployed.
  duration deployed() const {
    const auto all_deployed = all(event_id::model_deployed, "left"); // the first is that of the hello
    return all_deployed.size() < 2 ? duration::max() : all_deployed[1].at;
  }
};

/// Its held-out frames from before the drift tell what a model forgot.
struct careful_camera : one_camera {
  careful_camera() { held_out_before_drift = 64; }

  void begin_with(old_conditions what) {
    gate.old = what;
    begin(1000s);
    advance(150s);
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_model_that_the_world_left_behind_at_once_is_taken_back, one_camera) {
  one_camera probe;
  probe.begin(1000s);
  probe.advance(150s);
  const auto when = probe.deployed();
  BOOST_TEST_REQUIRE((when < 150s));
  BOOST_TEST(!probe.happened(event_id::model_rolled_back)); // while the world stays, so does the model

  begin(when + 1s);
  advance(when + 40s);
  BOOST_TEST_REQUIRE((deployed() == when)); // the same run up to here: the gate let it pass on held-out frames
  const auto taken_back = all(event_id::model_rolled_back, "left");
  BOOST_TEST_REQUIRE(taken_back.size() == 1u);
  BOOST_TEST(taken_back.front().value == 1);
  BOOST_TEST(taken_back.front().text.find("but r1 had") != std::string::npos);
  // The camera has it, and measures as before the drift.
  const auto given = all(event_id::model_deployed, "left");
  BOOST_TEST(std::any_of(given.begin(), given.end(), [&](const event& what) {
    return what.value == 1 && what.at >= taken_back.front().at;
  }));
  BOOST_TEST(accuracy("left") > .6);
}

BOOST_FIXTURE_TEST_CASE(a_model_that_forgot_old_conditions_is_not_deployed_where_that_is_asked_for, careful_camera) {
  begin_with(old_conditions::refuse);
  BOOST_TEST(happened(event_id::model_forgot, "left"));
  BOOST_TEST((deployed() == duration::max()));
  BOOST_TEST(accuracy("left") < .1);
}

BOOST_FIXTURE_TEST_CASE(a_model_that_forgot_old_conditions_is_told_of_and_deployed_where_that_will_do, careful_camera) {
  begin_with(old_conditions::warn);
  BOOST_TEST(happened(event_id::model_forgot, "left"));
  BOOST_TEST((deployed() < 150s));
  BOOST_TEST(accuracy("left") > .6);
}

BOOST_FIXTURE_TEST_CASE(a_model_that_forgot_nothing_passes_the_check_on_old_conditions, careful_camera) {
  curve.forgetting = 0;
  begin_with(old_conditions::refuse);
  BOOST_TEST(!happened(event_id::model_forgot, "left"));
  BOOST_TEST((deployed() < 150s));
  BOOST_TEST(accuracy("left") > .6);
}
