// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/address.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

namespace ecco {
namespace {

using namespace world;

BOOST_AUTO_TEST_SUITE(world_address)

BOOST_AUTO_TEST_CASE(a_name_alone_is_enough) {
  const auto read = read_address("world:park-3").value();
  BOOST_TEST(read.camera.name == "park-3");
  BOOST_TEST(read.fps == 10);
  BOOST_TEST(read.camera.width == 320);
  BOOST_TEST(read.camera.happens.begins.hour == read.world.start_hour);
}

BOOST_AUTO_TEST_CASE(everything_can_be_said) {
  const auto read = read_address("world:car-downtown-2?seed=9&fps=5&size=256x160&at=100&formation=2&hour=9.5&"
                                 "rain=0.2,1@30,0@90&to=tunnel@60&over=4")
                        .value();
  BOOST_TEST(read.world.seed == 9u);
  BOOST_TEST(read.world.start_hour == 9.5f);
  BOOST_TEST(read.fps == 5);
  BOOST_TEST(read.at == 100);
  BOOST_TEST(read.camera.width == 256);
  BOOST_TEST(read.camera.height == 160);
  BOOST_TEST(read.camera.formation == 2u);
  const auto& happens = read.camera.happens;
  BOOST_TEST(happens.begins.rain == .2f);
  // Changes count from the first picture.
  const std::vector<change> changes{{change_kind::rain, 130, 4, 1}, {change_kind::rain, 190, 4, 0}};
  BOOST_TEST((happens.changes == changes));
  BOOST_TEST((happens.moves == std::vector<move>{{160, district::tunnel}}));
}

BOOST_AUTO_TEST_CASE(what_is_going_to_happen_is_announced_in_order) {
  const auto read = read_address("world:car-park-1?at=100&rain=1@30,0.4@90&to=tunnel@60&hour=22&fog=0.02@5");
  BOOST_REQUIRE(read);
  const auto told = announcements(*read);
  const std::vector<std::pair<double, std::string>> wanted{{5, "fog=0.02"}, {30, "rain=1"}, {60, "to=tunnel"}, {90, "rain=0.4"}};
  BOOST_REQUIRE(told.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    BOOST_TEST(told[i].at == wanted[i].first);
    BOOST_TEST(told[i].what == wanted[i].second);
  }
  BOOST_TEST(announcements(*read_address("world:park-1?rain=1")).empty()); // it has always rained there
}

BOOST_AUTO_TEST_CASE(whatever_is_wrong_is_named) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"park-3", "no address"},
      {"world:", "''"},
      {"world:moon-1", "'moon-1'"},
      {"world:park-3?rain", "'rain' has no value"},
      {"world:park-3?rain=2", "rain=2"},
      {"world:park-3?rain=nan", "rain=nan"},
      {"world:park-3?rain=1@x", "rain=x"},
      {"world:park-3?rain=", "rain="},
      {"world:park-3?fps=0", "fps=0"},
      {"world:park-3?fps=1e9", "fps=1e9"},
      {"world:park-3?size=320", "size=320"},
      {"world:park-3?size=0x9", "size=0x9"},
      {"world:park-3?size=99999x99999", "size=99999x99999"},
      {"world:park-3?seed=-1", "seed=-1"},
      {"world:park-3?wind=3", "'wind'"},
      {"world:park-3?to=tunnel@5", "stays where it is"},
      {"world:drone-park-3?to=tunnel@5", "drones"},
      {"world:car-park-3?to=moon@5", "to=moon"},
      {"world:" + std::string(5000, 'x'), "no address"},
  };
  for (const auto& [text, named] : wrong) {
    const auto refused = read_address(text);
    BOOST_REQUIRE_MESSAGE(!refused.has_value(), text.substr(0, 80));
    BOOST_TEST((refused.error().code == ec::invalid_argument));
    BOOST_TEST(refused.error().what.find(named) != std::string::npos, refused.error().what);
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_equal) {
  const bool holds = rc::check([] {
    const auto number = [](int low, int high, double by) { return *rc::gen::inRange(low, high) * by; };
    address of;
    of.camera = camera_named(*rc::gen::element<std::string>("car-park-3", "drone-suburb-1", "car-tunnel-77")).value();
    of.world.seed = *rc::gen::arbitrary<std::uint64_t>();
    of.fps = number(1, 600, .1);
    of.at = number(0, 1000, .7);
    of.camera.width = static_cast<std::uint16_t>(2 * *rc::gen::inRange(16, 960));
    of.camera.formation = *rc::gen::inRange(0u, 9u);
    auto& happens = of.camera.happens;
    of.world.start_hour = happens.begins.hour = static_cast<float>(number(0, 240, .1));
    happens.begins.fog = static_cast<float>(number(0, 100, .001));
    happens.begins.cloud = static_cast<float>(number(0, 100, .01));
    const auto over = static_cast<float>(number(1, 100, .3));
    for (int k = 0, changes = *rc::gen::inRange(0, 6); k < changes; ++k)
      happens.changes.push_back({static_cast<change_kind>(*rc::gen::inRange(0, 5)), of.at + 10. * k, over,
                                 static_cast<float>(number(0, 100, .001))});
    for (int k = 0, moves = *rc::gen::inRange(0, 3); k < moves; ++k)
      happens.moves.push_back({of.at + 7. * k, static_cast<district>(*rc::gen::inRange(0, 3))});
    const auto text = write_address(of);
    RC_ASSERT(text.has_value());
    RC_ASSERT(read_address(*text).value() == of);
  });
  BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(what_no_address_can_say_is_not_written) {
  auto of = read_address("world:park-1?rain=1@10,0@20").value();
  BOOST_TEST(write_address(of).value() == "world:park-1?seed=1&hour=10&rain=1@10,0@20");
  of.camera.happens.changes[1].over = 9;
  BOOST_TEST((write_address(of).error().code == ec::unsupported));
  of = read_address("world:park-1").value();
  of.world.start_hour = 11;
  BOOST_TEST(!write_address(of).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
