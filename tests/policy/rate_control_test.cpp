// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/rate_control.hpp"

#include <cmath>
#include <optional>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rate_control_test)

namespace {

constexpr auto period = 100ms;

rate_options an_uplink(rate_law law) {
  rate_options out;
  out.law = law;
  out.start = 1e6;
  out.kept = .5; // easy to reckon with
  return out;
}

/// Looks at a link every period, as a camera does.
struct a_camera {
  explicit a_camera(const rate_options& options) : control(options) { control.connect(at); }

  a_camera& see(const link_observation& seen, duration after = period) {
    control.observe(seen, at += after);
    return *this;
  }

  /// A period in which everything went well and there was enough to send.
  a_camera& see_calm(int periods = 1) {
    for (int i = 0; i < periods; ++i)
      see(calm());
    return *this;
  }

  link_observation calm() const {
    return {period, 50ms, 50ms, static_cast<std::uint64_t>(control.rate() * seconds_of(period) / 8), false, false};
  }

  link_observation loss() const {
    auto out = calm();
    out.lost = true;
    return out;
  }

  duration at = 10s;
  rate_control control;
};

link_observation any_observation() {
  link_observation out;
  const auto any_time = [] {
    return *rc::gen::oneOf(
        rc::gen::map(rc::gen::inRange(-1000, 5000), [](int ms) { return duration{ms * 1ms}; }),
        rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t ns) { return duration{ns / 4}; }));
  };
  out.busy = any_time();
  out.round_trip = any_time();
  out.least_round_trip = any_time();
  out.delivered = *rc::gen::arbitrary<std::uint64_t>();
  out.lost = *rc::gen::inRange(0, 5) == 0;
  out.marked = *rc::gen::inRange(0, 5) == 0;
  return out;
}

