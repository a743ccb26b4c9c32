// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "tests/world/a_city.hpp"

namespace ecco {
namespace {

using namespace world;
using test::a_plan;
using test::the_city;

BOOST_AUTO_TEST_SUITE(world_pictures)

bool same(const shot& a, const shot& b) {
  return a.picture == b.picture && a.objects == b.objects && a.owners == b.owners;
}

const std::vector<std::string> some_cameras{"downtown-1", "suburb-2",       "park-1",        "highway-1",
                                            "tunnel-1",   "car-downtown-1", "car-highway-1", "drone-park-1"};

BOOST_AUTO_TEST_CASE(same_seed_same_pixels) {
  const auto again = std::make_shared<const world::world>(world_options{7, 10});
  for (const auto& name : some_cameras) {
    world_camera one{the_city(), a_plan(name)}, other{again, a_plan(name)};
    BOOST_TEST(same(one.at(123.4), other.at(123.4)), name);
  }
}

BOOST_AUTO_TEST_CASE(another_seed_is_another_city) {
  const auto other = std::make_shared<const world::world>(world_options{8, 10});
  world_camera here{the_city(), a_plan("downtown-1")}, there{other, a_plan("downtown-1")};
  BOOST_TEST(!(here.at(5).picture == there.at(5).picture));
}

BOOST_AUTO_TEST_CASE(a_picture_by_its_time_is_the_one_that_comes_in_order) {
  for (const auto& name : some_cameras) {
    auto plan = a_plan(name);
    plan.happens.changes = {{change_kind::rain, 50.1, .5f, 1}};
    world_camera in_order{the_city(), plan};
    for (int k = 0; k < 8; ++k) {
      const double t = 50 + k * .1;
      const auto next = in_order.at(t);
      if (k % 3 == 0) {
        world_camera at_once{the_city(), plan};
        BOOST_TEST(same(next, at_once.at(t)), name << " at " << t);
      }
    }
    // And back again.
    world_camera fresh{the_city(), plan};
    BOOST_TEST(same(in_order.at(12), fresh.at(12)), name);
  }
}

BOOST_AUTO_TEST_CASE(a_day_is_addressable) {
  for (const double t : {0., 3600. * 5, 86'399.9}) {
    world_camera one{the_city(), a_plan("downtown-2")}, other{the_city(), a_plan("downtown-2")};
    other.at(1);
    BOOST_TEST(same(one.at(t), other.at(t)), t);
  }
}

BOOST_AUTO_TEST_CASE(keeping_what_stands_still_changes_no_pixel) {
  conditions rain, night, snow;
  rain.rain = 1;
  night.hour = 23;
  snow.snow = 1;
  for (const auto& weather : {conditions{}, rain, night, snow})
    for (const auto& name : {"downtown-1", "suburb-2", "park-1", "highway-1", "tunnel-1"}) {
      auto plan = a_plan(name);
      plan.happens.begins = weather;
      world_camera keeps{the_city(), plan, true}, forgets{the_city(), plan, false};
      for (const double t : {31., 31.04, 95., 32.})
        BOOST_TEST(same(keeps.at(t), forgets.at(t)), name << " at " << t);
    }
}

BOOST_AUTO_TEST_CASE(boxes_are_the_extent_of_their_masks) {
  std::size_t objects = 0;
  for (const auto& name : some_cameras) {
    world_camera camera{the_city(), a_plan(name, 320, 192)};
    for (const double t : {20., 61.5, 100.}) {
      const auto seen = camera.at(t);
      struct extent {
        int x0 = 9999, y0 = 9999, x1 = 0, y1 = 0;
        std::uint32_t pixels = 0;
      };
      std::vector<extent> found(seen.objects.size());
      for (int y = 0; y < 192; ++y)
        for (int x = 0; x < 320; ++x)
          if (const auto owner = seen.owners[static_cast<std::size_t>(y * 320 + x)]; owner > 0) {
            BOOST_REQUIRE(owner <= found.size());
            auto& of = found[owner - 1u];
            of.x0 = std::min(of.x0, x), of.y0 = std::min(of.y0, y);
            of.x1 = std::max(of.x1, x + 1), of.y1 = std::max(of.y1, y + 1);
            ++of.pixels;
          }
      for (std::size_t i = 0; i < found.size(); ++i) {
        const auto& given = seen.objects[i];
        const bool equal = given.x0 == found[i].x0 && given.y0 == found[i].y0 && given.x1 == found[i].x1
                           && given.y1 == found[i].y1 && given.pixels == found[i].pixels;
        BOOST_TEST(equal, name << " at " << t << ", object " << i);
        BOOST_TEST(given.visible > 0);
        BOOST_TEST(given.visible <= 1);
        ++objects;
      }
    }
  }
  BOOST_TEST(objects > 200u);
}

BOOST_AUTO_TEST_CASE(objects_hide_each_other) {
  world_camera camera{the_city(), a_plan("downtown-1", 320, 192)};
  std::size_t hidden = 0, free = 0;
  for (double t = 0; t < 80; t += 8)
    for (const auto& one : camera.at(t).objects)
      ++(one.visible < .7f ? hidden : free);
  BOOST_TEST(hidden > 10u);
  BOOST_TEST(free > 10u);
}

BOOST_AUTO_TEST_CASE(ids_follow_an_object_from_picture_to_picture) {
  world_camera camera{the_city(), a_plan("suburb-1", 320, 192)};
  const auto before = camera.at(40), after = camera.at(40.05);
  std::size_t kept = 0, large = 0;
  for (const auto& one : before.objects) {
    if (one.y1 - one.y0 < 12)
      continue;
    ++large;
    for (const auto& other : after.objects)
      if (other.id == one.id) {
        BOOST_TEST((other.kind == one.kind));
        BOOST_TEST(std::abs(other.x0 - one.x0) < 25);
        ++kept;
      }
  }
  BOOST_TEST(large > 0u);
  BOOST_TEST(kept + 1 >= large);
}

BOOST_AUTO_TEST_CASE(weather_and_night_show) {
  const auto mean = [](const shot& of) {
    double sum = 0;
    for (const auto value : of.picture.rgb.view())
      sum += value;
    return sum / static_cast<double>(of.picture.rgb.size());
  };
  auto night = a_plan("suburb-1"), day = a_plan("suburb-1"), rain = a_plan("suburb-1");
  night.happens.begins.hour = 0;
  rain.happens.begins.rain = 1;
  const auto by_day = world_camera{the_city(), day}.at(10), by_night = world_camera{the_city(), night}.at(10),
             wet = world_camera{the_city(), rain}.at(10);
  BOOST_TEST(mean(by_night) < .65 * mean(by_day));
  BOOST_TEST(!(wet.picture == by_day.picture));
  // The same people and vehicles are out: only the light differs.
  BOOST_TEST(by_night.objects.size() == by_day.objects.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
