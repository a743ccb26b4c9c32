// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/picture_file.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace ecco;

namespace {

const std::string folder = ECCO_TEST_DATA "/video/";

bytes file_bytes(const std::string& name) {
  std::ifstream in{folder + name, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

image whole(const std::string& name) {
  auto picture = read_picture(folder + name);
  BOOST_TEST_REQUIRE(picture.has_value(), (picture ? "" : picture.error().what));
  BOOST_TEST_REQUIRE(picture->rgb.size() == std::size_t{3} * picture->width * picture->height);
  return *picture;
}

/// The channels of a pixel.
std::array<int, 3> pixel(const image& picture, std::size_t x, std::size_t y) {
  const auto* at = picture.rgb.view().data() + 3 * (y * picture.width + x);
  return {at[0], at[1], at[2]};
}

/// Largest difference from the ramp of tests/data/video/README.md.
int distance_from_ramp(const image& picture) {
  BOOST_TEST_REQUIRE(picture.width == 24);
  BOOST_TEST_REQUIRE(picture.height == 16);
  int largest = 0;
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 24; ++x) {
      const auto seen = pixel(picture, static_cast<std::size_t>(x), static_cast<std::size_t>(y));
      const std::array wanted{10 * x, 15 * y, 255 - 5 * x - 5 * y};
      for (std::size_t c = 0; c < 3; ++c)
        largest = std::max(largest, std::abs(seen[c] - wanted[c]));
    }
  return largest;
}

} // namespace

BOOST_AUTO_TEST_SUITE(picture_files)

BOOST_AUTO_TEST_CASE(formats_without_loss_are_exact) {
  for (const auto* name : {"ramp.png", "ramp.bmp", "ramp.webp", "ramp_alpha.png"})
    BOOST_TEST(distance_from_ramp(whole(name)) == 0, name);
}

BOOST_AUTO_TEST_CASE(jpeg_is_near) {
  BOOST_TEST(distance_from_ramp(whole("ramp.jpg")) <= 8);
  BOOST_TEST(distance_from_ramp(whole("ramp_progressive.jpg")) <= 24); // chroma at half the size
}

BOOST_AUTO_TEST_CASE(grey_becomes_three_equal_channels) {
  const auto picture = whole("ramp_grey.jpg");
  for (std::size_t x = 0; x < 24; ++x) {
    const auto seen = pixel(picture, x, 7);
    BOOST_TEST((seen[0] == seen[1] && seen[1] == seen[2]));
    BOOST_TEST(std::abs(seen[0] - 10 * static_cast<int>(x)) <= 6);
  }
}

BOOST_AUTO_TEST_CASE(a_note_on_orientation_is_not_followed) {
  BOOST_TEST(distance_from_ramp(whole("ramp_turned.jpg")) <= 8);
}

BOOST_AUTO_TEST_CASE(pictures_of_any_size_are_read) {
  const auto one = whole("one.jpg"), tall = whole("tall.jpg"), wide = whole("wide.png");
  BOOST_TEST((one.width == 1 && one.height == 1));
  BOOST_TEST(std::abs(pixel(one, 0, 0)[0] - 77) <= 1);
  BOOST_TEST((tall.width == 1 && tall.height == 4096));
  BOOST_TEST(std::abs(pixel(tall, 0, 4095)[2] - 90) <= 1);
  BOOST_TEST((wide.width == 65535 && wide.height == 1));
  BOOST_TEST((pixel(wide, 65533, 0) == std::array{0, 200, 0}));
  BOOST_TEST((pixel(wide, 65534, 0) == std::array{255, 0, 0}));
}

BOOST_AUTO_TEST_CASE(what_ends_too_early_is_no_picture_wherever_it_ends) {
  for (const auto* name : {"ramp.jpg", "ramp_progressive.jpg", "ramp.png", "ramp.bmp", "ramp.webp", "one.jpg"}) {
    const auto all = file_bytes(name);
    // The last twelve bytes of a PNG only say that it has ended.
    const auto needed = all.size() - (std::string{name}.ends_with(".png") ? 12 : 0);
    for (std::size_t kept = 0; kept < needed; ++kept) {
      const auto cut = decode_picture(std::span{all}.first(kept));
      BOOST_TEST_REQUIRE(!cut.has_value(), name << " of " << kept << " bytes");
      BOOST_TEST_REQUIRE(!cut.error().what.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_thumbnail_does_not_stand_in_for_the_end) {
  // As cameras write it: a whole small JPEG inside, before the pixels of the large one.
  auto all = file_bytes("ramp.jpg");
  const auto small = file_bytes("one.jpg");
  const auto length = small.size() + 2;
  bytes note{0xff, 0xe1, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
  note.insert(note.end(), small.begin(), small.end());
  all.insert(all.begin() + 2, note.begin(), note.end());
  BOOST_TEST(decode_picture(all).has_value());
  all.resize(all.size() - 40);
  BOOST_TEST(!decode_picture(all).has_value());
}

BOOST_AUTO_TEST_CASE(damage_gives_an_error_or_a_picture_of_the_right_length) {
  std::uint32_t state = 1;
  for (const auto* name : {"ramp.jpg", "ramp.png", "ramp.bmp", "ramp.webp"})
    for (int round = 0; round < 200; ++round) {
      auto all = file_bytes(name);
      for (int i = 0; i < 4; ++i) {
        state = state * 1664525 + 1013904223;
        all[(state >> 8) % all.size()] = static_cast<std::uint8_t>(state);
      }
      if (const auto picture = decode_picture(all))
        BOOST_TEST_REQUIRE(picture->rgb.size() == std::size_t{3} * picture->width * picture->height);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_told) {
  const std::string playlist = "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n";
  const auto refused = decode_picture(bytes{playlist.begin(), playlist.end()});
  BOOST_CHECK(refused.error().code == ec::unsupported);
  BOOST_CHECK(decode_picture({}).error().code == ec::unsupported);
  const auto video = read_picture(folder + "ramp.mp4");
  BOOST_CHECK(video.error().code == ec::unsupported);
  BOOST_TEST(video.error().what.find("ramp.mp4: neither JPEG") != std::string::npos, video.error().what);
}

BOOST_AUTO_TEST_CASE(a_picture_that_is_not_there_is_named) {
  const auto missing = read_picture("/nowhere/a.jpg");
  BOOST_CHECK(missing.error().code == ec::not_found);
  BOOST_TEST(missing.error().what.find("/nowhere/a.jpg: ") == 0u, missing.error().what);
  BOOST_CHECK(read_picture(folder).error().code == ec::io_failed);
}

BOOST_AUTO_TEST_SUITE_END()
