// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/test/tree/decorator.hpp>

#include "messages/segment.hpp"
#include "runtime/video/segment_codec.hpp"

namespace ecco::test {

/// People walking, 79 s of 768x576 at 10 pictures a second; empty when it is not installed.
#ifdef ECCO_REAL_VIDEO
inline const std::string real_video = ECCO_REAL_VIDEO;
#else
inline const std::string real_video;
#endif

/// For tests that need it: `*boost::unit_test::precondition(has_real_video)`.
boost::test_tools::assertion_result has_real_video(boost::unit_test::test_unit_id);

/// A smooth picture with one bright square, whose place depends on `index`.
image a_picture(std::uint16_t width, std::uint16_t height, int index);

/// `count` of them.
std::vector<image> some_pictures(std::uint16_t width, std::uint16_t height, int count);

/// Mean of all bytes, 0..255.
double brightness(const image& picture);

/// Peak signal-to-noise ratio of two pictures of one size, over all channels, dB.
double psnr(const image& a, const image& b);

/// What a camera makes of pictures that span a second.
encoded_segment a_segment(segment_encoder& encoder, const std::vector<image>& pictures, std::uint16_t width,
                          std::uint16_t height);

} // namespace ecco::test
