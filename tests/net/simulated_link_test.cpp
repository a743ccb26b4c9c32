// SPDX-License-Identifier: Apache-2.0
// What crossing a simulated network adds to the promises of every media link (link_suite_test.cpp).
#include "runtime/net/simulated_link.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/net/peers.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(simulated_link_test)

namespace {

/// Two cameras on an uplink of 1 Mb/s; the test moves the time.
struct an_uplink {
  duration time{};
  std::unique_ptr<memory_link> link;
  inbox gate, yard;
  std::unique_ptr<media_sender> from_gate, from_yard;

  explicit an_uplink(std::size_t max_queued_bytes = 1u << 20) {
    simulated_path path;
    path.shared.bits_per_second = 1e6;
    path.shared.queue_bytes = 25'000;
    path.way_of = [](const camera_id&) { return flow_options{}; };
    path.clock = [this] { return time; };
    path.max_queued_bytes = max_queued_bytes;
    link = make_simulated_link(std::move(path));
    link->admit(camera_id{"gate"}, 1, gate.handler());
    link->admit(camera_id{"yard"}, 2, yard.handler());
    from_gate = link->connect(1).value();
    from_yard = link->connect(2).value();
  }

  void pass(duration span, duration step = 100ms) {
    for (const auto end = time + span; time < end;) {
      time += step;
      BOOST_TEST(from_gate->pump().has_value());
      BOOST_TEST(from_yard->pump().has_value());
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_segment_takes_its_time_at_the_senders_pace, an_uplink) {
  from_gate->pace(200e3);
  BOOST_TEST(from_gate->send(a_segment("gate", 0, 50'000)).has_value()); // two seconds
  pass(1900ms);
  BOOST_TEST(gate.await(0).empty());
  pass(300ms);
  BOOST_TEST(gate.await(0).size() == 1u);
  BOOST_TEST(from_gate->sent().segments_sent == 1u);
  BOOST_TEST(from_gate->sent().bytes_sent == 50'000u);
}

BOOST_FIXTURE_TEST_CASE(two_cameras_share_the_bottleneck, an_uplink) {
  BOOST_TEST(from_gate->send(a_segment("gate", 0, 100'000)).has_value());
  BOOST_TEST(from_yard->send(a_segment("yard", 0, 100'000)).has_value());
  from_gate->pace(900e3);
  from_yard->pace(900e3);
  pass(1500ms); // 200 kB need 1.6 s at 1 Mb/s
  BOOST_TEST(gate.await(0).size() + yard.await(0).size() < 2u);
  pass(2s);
  BOOST_TEST(gate.await(0).size() + yard.await(0).size() == 2u);
  const auto at_gate = from_gate->observe(), at_yard = from_yard->observe();
  BOOST_TEST((at_gate.lost || at_yard.lost)); // the queue holds 200 ms
  BOOST_TEST((at_gate.least_round_trip >= 50ms));
}

BOOST_AUTO_TEST_CASE(what_waits_too_long_is_dropped_oldest_first_and_what_is_under_way_goes_on) {
  an_uplink one{100'000};
  one.from_gate->pace(80e3);
  for (std::uint64_t i = 0; i < 5; ++i) {
    BOOST_TEST(one.from_gate->send(a_segment("gate", i, 40'000)).has_value());
    one.pass(100ms);
  }
  BOOST_TEST(one.from_gate->sent().segments_dropped == 3u);
  one.pass(20s);
  const auto arrived = one.gate.await(0);
  BOOST_TEST_REQUIRE(arrived.size() == 2u);
  BOOST_TEST(arrived[0].sequence == 0u); // was begun
  BOOST_TEST(arrived[1].sequence == 4u);
  BOOST_TEST(one.from_gate->sent().segments_sent == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_new_connection_begins_with_nothing_under_way, an_uplink) {
  from_gate->pace(80e3);
  BOOST_TEST(from_gate->send(a_segment("gate", 0, 40'000)).has_value());
  pass(100ms);
  from_gate = link->connect(1).value();
  BOOST_TEST(from_gate->send(a_segment("gate", 1, 1000)).has_value());
  pass(2s);
  BOOST_TEST_REQUIRE(gate.await(0).size() == 1u);
  BOOST_TEST(gate.await(0)[0].sequence == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
