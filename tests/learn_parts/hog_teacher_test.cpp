// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/hog_teacher.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <boost/test/unit_test.hpp>

#include "runtime/score/iou.hpp"

using namespace ecco;

namespace {

constexpr int width = 256, height = 192;

/// A grey picture to paint on, values in [0, 1].
class canvas {
 public:
  explicit canvas(double background) : grey_(std::size_t{width} * height, background) {}

  void ellipse(double x, double y, double radius_x, double radius_y, double tilt, double value) {
    for (int row = 0; row < height; ++row)
      for (int column = 0; column < width; ++column) {
        auto dx = column - x, dy = row - y;
        auto u = (dx * std::cos(tilt) + dy * std::sin(tilt)) / radius_x;
        auto v = (dy * std::cos(tilt) - dx * std::sin(tilt)) / radius_y;
        if (u * u + v * v <= 1)
          grey_[static_cast<std::size_t>(row * width + column)] = value;
      }
  }

  /// A standing figure, `tall` pixels from head to feet, its feet at (x, y).
  void person(double x, double y, double tall, double value) {
    ellipse(x, y - .92 * tall, .06 * tall, .08 * tall, 0, value);
    ellipse(x, y - .66 * tall, .11 * tall, .21 * tall, 0, value);
    ellipse(x - .11 * tall, y - .63 * tall, .035 * tall, .19 * tall, .15, value);
    ellipse(x + .11 * tall, y - .63 * tall, .035 * tall, .19 * tall, -.15, value);
    ellipse(x - .06 * tall, y - .25 * tall, .05 * tall, .26 * tall, .08, value);
    ellipse(x + .06 * tall, y - .25 * tall, .05 * tall, .26 * tall, -.08, value);
  }

  /// The picture under `gain * value + offset`, with noise of that standard deviation.
  frame shot(double gain = 1, double offset = 0, double noise = 0) const {
    std::mt19937 random{1};
    std::normal_distribution<double> jitter{0, 1};
    bytes rgb;
    for (auto value : grey_) {
      auto level = std::clamp(255 * (gain * value + offset + noise * jitter(random)), 0., 255.);
      rgb.insert(rgb.end(), 3, static_cast<std::uint8_t>(level));
    }
    frame out;
    out.camera = camera_id{"gate-3"};
    out.picture = {width, height, blob{std::move(rgb)}};
    return out;
  }

 private:
  std::vector<double> grey_;
};

canvas one_person() {
  canvas street{.6};
  street.person(100, 150, 64, .15);
  return street;
}

constexpr box the_person{89.F / width, 86.F / height, 111.F / width, 150.F / height};

std::vector<label> labels_of(const frame& shot, const hog_options& options = {}) {
  auto teacher = make_hog_teacher(options);
  BOOST_TEST_REQUIRE(teacher.has_value());
  auto labels = (*teacher)->label_frame(shot);
  BOOST_TEST_REQUIRE(labels.has_value(), (labels ? "" : render(labels.error())));
  return *labels;
}

bool has_the_person(const std::vector<label>& labels) {
  return std::any_of(labels.begin(), labels.end(),
                     [](const label& l) { return !l.ignore && iou(l.where, the_person) > .5; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(hog)

BOOST_AUTO_TEST_CASE(a_person_is_found_and_the_box_fits) {
  auto labels = labels_of(one_person().shot());
  BOOST_TEST(labels.size() == 1u);
  BOOST_TEST(has_the_person(labels));
}

BOOST_AUTO_TEST_CASE(a_person_is_found_in_the_dark_and_in_noise) {
  BOOST_TEST(has_the_person(labels_of(one_person().shot(.15))));
  BOOST_TEST(has_the_person(labels_of(one_person().shot(1, 0, .1))));
}

BOOST_AUTO_TEST_CASE(an_empty_street_has_no_labels) {
  BOOST_TEST(labels_of(canvas{.5}.shot()).empty());
  BOOST_TEST(labels_of(canvas{0}.shot()).empty());
  BOOST_TEST(labels_of(canvas{.5}.shot(1, 0, .1)).empty());
}

BOOST_AUTO_TEST_CASE(labels_repeat) {
  const auto shot = one_person().shot(1, 0, .05);
  BOOST_TEST((labels_of(shot) == labels_of(shot)));
}

BOOST_AUTO_TEST_CASE(a_weak_find_is_marked_ignore_and_carries_the_class) {
  hog_options strict;
  strict.label_score = 10;
  strict.class_id = 3;
  auto labels = labels_of(one_person().shot(), strict);
  BOOST_TEST_REQUIRE(!labels.empty());
  for (const auto& l : labels) {
    BOOST_TEST(l.ignore);
    BOOST_TEST(l.class_id == 3u);
  }
}

BOOST_AUTO_TEST_CASE(people_out_of_the_range_of_heights_are_not_found) {
  canvas street{.6};
  street.person(100, 185, 180, .15);
  for (const auto& l : labels_of(street.shot()))
    BOOST_TEST(l.where.y2 - l.where.y1 < .65F);
}

BOOST_AUTO_TEST_CASE(pictures_that_are_none_are_refused) {
  auto teacher = make_hog_teacher();
  BOOST_TEST_REQUIRE(teacher.has_value());
  for (auto picture : {image{}, image{16, 16, blob{bytes(10)}}, image{0, 16, blob{bytes(48)}},
                       image{900, 1, blob{bytes(2700)}}, image{1, 900, blob{bytes(2700)}}}) {
    frame shot;
    shot.camera = camera_id{"gate-3"};
    shot.picture = picture;
    auto labels = (*teacher)->label_frame(shot);
    BOOST_TEST_REQUIRE(!labels.has_value());
    BOOST_TEST((labels.error().code == ec::invalid_argument));
    BOOST_TEST(labels.error().what.find("gate-3") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(pictures_of_any_size_are_labelled) {
  for (auto size : {std::pair{1, 1}, {8, 1}, {1, 8}, {31, 200}, {1920, 1080}}) {
    frame shot;
    shot.picture = {static_cast<std::uint16_t>(size.first), static_cast<std::uint16_t>(size.second),
                    blob{bytes(std::size_t{3} * size.first * size.second, 90)}};
    BOOST_TEST(labels_of(shot).empty());
  }
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  auto refused = [](auto change) {
    hog_options options;
    change(options);
    auto teacher = make_hog_teacher(options);
    return !teacher && teacher.error().code == ec::invalid_argument;
  };
  BOOST_TEST(refused([](hog_options& o) { o.smallest_person = .01; }));
  BOOST_TEST(refused([](hog_options& o) { o.smallest_person = .7; }));
  BOOST_TEST(refused([](hog_options& o) { o.largest_person = 1.1; }));
  BOOST_TEST(refused([&](hog_options& o) { o.largest_person = nan; }));
  BOOST_TEST(refused([](hog_options& o) { o.scale_step = 1; }));
  BOOST_TEST(refused([&](hog_options& o) { o.scale_step = nan; }));
  BOOST_TEST(refused([](hog_options& o) { o.ignore_score = 2; }));
  BOOST_TEST(refused([](hog_options& o) { o.label_score = 11; }));
  BOOST_TEST(refused([](hog_options& o) { o.overlap = -1; }));
}

BOOST_AUTO_TEST_SUITE_END()
