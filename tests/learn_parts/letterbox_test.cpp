// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/letterbox.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

using namespace ecco;

namespace {

image filled(std::uint16_t width, std::uint16_t height, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  bytes rgb;
  for (int i = 0; i < width * height; ++i)
    rgb.insert(rgb.end(), {r, g, b});
  return {width, height, blob{std::move(rgb)}};
}

image grey_row(std::vector<std::uint8_t> values) {
  bytes rgb;
  for (auto v : values)
    rgb.insert(rgb.end(), {v, v, v});
  return {static_cast<std::uint16_t>(values.size()), 1, blob{std::move(rgb)}};
}

std::vector<float> planes_of(const image& picture, std::uint16_t width, std::uint16_t height) {
  std::vector<float> planes(std::size_t{3} * width * height, -1.F);
  letterbox(picture, width, height, planes);
  return planes;
}

std::uint16_t any_length() {
  return *rc::gen::inRange<std::uint16_t>(1, 1000);
}

} // namespace

BOOST_AUTO_TEST_SUITE(letterbox_picture)

BOOST_AUTO_TEST_CASE(geometry_is_that_of_ultralytics) {
  const struct {
    std::uint16_t width, height, into_width, into_height;
    std::uint16_t pad_x, pad_y, new_width, new_height;
  } cases[] = {
      {640, 480, 640, 640, 0, 80, 640, 480},                                            // plain
      {1920, 1080, 640, 640, 0, 140, 640, 360}, {810, 1080, 640, 640, 80, 0, 480, 640}, // their bus.jpg
      {416, 312, 320, 320, 0, 40, 320, 240},    {256, 192, 320, 192, 32, 0, 256, 192},  // nothing to scale
      {100, 75, 320, 320, 0, 40, 320, 240},                                             // up
      {1000, 333, 320, 320, 0, 106, 320, 107}, // odd space: the smaller half comes first
      {200, 1, 320, 320, 0, 159, 320, 2},       {1000, 1, 100, 100, 0, 49, 100, 1}, // a sliver keeps a pixel
  };
  for (const auto& c : cases) {
    auto place = fit(c.width, c.height, c.into_width, c.into_height);
    BOOST_TEST_CONTEXT(c.width << "x" << c.height) {
      BOOST_TEST(place.pad_x == c.pad_x);
      BOOST_TEST(place.pad_y == c.pad_y);
      BOOST_TEST(place.new_width == c.new_width);
      BOOST_TEST(place.new_height == c.new_height);
    }
  }
}

RC_BOOST_PROP(the_picture_lies_within_the_input, ()) {
  auto width = any_length(), height = any_length(), into_width = any_length(), into_height = any_length();
  auto place = fit(width, height, into_width, into_height);
  RC_ASSERT(place.new_width >= 1 && place.new_height >= 1);
  RC_ASSERT(place.pad_x + place.new_width <= into_width);
  RC_ASSERT(place.pad_y + place.new_height <= into_height);
  RC_ASSERT(place.new_width == into_width || place.new_height == into_height);
}

RC_BOOST_PROP(boxes_survive_the_way_there_and_back_within_half_a_pixel, ()) {
  image picture{any_length(), any_length(), {}};
  auto into_width = any_length(), into_height = any_length();
  auto fraction = [] { return static_cast<float>(*rc::gen::inRange(0, 1001)) / 1000.F; };
  auto [x1, x2] = std::minmax({fraction(), fraction()});
  auto [y1, y2] = std::minmax({fraction(), fraction()});
  const box there{x1, y1, x2, y2};
  auto back = to_picture(to_input(there, picture, into_width, into_height), picture, into_width, into_height);
  RC_ASSERT(std::abs(back.x1 - there.x1) * static_cast<float>(picture.width) < .5F);
  RC_ASSERT(std::abs(back.x2 - there.x2) * static_cast<float>(picture.width) < .5F);
  RC_ASSERT(std::abs(back.y1 - there.y1) * static_cast<float>(picture.height) < .5F);
  RC_ASSERT(std::abs(back.y2 - there.y2) * static_cast<float>(picture.height) < .5F);
}

BOOST_AUTO_TEST_CASE(pictures_of_any_size_are_what_their_definition_says) {
  constexpr std::uint16_t into_width = 96, into_height = 64;
  const std::pair<std::uint16_t, std::uint16_t> sizes[] = {
      {1, 1}, {2, 3}, {1, 4096}, {4096, 1}, {65535, 1}, {1, 65535}, {65535, 3}, {97, 64}, {95, 64}, {96, 64}};
  for (const auto& [width, height] : sizes) {
    bytes rgb(std::size_t{3} * width * height);
    std::uint32_t noise = 1;
    for (auto& value : rgb)
      value = static_cast<std::uint8_t>((noise = noise * 1664525 + 1013904223) >> 24);
    const image picture{width, height, blob{rgb}};
    const auto planes = planes_of(picture, into_width, into_height);
    const auto place = fit(width, height, into_width, into_height);
    // Of the channel at a pixel of the input, by the definition, in double.
    const auto expected = [&](int x, int y, std::size_t c) {
      if (x < place.pad_x || x >= place.pad_x + place.new_width || y < place.pad_y || y >= place.pad_y + place.new_height)
        return 114. / 255;
      const auto along = [](double pixel, double from, double to) {
        return std::clamp((pixel + .5) * from / to - .5, 0., from - 1);
      };
      const auto u = along(x - place.pad_x, width, place.new_width), v = along(y - place.pad_y, height, place.new_height);
      const auto value = [&](double column, double row) {
        const auto i = static_cast<std::size_t>(std::min(column, width - 1.)), j = static_cast<std::size_t>(std::min(row, height - 1.));
        return rgb[3 * (j * width + i) + c] / 255.;
      };
      const auto du = u - std::floor(u), dv = v - std::floor(v);
      const auto upper = value(std::floor(u), std::floor(v)) * (1 - du) + value(std::floor(u) + 1, std::floor(v)) * du;
      const auto lower = value(std::floor(u), std::floor(v) + 1) * (1 - du) + value(std::floor(u) + 1, std::floor(v) + 1) * du;
      return upper * (1 - dv) + lower * dv;
    };
    double worst = 0;
    for (int y = 0; y < into_height; ++y)
      for (int x = 0; x < into_width; ++x)
        for (std::size_t c = 0; c < 3; ++c)
          worst = std::max(worst, std::abs(double{planes[(c * into_height + static_cast<std::size_t>(y)) * into_width
                                                         + static_cast<std::size_t>(x)]}
                                           - expected(x, y, c)));
    BOOST_TEST(worst < 1e-5, width << " x " << height << ": " << worst);
  }
}

