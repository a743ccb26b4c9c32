// SPDX-License-Identifier: Apache-2.0
#include "deploy/world/fleet_config.hpp"

#include <filesystem>
#include <fstream>
#include <random>

#include <boost/test/unit_test.hpp>

#include "config/load.hpp"
#include "runtime/world/address.hpp"

namespace ecco {
namespace {

namespace fs = std::filesystem;

/// As a user's file would be.
result<settings> loaded(const std::string& text) {
  const auto file = fs::temp_directory_path() / ("ecco-fleet-" + std::to_string(std::random_device{}()) + ".yaml");
  std::ofstream{file} << text;
  const std::vector<fs::path> files{file};
  environment outside;
  outside.folder = fs::temp_directory_path();
  auto read = load_settings(files, {}, outside);
  fs::remove(file);
  return read;
}

BOOST_AUTO_TEST_SUITE(fleet_config)

BOOST_AUTO_TEST_CASE(what_is_written_loads_and_gives_the_same_plans) {
  for (const auto on : {world::mount::pole, world::mount::vehicle, world::mount::drone}) {
    fleet_request asked;
    asked.fleet.on = on;
    asked.fleet.cameras = 7;
    asked.fleet.home = world::district::suburb;
    asked.fleet.alike = {.5f, .4f, .2f, .3f};
    asked.fleet.drift = world::change_kind::snow;
    asked.fleet.amount = .7f;
    asked.fleet.width = 256;
    asked.fleet.height = 160;
    asked.seed = 5;
    asked.fps = 8;
    const auto cameras = make_fleet_cameras(asked).value();
    const auto read = loaded(to_config(cameras, "made by a test"));
    BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().what));
    const auto wanted = world::make_fleet(asked.fleet);
    BOOST_REQUIRE(read->cameras.size() == wanted.size());
    for (const auto& plan : wanted) {
      const auto& camera = read->cameras.at(camera_id{plan.name});
      const auto address = world::read_address(camera.source).value();
      BOOST_TEST((address.camera == plan), camera.source);
      BOOST_TEST(address.world.seed == 5u);
      BOOST_TEST(address.world.start_hour == plan.happens.begins.hour);
      BOOST_TEST(address.fps == 8);
      BOOST_TEST(camera.mobile == (on != world::mount::pole));
    }
    BOOST_TEST(read->classes.size() == 5u);
  }
}

BOOST_AUTO_TEST_CASE(cameras_stand_apart_within_one_town) {
  fleet_request asked;
  asked.fleet.alike.district = .5f;
  const auto cameras = make_fleet_cameras(asked).value();
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    BOOST_TEST(std::abs(cameras[i].place.latitude - 47.3769) < .006);
    BOOST_TEST(std::abs(cameras[i].place.longitude - 8.5417) < .008);
    for (std::size_t k = 0; k < i; ++k)
      BOOST_TEST(cameras[i].plan.name != cameras[k].plan.name);
  }
}

BOOST_AUTO_TEST_CASE(similarity_is_read_as_it_is_said) {
  BOOST_TEST(read_similarity("").value().weather == 1.f);
  const auto read = read_similarity("lighting=0.25,district=.5").value();
  BOOST_TEST(read.lighting == .25f);
  BOOST_TEST(read.district == .5f);
  BOOST_TEST(read.timing == 1.f);
  for (const auto* wrong : {"weather", "weather=2", "weather=nan", "weather=-1", "wind=1", "weather=1,weather=1",
                            "weather=1,,timing=1", "weather=.5 "})
    BOOST_TEST(!read_similarity(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(drift_is_read_as_it_is_said) {
  BOOST_TEST((read_drift("rain@60").value() == fleet_drift{world::change_kind::rain, 1, 60}));
  BOOST_TEST((read_drift("fog=.05@7.5").value() == fleet_drift{world::change_kind::fog, .05f, 7.5}));
  BOOST_TEST((read_drift("hour@0").value() == fleet_drift{world::change_kind::hour, 22.5f, 0}));
  for (const auto* wrong : {"", "rain", "rain@", "rain@-1", "rain=2@5", "rain=@5", "wind@5", "rain@5@6", "rain@inf"})
    BOOST_TEST(!read_drift(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(what_is_out_of_range_is_refused) {
  const auto refused = [](auto&& change) {
    fleet_request asked;
    change(asked);
    const auto made = make_fleet_cameras(asked);
    return !made && made.error().code == ec::invalid_argument;
  };
  BOOST_TEST(!refused([](fleet_request&) {}));
  BOOST_TEST(refused([](fleet_request& of) { of.fleet.cameras = 0; }));
  BOOST_TEST(refused([](fleet_request& of) { of.fleet.cameras = 1001; }));
  BOOST_TEST(refused([](fleet_request& of) { of.fleet.spread = -1; }));
  BOOST_TEST(refused([](fleet_request& of) { of.fleet.hour = 24; }));
  BOOST_TEST(refused([](fleet_request& of) { of.fps = 0; }));
  BOOST_TEST(refused([](fleet_request& of) { of.fleet.width = 33; }));
  BOOST_TEST(refused([](fleet_request& of) { of.fleet.alike.timing = 2; }));
  BOOST_TEST(refused([](fleet_request& of) {
    of.fleet.on = world::mount::drone;
    of.fleet.home = world::district::tunnel;
  }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
