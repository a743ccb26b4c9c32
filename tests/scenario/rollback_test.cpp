// SPDX-License-Identifier: Apache-2.0
// A model that was better when it was deployed and is worse a moment later is taken back by itself.
#include "support/simulated_fleet.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

constexpr location market{47.3769, 8.5417};

/// Its world is in condition 1 from 60 s on, until it is in condition 0 again, which whoever learnt 1 forgot.
struct one_camera : simulated_fleet {
  void begin(duration back) {
    curve.forgetting = 1;
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

} // namespace

BOOST_FIXTURE_TEST_CASE(a_model_that_the_world_left_behind_at_once_is_taken_back, one_camera) {
  one_camera probe;
  probe.begin(1000s);
  probe.advance(150s);
  const auto when = probe.deployed();
  BOOST_TEST_REQUIRE((when < 150s));
  BOOST_TEST(!probe.happened(event_id::model_rolled_back));

  begin(when + 1s);
  advance(when + 30s);
  BOOST_TEST_REQUIRE((deployed() == when));
  const auto taken_back = all(event_id::model_rolled_back, "left");
  BOOST_TEST_REQUIRE(taken_back.size() >= 1u);
  BOOST_TEST(taken_back.front().value == 1);
  BOOST_TEST(taken_back.front().text.find("but r1 had") != std::string::npos);
  BOOST_TEST(accuracy("left") > 0.7);
}