BOOST_AUTO_TEST_CASE(boxes_are_clipped_to_the_picture) {
  const auto picture = filled(4, 2, 0, 0, 0);
  auto clipped = to_picture({-10, -10, 500, 500}, picture, 64, 64);
  BOOST_TEST((clipped == box{0, 0, 1, 1}));
}

BOOST_AUTO_TEST_CASE(channels_become_planes_with_grey_around_them) {
  auto planes = planes_of(filled(4, 2, 255, 0, 51), 8, 8);
  const float expected[3] = {1.F, 0.F, .2F};
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t y = 0; y < 8; ++y)
      for (std::size_t x = 0; x < 8; ++x)
        BOOST_TEST(std::abs(planes[c * 64 + y * 8 + x] - (y >= 2 && y < 6 ? expected[c] : 114.F / 255.F))
                   < 1e-6F);
}

BOOST_AUTO_TEST_CASE(a_picture_of_the_right_size_is_only_rearranged) {
  image picture{2, 1, blob{bytes{10, 20, 30, 40, 50, 60}}};
  auto planes = planes_of(picture, 2, 1);
  const float expected[] = {10, 40, 20, 50, 30, 60};
  for (std::size_t i = 0; i < 6; ++i)
    BOOST_TEST(std::abs(planes[i] * 255.F - expected[i]) < 1e-4F);
}

BOOST_AUTO_TEST_CASE(scaling_is_bilinear_about_the_centres_of_pixels) {
  // Twice as wide: targets lie at -.25 (clamped), .25, .75, 1.25 (clamped) of the two sources.
  auto up = planes_of(grey_row({0, 100}), 4, 2);
  const float expected_up[] = {0, 25, 75, 100};
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(std::abs(up[i] * 255.F - expected_up[i]) < 1e-3F);
  // Half as wide: each target lies between two sources.
  auto down = planes_of(grey_row({0, 10, 100, 200}), 2, 1);
  BOOST_TEST(std::abs(down[0] * 255.F - 5.F) < 1e-3F);
  BOOST_TEST(std::abs(down[1] * 255.F - 150.F) < 1e-3F);
}

RC_BOOST_PROP(a_tight_input_leaves_out_nothing_but_padding, ()) {
  const image picture{any_length(), any_length(), {}};
  const image* const one[] = {&picture};
  const auto side = [] { return static_cast<std::uint16_t>(32 * *rc::gen::inRange(1, 21)); };
  const input_size most{side(), side()};
  const auto size = tight_input(one, most);
  const auto whole = fit(picture.width, picture.height, most.width, most.height);
  const auto tight = fit(picture.width, picture.height, size.width, size.height);
  RC_ASSERT(tight.scale == whole.scale && tight.new_width == whole.new_width && tight.new_height == whole.new_height);
  RC_ASSERT(size.width % 32 == 0 && size.height % 32 == 0);
  RC_ASSERT(size.width <= most.width && size.height <= most.height);
  RC_ASSERT(size.width - whole.new_width < 33 && size.height - whole.new_height < 33);
}

BOOST_AUTO_TEST_CASE(a_tight_input_holds_all_its_pictures) {
  const image wide{1920, 1080, {}}, upright{1080, 1920, {}};
  const image *const first[] = {&wide}, *const both[] = {&wide, &upright};
  BOOST_CHECK((tight_input(first, {640, 640}) == input_size{640, 384}));
  BOOST_CHECK((tight_input(both, {640, 640}) == input_size{640, 640}));
}

BOOST_AUTO_TEST_CASE(a_native_input_enlarges_nothing_and_shrinks_what_is_too_large) {
  const struct {
    std::uint16_t width, height;
    input_size expected;
  } table[] = {{86, 64, {96, 64}},     {128, 96, {128, 96}},   {170, 128, {192, 128}},
               {256, 192, {192, 160}}, {16, 16, {32, 32}},     {192, 160, {192, 160}}};
  for (const auto& [width, height, expected] : table) {
    const image picture{width, height, {}};
    const image* one[] = {&picture};
    const auto size = native_input(one, {192, 160});
    BOOST_TEST(size.width == expected.width);
    BOOST_TEST(size.height == expected.height);
    BOOST_TEST(fit(width, height, size.width, size.height).scale <= std::max(1.F, 32.F / std::max(width, height)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
