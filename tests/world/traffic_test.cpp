// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <boost/test/unit_test.hpp>

#include "runtime/world/signals.hpp"
#include "tests/world/a_city.hpp"

namespace ecco {
namespace {

using namespace world;
using test::the_city;

BOOST_AUTO_TEST_SUITE(world_traffic)

std::vector<vehicle> vehicles_at(double t) {
  std::vector<vehicle> all;
  the_city()->vehicles.at(t, all);
  return all;
}

bool overlap(const vehicle& a, const vehicle& b) {
  const auto size_a = size_of(a.kind, a.model), size_b = size_of(b.kind, b.model);
  for (float along = -.45f; along < .46f; along += .15f)
    for (const float aside : {-.4f, 0.f, .4f}) {
      const vec2 p =
          a.at + a.ahead * (along * size_a.length) + right_of(a.ahead) * (aside * size_a.width) - b.at;
      if (std::abs(dot(p, b.ahead)) < size_b.length * .47f
          && std::abs(dot(p, right_of(b.ahead))) < size_b.width * .46f)
        return true;
    }
  return false;
}

BOOST_AUTO_TEST_CASE(vehicles_do_not_drive_through_each_other) {
  std::size_t near = 0, overlaps = 0;
  for (double t = 300; t < 460; t += 3.7) {
    const auto all = vehicles_at(t);
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t k = i + 1; k < all.size(); ++k) {
        if ((all[i].parked && all[k].parked) || length(all[i].at - all[k].at) > 16)
          continue;
        ++near;
        overlaps += overlap(all[i], all[k]) ? 1 : 0;
      }
  }
  BOOST_TEST(near > 1000u);
  // Where a way merges into another one a corner may touch.
  BOOST_TEST(overlaps * 2000 <= near);
}

BOOST_AUTO_TEST_CASE(vehicles_move_without_leaps) {
  for (const double t : {100., 137.3, 7200.}) {
    std::map<std::uint64_t, vehicle> before;
    for (const auto& one : vehicles_at(t))
      before[one.id] = one;
    for (const auto& one : vehicles_at(t + .1))
      if (const auto found = before.find(one.id); found != before.end()) {
        BOOST_TEST(length(one.at - found->second.at) < 3.2f);
        BOOST_TEST(dot(one.ahead, found->second.ahead) > .95f);
      }
  }
}

BOOST_AUTO_TEST_CASE(nobody_passes_a_red_light) {
  std::size_t passed = 0, wrong = 0;
  for (double t = 300; t < 380; t += .5) {
    std::map<std::uint64_t, vehicle> before;
    for (const auto& one : vehicles_at(t))
      if (!one.parked && one.kind != object_class::bicycle)
        before[one.id] = one;
    for (const auto& one : vehicles_at(t + .5)) {
      const auto found = before.find(one.id);
      if (found == before.end())
        continue;
      for (int column = 0; column < street::columns; ++column)
        for (int row = 0; row < street::rows; ++row) {
          const vec2 middle{street::x_of(column), street::y_of(row)};
          const vec2 ahead = found->second.ahead;
          if (!is_crossing(column, row) || std::abs(dot(middle - found->second.at, right_of(ahead))) > 4
              || std::abs(ahead.x * ahead.y) > .01f)
            continue;
          const float half = size_of(one.kind, one.model).length / 2;
          const auto left = [&](const vehicle& of) {
            return dot(middle - of.at, ahead) - half - street::stop_line;
          };
          if (left(found->second) < 0 || left(one) >= 0)
            continue;
          const int approach = ahead.x > .5f ? 0 : ahead.y > .5f ? 1 : ahead.x < -.5f ? 2 : 3;
          ++passed;
          const auto light = [&](double when) {
            return signals::of_cars(signals::phase_of(the_city()->map.seed, column, row, when), approach);
          };
          wrong +=
              light(t) == signal::red && light(t - .6) == signal::red && light(t + .5) == signal::red ? 1 : 0;
        }
    }
  }
  BOOST_TEST(passed > 100u);
  BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_CASE(queues_form_and_go) {
  std::size_t stand = 0, all = 0;
  for (double t = 300; t < 380; t += 5)
    for (const auto& one : vehicles_at(t))
      if (!one.parked) {
        ++all;
        stand += one.speed < .3f ? 1 : 0;
      }
  const double share = static_cast<double>(stand) / static_cast<double>(all);
  BOOST_TEST(share > .05);
  BOOST_TEST(share < .5);
}

BOOST_AUTO_TEST_CASE(streets_are_emptier_at_night) {
  const auto moving = [](double t) {
    std::size_t count = 0;
    for (const auto& one : vehicles_at(t))
      count += one.parked ? 0 : 1;
    return count;
  };
  // The city's clock begins at ten.
  BOOST_TEST(moving(3600. * 17) * 3 < moving(3600. * 7.5) * 2);
}

BOOST_AUTO_TEST_CASE(people_cross_streets_only_while_they_may) {
  std::size_t crossing = 0, wrong = 0;
  for (double t = 300; t < 420; t += 1.3) {
    std::vector<walker> all;
    the_city()->people.at(t, all);
    for (const auto& one : all)
      for (int column = 0; column < street::columns; ++column)
        for (int row = 0; row < street::rows; ++row) {
          const vec2 d = one.at - vec2{street::x_of(column), street::y_of(row)};
          const bool on_zebra =
              (std::abs(d.x) < 5 && std::abs(d.y) > street::zebra_from && std::abs(d.y) < street::zebra_to)
              || (std::abs(d.y) < 5 && std::abs(d.x) > street::zebra_from
                  && std::abs(d.x) < street::zebra_to);
          if (!is_crossing(column, row) || !on_zebra)
            continue;
          ++crossing;
          const double phase = signals::phase_of(the_city()->map.seed, column, row, t);
          wrong += phase < signals::walk_from || phase > signals::walk_from + 16 ? 1 : 0;
        }
  }
  BOOST_TEST(crossing > 50u);
  BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_CASE(people_walk_without_leaps) {
  std::vector<walker> before, after;
  the_city()->people.at(200, before);
  the_city()->people.at(200.1, after);
  std::map<std::uint64_t, walker> by_id;
  for (const auto& one : before)
    by_id[one.id] = one;
  std::size_t same = 0;
  for (const auto& one : after)
    if (const auto found = by_id.find(one.id); found != by_id.end()) {
      ++same;
      BOOST_TEST(length(one.at - found->second.at) < .5f);
    }
  BOOST_TEST(same * 10 > before.size() * 9);
}

BOOST_AUTO_TEST_CASE(the_world_does_not_depend_on_the_order_of_questions) {
  const auto first = vehicles_at(777.7);
  vehicles_at(3);
  const auto again = vehicles_at(777.7);
  BOOST_REQUIRE(first.size() == again.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    BOOST_TEST(first[i].id == again[i].id);
    BOOST_TEST((first[i].at == again[i].at));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
