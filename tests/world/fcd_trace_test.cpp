// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/fcd_trace.hpp"

#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "runtime/world/address.hpp"
#include "tests/world/a_city.hpp"

namespace ecco {
namespace {

using namespace world;

const std::string some_trace = ECCO_TEST_DATA "/world/crossing.fcd.xml";

struct everybody {
  std::vector<vehicle> vehicles;
  std::vector<walker> people;
};

everybody seen_at(const fcd_trace& of, double t) {
  everybody out;
  of.at(t, out.vehicles, out.people);
  return out;
}

std::string step(const std::string& inside, const std::string& time = "0") {
  return "<timestep time=\"" + time + "\">\n" + inside + "</timestep>\n";
}
std::string whole(const std::string& steps) {
  return "<fcd-export>\n" + steps + "</fcd-export>\n";
}
std::string a_car(const std::string& id, const std::string& type = "car", const std::string& x = "1") {
  return "<vehicle id=\"" + id + "\" type=\"" + type + "\" x=\"" + x + "\" y=\"2\" angle=\"0\" speed=\"3\"/>\n";
}

BOOST_AUTO_TEST_SUITE(world_fcd_trace)

BOOST_AUTO_TEST_CASE(everybody_is_where_the_trace_says) {
  const auto trace = fcd_trace::read(some_trace).value();
  const auto begin = seen_at(*trace, 0);
  BOOST_REQUIRE(begin.vehicles.size() == 2u);
  BOOST_REQUIRE(begin.people.size() == 1u);
  const auto& car = begin.vehicles[0];
  BOOST_TEST((car.kind == object_class::car && begin.vehicles[1].kind == object_class::bus));
  // SUMO says where its front is.
  BOOST_TEST(std::abs(car.at.x + size_of(car.kind, car.model).length / 2 + 60) < 1e-3f);
  BOOST_TEST(std::abs(car.at.y + 85.8f) < 1e-3f);
  BOOST_TEST(std::abs(car.ahead.x - 1) < 1e-3f); // 90 degrees is east
  BOOST_TEST((begin.people[0].at == vec2{-50, -75}));
}

BOOST_AUTO_TEST_CASE(between_two_steps_everybody_goes_straight) {
  const auto trace = fcd_trace::read(some_trace).value();
  const auto begin = seen_at(*trace, 0), half = seen_at(*trace, .5), next = seen_at(*trace, 1);
  BOOST_TEST(std::abs(half.vehicles[0].at.x - begin.vehicles[0].at.x - 5) < 1e-3f);
  BOOST_TEST(std::abs(half.vehicles[0].travelled - 5) < 1e-3f);
  BOOST_TEST(half.vehicles[0].id == begin.vehicles[0].id);
  BOOST_TEST(next.vehicles.size() == 3u);
  BOOST_TEST((next.vehicles[2].kind == object_class::bicycle));
  // Who is in no next step goes on.
  const auto leaving = seen_at(*trace, 1.5);
  BOOST_TEST(std::abs(leaving.vehicles[1].at.x - next.vehicles[1].at.x + 4) < 1e-3f);
}

BOOST_AUTO_TEST_CASE(any_moment_can_be_asked_for_and_the_trace_repeats_with_others) {
  const auto trace = fcd_trace::read(some_trace).value();
  const auto late = seen_at(*trace, 3000.5), early = seen_at(*trace, .5);
  BOOST_REQUIRE(late.vehicles.size() == early.vehicles.size());
  for (std::size_t i = 0; i < late.vehicles.size(); ++i) {
    BOOST_TEST(length(late.vehicles[i].at - early.vehicles[i].at) < 1e-3f);
    BOOST_TEST(late.vehicles[i].id != early.vehicles[i].id);
  }
}

BOOST_AUTO_TEST_CASE(who_turns_goes_on_a_curve) {
  // Round a circle of 10 m, a ninth of a turn in each second.
  constexpr float radius = 10, turn = 2 * pi / 9;
  std::string steps;
  for (int k = 0; k < 9; ++k) {
    const float at = turn * static_cast<float>(k);
    const int angle = 90 + 40 * k - (k > 6 ? 360 : 0);
    steps += step("<vehicle id=\"a\" type=\"car\" x=\"" + std::to_string(radius * std::sin(at)) + "\" y=\""
                      + std::to_string(radius * std::cos(at)) + "\" angle=\"" + std::to_string(angle) + "\" speed=\""
                      + std::to_string(radius * turn) + "\"/>\n",
                  std::to_string(k));
  }
  const auto trace = fcd_trace::parse(whole(steps), "t").value();
  for (double t = 1; t < 7; t += .05) {
    const auto one = seen_at(*trace, t).vehicles.at(0);
    const vec2 front = one.at + one.ahead * (size_of(one.kind, one.model).length / 2);
    const float at = turn * static_cast<float>(t);
    // Along the chord it would be off by .6 m, and its heading by up to 20 degrees.
    BOOST_TEST(length(front - vec2{std::sin(at), std::cos(at)} * radius) < .08f, t);
    BOOST_TEST(dot(one.ahead, vec2{std::cos(at), -std::sin(at)}) > .9999f, t);
  }
}

BOOST_AUTO_TEST_CASE(who_stops_does_not_roll_back_and_brakes) {
  const auto at = [&](const char* time, const char* x, const char* speed) {
    return step("<vehicle id=\"a\" type=\"car\" x=\"" + std::string{x} + "\" y=\"0\" angle=\"90\" speed=\"" + speed
                    + "\"/>\n",
                time);
  };
  // In the last second it goes less far than its speed says.
  const auto stops = at("0", "0", "6") + at("1", "4.5", "3") + at("2", "6", "0") + at("3", "6", "0") + at("4", "6", "0"),
             creeps = at("5", "6", "9") + at("6", "7", "0");
  const auto trace = fcd_trace::parse(whole(stops + creeps), "t").value();
  vehicle before = seen_at(*trace, 0).vehicles.at(0);
  for (double t = .1; t < 6; t += .1) {
    const auto now = seen_at(*trace, t).vehicles.at(0);
    BOOST_TEST(now.at.x >= before.at.x - 1e-4f, t);
    BOOST_TEST(now.travelled >= before.travelled - 1e-4f, t);
    if (t < 1.8)
      BOOST_TEST(now.acceleration < -.5f, t);
    before = now;
  }
  BOOST_TEST(std::abs(seen_at(*trace, 3).vehicles.at(0).acceleration) < .01f);
}

BOOST_AUTO_TEST_CASE(who_was_moved_elsewhere_is_not_drawn_on_its_way) {
  const auto here = step(a_car("a", "car", "0"), "0"), there = step(a_car("a", "car", "300"), "1");
  const auto trace = fcd_trace::parse(whole(here + there), "t").value();
  for (double t = 0; t < 1; t += .1)
    BOOST_TEST(std::abs(seen_at(*trace, t).vehicles.at(0).at.x) < 1e-3f);
  BOOST_TEST(std::abs(seen_at(*trace, 1).vehicles.at(0).at.x - 300) < 1e-3f);
}

BOOST_AUTO_TEST_CASE(a_camera_can_be_on_no_vehicle_of_a_trace_without_any) {
  const auto file = std::filesystem::temp_directory_path() / "ecco_people_only.fcd.xml";
  std::ofstream{file} << whole(step("<person id=\"p\" x=\"10\" y=\"20\" angle=\"0\" speed=\"1\"/>\n"));
  const auto rides = read_address("world:car-park-1?traffic=" + file.string());
  BOOST_REQUIRE(!rides.has_value());
  BOOST_TEST(rides.error().what.find("no vehicle drives in the trace") != std::string::npos);
  BOOST_TEST(read_address("world:park-1?traffic=" + file.string()).has_value());
  std::filesystem::remove(file);
}

BOOST_AUTO_TEST_CASE(types_are_the_five_classes) {
  const std::pair<const char*, object_class> table[] = {
      {"DEFAULT_VEHTYPE", object_class::car}, {"Coach", object_class::bus},      {"veh_truck", object_class::truck},
      {"trailer", object_class::truck},       {"bicycle", object_class::bicycle}, {"motorcycle", object_class::bicycle}};
  for (const auto& [type, kind] : table) {
    const auto trace = fcd_trace::parse(whole(step(a_car("a", type))), "t").value();
    BOOST_TEST((seen_at(*trace, 0).vehicles.at(0).kind == kind), type);
  }
}

BOOST_AUTO_TEST_CASE(a_network_is_placed_in_the_city) {
  const auto trace = fcd_trace::parse(whole(step("<person id=\"p\" x=\"10\" y=\"20\" angle=\"0\" speed=\"1\"/>")), "t",
                                      {.5, 100, -200})
                         .value();
  BOOST_TEST((seen_at(*trace, 0).people.at(0).at == vec2{105, -190}));
}

BOOST_AUTO_TEST_CASE(whatever_is_wrong_is_named_with_its_line) {
  const std::pair<std::string, const char*> table[] = {
      {"", "t:1: is no XML"},
      {"<fcd-export>\n", "t:2: is no XML"},
      {whole(""), "has no timestep"},
      {"<routes/>", "t:1: <routes> has no place here"},
      {whole("<vehicle/>"), "t:2: <vehicle> has no place here"},
      {whole(step("<tram/>")), "t:3: <tram> has no place here"},
      {whole("<timestep/>"), "t:2: 'time' is missing"},
      {whole(step("", "00:01:00")), "t:2: time '00:01:00' is no number"},
      {whole(step("", "nan")), "t:2: time 'nan' is no number"},
      {whole(step("", "2") + step("", "2")), "t:4: its time is not after"},
      {whole(step("<vehicle id=\"a\"/>")), "t:3: 'type' is missing"},
      {whole(step(a_car("a", "car", "1e9"))), "t:3: x '1e9' is no number"},
      {whole(step(a_car("a") + a_car("a"))), "t:4: 'a' is there twice"},
      {whole(step(a_car(std::string(300, 'i')))), "t:3: its id has no good length"},
      {"<!DOCTYPE a [<!ENTITY b \"c\">]>\n" + whole(step("")), "t:1: has a document type"},
  };
  for (const auto& [text, words] : table) {
    const auto refused = fcd_trace::parse(text, "t");
    BOOST_REQUIRE_MESSAGE(!refused.has_value(), words);
    BOOST_TEST(refused.error().what.find(words) != std::string::npos, refused.error().what << " for " << words);
    BOOST_TEST((refused.error().code == ec::malformed_data));
  }
  BOOST_TEST((fcd_trace::read("no such file").error().code == ec::not_found));
}

BOOST_AUTO_TEST_CASE(an_address_brings_its_traffic) {
  const auto text = "world:downtown-1?seed=7&hour=10&traffic=" + some_trace + "&traffic-east=.5";
  const auto with = read_address(text).value();
  BOOST_REQUIRE(with.world.trace);
  BOOST_TEST((read_address(write_address(with).value()).value() == with));
  BOOST_TEST(!(with.world == read_address("world:downtown-1?seed=7&hour=10").value().world));
  for (const auto* wrong : {"world:car-park-1?traffic=", "world:park-1?traffic=", "world:park-1?traffic=/none.xml",
                            "world:park-1?traffic-east=1"})
    BOOST_TEST(!read_address(wrong).has_value(), wrong);
  BOOST_TEST(read_address("world:car-park-1?traffic=" + some_trace).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
