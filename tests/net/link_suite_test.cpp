// SPDX-License-Identifier: Apache-2.0
// What every media link promises.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "runtime/net/simulated_link.hpp"
#include "tests/net/peers.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

const camera_id gate{"gate"}, yard{"yard"};

/// A fast network on which a second passes whenever somebody looks: what is sent has arrived when `send` returns.
simulated_path a_fast_path() {
  simulated_path out;
  out.way_of = [](const camera_id&) {
    flow_options way;
    way.bits_per_second = 1e9;
    return way;
  };
  out.clock = [now = duration{}]() mutable { return now += 1s; };
  return out;
}

/// A link of one kind, by name.
class any_link {
 public:
  explicit any_link(const std::string& kind) {
    if (kind == "memory")
      memory_ = make_memory_link();
    else if (kind == "simulated")
      memory_ = make_simulated_link(a_fast_path());
    else
      tcp_ = listen_for_media({}).value();
  }

  media_receiver& receiver() { return memory_ ? *memory_ : *tcp_; }

  result<std::unique_ptr<media_sender>> connect(std::uint64_t token) {
    return memory_ ? memory_->connect(token) : connect_media("127.0.0.1", tcp_->port(), token, long_enough);
  }

  /// A memory link says at once what a TCP sender learns later: that nobody admitted this token.
  bool turns_away(std::uint64_t token) {
    auto sender = connect(token);
    return sender ? gets_closed(**sender) : sender.error().code == ec::unreachable;
  }

 private:
  std::unique_ptr<memory_link> memory_;
  std::unique_ptr<media_receiver> tcp_;
};

const char* const kinds[] = {"memory", "simulated", "tcp"};
const auto every_kind = boost::unit_test::data::make(kinds);

} // namespace

BOOST_AUTO_TEST_SUITE(media_link)

BOOST_DATA_TEST_CASE(segments_arrive_whole_and_in_order, every_kind, kind) {
  any_link link{kind};
  inbox arrived;
  link.receiver().admit(gate, 1, arrived.handler());
  const auto sender = link.connect(1).value();
  std::vector<encoded_segment> sent;
  for (std::uint64_t i = 0; i < 60; ++i) {
    sent.push_back(a_segment("gate", i, 1 + i * i * 50));
    BOOST_REQUIRE(sender->send(sent.back()));
  }
  BOOST_REQUIRE(!flush(*sender, sent.size()));
  BOOST_TEST((arrived.await(sent.size()) == sent));
  BOOST_TEST(sender->sent().segments_sent == sent.size());
  BOOST_TEST(sender->sent().segments_dropped == 0u);
  BOOST_TEST(sender->sent().bytes_sent >= arrived.wire_bytes());
  BOOST_TEST(arrived.wire_bytes() >= sent.back().stream.size());
}

BOOST_DATA_TEST_CASE(cameras_do_not_mix, every_kind, kind) {
  any_link link{kind};
  inbox of_gate, of_yard;
  link.receiver().admit(gate, 1, of_gate.handler());
  link.receiver().admit(yard, 2, of_yard.handler());
  const auto from_yard = link.connect(2).value();
  const auto from_gate = link.connect(1).value();
  BOOST_TEST(from_yard->send(a_segment("yard", 5)).has_value());
  BOOST_TEST(from_gate->send(a_segment("gate", 6)).has_value());
  BOOST_TEST((of_gate.await(1) == std::vector{a_segment("gate", 6)}));
  BOOST_TEST((of_yard.await(1) == std::vector{a_segment("yard", 5)}));
}

BOOST_DATA_TEST_CASE(an_unknown_token_is_turned_away, every_kind, kind) {
  any_link link{kind};
  inbox arrived;
  link.receiver().admit(gate, 1, arrived.handler());
  BOOST_TEST(link.turns_away(2));
  BOOST_TEST(link.turns_away(0));
}

BOOST_DATA_TEST_CASE(a_camera_cannot_speak_for_another, every_kind, kind) {
  any_link link{kind};
  inbox of_gate, of_yard;
  link.receiver().admit(gate, 1, of_gate.handler());
  link.receiver().admit(yard, 2, of_yard.handler());
  const auto sender = link.connect(1).value();
  static_cast<void>(sender->send(a_segment("yard", 0)));
  BOOST_TEST(gets_closed(*sender));
  BOOST_TEST((sender->send(a_segment("gate", 1)).error().code == ec::unreachable));
  BOOST_TEST(of_gate.await(0).empty());
  BOOST_TEST(of_yard.await(0).empty());
}

BOOST_DATA_TEST_CASE(a_camera_that_connects_again_replaces_its_old_connection, every_kind, kind) {
  any_link link{kind};
  inbox arrived;
  link.receiver().admit(gate, 1, arrived.handler());
  const auto old_one = link.connect(1).value();
  BOOST_TEST(old_one->send(a_segment("gate", 0)).has_value());
  BOOST_TEST(arrived.await(1).size() == 1u);
  const auto new_one = link.connect(1).value();
  BOOST_TEST(gets_closed(*old_one));
  BOOST_TEST(new_one->send(a_segment("gate", 1)).has_value());
  BOOST_TEST(arrived.await(2).back().sequence == 1u);
}

BOOST_DATA_TEST_CASE(a_dismissed_camera_is_cut_off, every_kind, kind) {
  any_link link{kind};
  inbox arrived;
  link.receiver().admit(gate, 1, arrived.handler());
  const auto sender = link.connect(1).value();
  BOOST_TEST(sender->send(a_segment("gate", 0)).has_value());
  BOOST_TEST(arrived.await(1).size() == 1u);
  link.receiver().dismiss(gate);
  static_cast<void>(sender->send(a_segment("gate", 1)));
  BOOST_TEST(gets_closed(*sender));
  BOOST_TEST(link.turns_away(1));
  BOOST_TEST(arrived.await(1).size() == 1u);
  link.receiver().dismiss(gate);
}

BOOST_DATA_TEST_CASE(a_new_admission_replaces_the_old, every_kind, kind) {
  any_link link{kind};
  inbox before, after;
  link.receiver().admit(gate, 1, before.handler());
  const auto old_one = link.connect(1).value();
  BOOST_TEST(old_one->send(a_segment("gate", 0)).has_value());
  BOOST_TEST(before.await(1).size() == 1u);
  link.receiver().admit(gate, 2, after.handler());
  BOOST_TEST(gets_closed(*old_one));
  BOOST_TEST(link.turns_away(1));
  const auto new_one = link.connect(2).value();
  BOOST_TEST(new_one->send(a_segment("gate", 1)).has_value());
  BOOST_TEST(after.await(1).size() == 1u);
  BOOST_TEST(before.await(1).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
