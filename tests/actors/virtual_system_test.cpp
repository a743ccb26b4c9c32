// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <caf/all.hpp>

#include "actors/clock.hpp"
#include "actors/interfaces.hpp"
#include "support/virtual_system.hpp"

BOOST_AUTO_TEST_SUITE(virtual_time)

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

/// Writes down when it ticks, each time `every` after the last.
caf::behavior ticker(caf::event_based_actor* self, duration every, std::vector<duration>* ticks) {
  self->delayed_send(self, every, due_atom_v);
  return {[=](due_atom) {
    ticks->push_back(now(self));
    self->delayed_send(self, every, due_atom_v);
  }};
}

} // namespace

BOOST_AUTO_TEST_CASE(time_stops_wherever_something_is_due_and_nowhere_else) {
  std::vector<duration> ticks;
  virtual_system world;
  world.keep(world.system().spawn(ticker, 333ns, &ticks));
  const auto began = world.elapsed();
  world.advance(1000ns);
  BOOST_TEST_REQUIRE(ticks.size() == 3u);
  BOOST_TEST((ticks[1] - ticks[0] == 333ns));
  BOOST_TEST((ticks[2] - ticks[1] == 333ns));
  BOOST_TEST((world.elapsed() - began == 1000ns));
}

BOOST_AUTO_TEST_CASE(what_is_due_at_the_very_end_is_done) {
  std::vector<duration> ticks;
  virtual_system world;
  world.keep(world.system().spawn(ticker, 1s, &ticks));
  world.advance(2s);
  BOOST_TEST(ticks.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_becomes_due_on_the_way_is_done_in_its_time) {
  std::vector<std::string> heard;
  virtual_system world;
  const auto late = world.keep(world.system().spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](const std::string& what) { heard.push_back(what); }};
  }));
  world.keep(world.system().spawn([&](caf::event_based_actor* self) -> caf::behavior {
    self->delayed_send(self, 1s, due_atom_v);
    self->delayed_send(late, 1500ms, std::string{"second"});
    return {[=](due_atom) { self->delayed_send(late, 100ms, std::string{"first"}); }};
  }));
  world.advance(2s);
  BOOST_TEST(heard == (std::vector<std::string>{"first", "second"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_world_has_time_too) {
  virtual_system world;
  world.advance(1h);
  BOOST_TEST((world.elapsed() == 1h));
}

BOOST_AUTO_TEST_SUITE_END()
