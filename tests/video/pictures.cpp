// SPDX-License-Identifier: Apache-2.0
#include "tests/video/pictures.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace ecco::test {

boost::test_tools::assertion_result has_real_video(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result found{!real_video.empty()};
  found.message() << "vtest.avi is not installed (Debian: opencv-doc)";
  return found;
}

image a_picture(std::uint16_t width, std::uint16_t height, int index) {
  bytes rgb;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const bool bright = x / 8 == index % (width / 8) && y / 8 == 1;
      rgb.push_back(bright ? 255 : static_cast<std::uint8_t>(128 * x / width));
      rgb.push_back(bright ? 255 : static_cast<std::uint8_t>(128 * y / height));
      rgb.push_back(64);
    }
  return {width, height, blob{std::move(rgb)}};
}

std::vector<image> some_pictures(std::uint16_t width, std::uint16_t height, int count) {
  std::vector<image> pictures;
  for (int index = 0; index < count; ++index)
    pictures.push_back(a_picture(width, height, index));
  return pictures;
}

double brightness(const image& picture) {
  const auto rgb = picture.rgb.view();
  return std::accumulate(rgb.begin(), rgb.end(), 0.) / static_cast<double>(rgb.size());
}

double psnr(const image& a, const image& b) {
  const auto left = a.rgb.view(), right = b.rgb.view();
  if (left.size() != right.size())
    throw std::invalid_argument{"psnr: pictures of different sizes"};
  double squares = 0;
  for (std::size_t i = 0; i < left.size(); ++i)
    squares += std::pow(double{1} * left[i] - right[i], 2);
  return 10 * std::log10(255. * 255. * static_cast<double>(left.size()) / std::max(squares, 1e-9));
}

encoded_segment a_segment(segment_encoder& encoder, const std::vector<image>& pictures, std::uint16_t width,
                          std::uint16_t height) {
  encoded_segment segment;
  segment.camera = camera_id{"gate"};
  segment.codec = encoder.codec();
  segment.width = width;
  segment.height = height;
  segment.frames.resize(pictures.size());
  segment.stream = encoder.encode(pictures, std::chrono::seconds{1}).value();
  return segment;
}

} // namespace ecco::test