rate_options any_options() {
  rate_options out;
  out.law = static_cast<rate_law>(*rc::gen::inRange(0, 4));
  out.floor = *rc::gen::inRange(10'000, 1'000'000);
  out.ceiling = out.floor + *rc::gen::inRange(0, 10'000'000);
  out.start = *rc::gen::inRange(0, 20'000'000);
  return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_law_adds_what_it_says_each_period) {
  const auto gained = [](rate_law law, double weight) {
    a_camera one{an_uplink(law)};
    one.control.set_weight(weight);
    one.see_calm();
    return one.control.rate() - 1e6;
  };
  // A packet of 9600 bits every 50 ms for each Reno flow, and so twice in a period: 2 * 9600 / .05.
  BOOST_TEST(gained(rate_law::paper, .3) == .3 * 2 * 9600 / .05, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(gained(rate_law::aimd, 1) == 2 * 9600 / .05, boost::test_tools::tolerance(1e-9));
  // The reference round trip in place of the measured one: 40 kb/s.
  BOOST_TEST(gained(rate_law::corrected, 1) == 40e3, boost::test_tools::tolerance(.002));
  BOOST_TEST(gained(rate_law::corrected, 2.5) == 100e3, boost::test_tools::tolerance(.002));
  BOOST_TEST(gained(rate_law::fixed, 1) == 0);
}

BOOST_AUTO_TEST_CASE(one_congestion_costs_half_however_many_signs_it_has) {
  for (const auto law : {rate_law::paper, rate_law::corrected, rate_law::aimd}) {
    a_camera one{an_uplink(law)};
    one.see(one.loss());
    BOOST_TEST(one.control.rate() == 5e5);
    one.see(one.loss()); // sent before the decrease
    BOOST_TEST(one.control.rate() == 5e5);
    one.see(one.loss()); // not any more
    BOOST_TEST(one.control.rate() == 2.5e5);
  }
}

BOOST_AUTO_TEST_CASE(losses_echo_for_a_round_trip_when_it_is_longer_than_a_period) {
  a_camera one{an_uplink(rate_law::corrected)};
  auto lost = one.loss();
  lost.round_trip = lost.least_round_trip = 350ms;
  one.see(lost);
  for (int i = 0; i < 4; ++i) // until the look that begins after 350 ms
    one.see(lost);
  BOOST_TEST(one.control.rate() == 5e5);
  one.see(lost);
  BOOST_TEST(one.control.rate() == 2.5e5);
}

BOOST_AUTO_TEST_CASE(beta_changes_how_rough_a_rate_is_and_not_how_aggressive) {
  // Mean of a saw-tooth between kept * top and top, that loses every `losses` periods.
  const auto mean = [](double kept) {
    auto options = an_uplink(rate_law::corrected);
    options.kept = kept;
    options.ceiling = 1e9;
    options.floor = 1;
    a_camera one{options};
    double sum = 0, bits = 0;
    constexpr int looks = 200'000;
    for (int i = 0; i < looks; ++i) {
      bits += one.control.rate() * seconds_of(period);
      const auto lost = bits > 9600 * 2000; // a loss every 2000 packets
      one.see(lost ? one.loss() : one.calm());
      if (lost)
        bits = 0;
      sum += one.control.rate();
    }
    return sum / looks;
  };
  const auto halves = mean(.5), eighths = mean(.875);
  BOOST_TEST(std::abs(eighths / halves - 1) < .06, eighths << " and " << halves);
}

BOOST_AUTO_TEST_CASE(a_long_and_growing_queue_is_congestion_to_the_corrected_law_only) {
  const auto falls = [](rate_law law, duration queue, duration target = 100ms) {
    auto options = an_uplink(law);
    options.queue_target = target;
    a_camera one{options};
    auto seen = one.calm();
    seen.round_trip += queue;
    one.see(seen);
    return one.control.rate() < 1e6;
  };
  BOOST_TEST(falls(rate_law::corrected, 101ms));
  BOOST_TEST(!falls(rate_law::corrected, 100ms));
  BOOST_TEST(!falls(rate_law::corrected, 3s, 0s)); // switched off
  BOOST_TEST(!falls(rate_law::paper, 3s));
  BOOST_TEST(!falls(rate_law::aimd, 3s));
}

BOOST_AUTO_TEST_CASE(a_queue_that_shrinks_has_been_answered) {
  a_camera one{an_uplink(rate_law::corrected)};
  auto seen = one.calm();
  for (const auto queue : {500ms, 450ms, 400ms, 350ms, 300ms, 250ms, 200ms, 150ms}) {
    seen.round_trip = seen.least_round_trip + queue;
    one.see(seen);
  }
  BOOST_TEST(one.control.rate() >= 5e5);
}

BOOST_AUTO_TEST_CASE(growth_stops_at_what_is_delivered) {
  a_camera one{an_uplink(rate_law::corrected)};
  for (int i = 0; i < 600; ++i) {
    auto seen = one.calm();
    seen.delivered = std::min<std::uint64_t>(seen.delivered, 8e5 * .1 / 8); // and no loss is ever seen
    one.see(seen);
  }
  BOOST_TEST(one.control.rate() <= 1.25 * 8e5 + 40e3 + 1e5);
  one.see_calm(200); // the link got better, and what it did before is forgotten
  BOOST_TEST(one.control.rate() > 2e6);
}

BOOST_AUTO_TEST_CASE(the_encoder_gets_nine_tenths_smoothed_over_a_second) {
  a_camera one{an_uplink(rate_law::corrected)};
  BOOST_TEST(one.control.encoder_target() == 9e5);
  one.see(one.loss());
  BOOST_TEST(one.control.encoder_target() > 8e5); // the picture does not jump
  auto idle = one.calm();
  idle.busy = {};
  for (int i = 0; i < 10; ++i)
    one.see(idle);
  // 11 steps of a tenth of a second towards .9 * 5e5, from twice that.
  BOOST_TEST(one.control.encoder_target() == 4.5e5 * (1 + std::exp(-1.1)), boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(a_new_link_begins_at_the_old_rate_and_knows_nothing_of_the_old_link) {
  a_camera one{an_uplink(rate_law::corrected)};
  one.see(one.loss());
  one.at += 60s; // without a link
  one.control.connect(one.at);
  BOOST_TEST(!one.control.is_due(one.at + 99ms));
  BOOST_TEST(one.control.is_due(one.at + 100ms));
  one.see_calm();
  BOOST_TEST(one.control.rate() > 5e5);
  BOOST_TEST(one.control.rate() < 5.5e5); // not a minute's growth
}

BOOST_AUTO_TEST_CASE(weights_that_are_none_change_nothing) {
  rate_control control;
  BOOST_TEST(control.set_weight(.25));
  for (const auto bad : {0.0, -1.0, double{NAN}, double{INFINITY}})
    BOOST_TEST(!control.set_weight(bad));
  BOOST_TEST(control.weight() == .25);
}

RC_BOOST_PROP(the_rate_never_leaves_floor_and_ceiling, ()) {
  const auto options = any_options();
  rate_control control{options};
  duration at = 1s;
  control.connect(at);
  for (int i = 0; i < 50; ++i) {
    control.set_weight(*rc::gen::inRange(0, 1000) / 10.0);
    control.observe(any_observation(), at += std::chrono::milliseconds{*rc::gen::inRange(-50, 3000)});
    RC_ASSERT(control.rate() >= options.floor);
    RC_ASSERT(control.rate() <= options.ceiling);
    RC_ASSERT(control.encoder_target() > 0);
    RC_ASSERT(control.encoder_target() <= options.ceiling);
  }
}

RC_BOOST_PROP(it_does_not_grow_while_the_camera_has_too_little_to_send, ()) {
  rate_control control{any_options()};
  duration at = 1s;
  control.connect(at);
  for (int i = 0; i < 50; ++i) {
    const auto before = control.rate();
    const duration over = std::chrono::milliseconds{*rc::gen::inRange(1, 1000)};
    auto seen = any_observation();
    seen.busy = over * *rc::gen::inRange(0, 50) / 100;
    control.observe(seen, at += over);
    RC_ASSERT(control.rate() <= before);
  }
}

RC_BOOST_PROP(it_decreases_at_most_once_a_period_and_round_trip, ()) {
  auto options = any_options();
  options.floor = 1; // a rate at its floor cannot show a decrease
  rate_control control{options};
  duration at = 1s;
  control.connect(at);
  std::optional<duration> last;
  duration echo{};
  for (int i = 0; i < 100; ++i) {
    const auto before = control.rate();
    auto seen = any_observation();
    seen.round_trip = std::chrono::milliseconds{*rc::gen::inRange(1, 400)};
    control.observe(seen, at += std::chrono::milliseconds{*rc::gen::inRange(10, 300)});
    if (control.rate() >= before)
      continue;
    RC_ASSERT(control.rate() >= .5 * before);
    if (last)
      RC_ASSERT(at - *last >= echo);
    last = at;
    echo = std::max<duration>(options.period, seen.round_trip);
  }
}

BOOST_AUTO_TEST_SUITE_END()
