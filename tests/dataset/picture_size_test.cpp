// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/picture_size.hpp"

#include <sstream>

#include <boost/test/unit_test.hpp>

#include "runtime/video/picture_file.hpp"
#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;

namespace {

result<picture_extent> of_bytes(const std::string& text) {
  std::istringstream in{text};
  return picture_size(in);
}

} // namespace

BOOST_AUTO_TEST_SUITE(picture_sizes)

BOOST_AUTO_TEST_CASE(the_claimed_size_is_that_of_the_pixels) {
  for (const auto* name :
       {"ramp.png", "ramp.jpg", "ramp_progressive.jpg", "ramp_turned.jpg", "one.jpg", "tall.jpg", "wide.png"}) {
    const std::filesystem::path file = std::string{ECCO_TEST_DATA} + "/video/" + name;
    const auto claimed = whole(picture_size(file));
    const auto decoded = whole(read_picture(file));
    BOOST_TEST((claimed == picture_extent{decoded.width, decoded.height}), name);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_refused) {
  using namespace std::string_literals;
  check_refused(of_bytes(""), "ends before");
  check_refused(of_bytes("GIF89a"), "neither JPEG nor PNG");
  check_refused(of_bytes("\xff\xd8\xff\xe0\x00\x10JFIF"s), "ends before");
  check_refused(of_bytes("\xff\xd8\xff\xe0\x00\x01xx"s), "ends before");
  check_refused(of_bytes("\xff\xd8\xff\xc0\x00\x11\x08\x00\x00\x00\x10"s), "16 x 0 pixels cannot be");
  check_refused(of_bytes("\x89PNG\r\n\x1a\n\0\0\0\rIDAT\0\0\0\1\0\0\0\1"s), "a damaged PNG");
  check_refused(of_bytes("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\0\0\1"s), "65536 x 1 pixels cannot be");
}

BOOST_AUTO_TEST_SUITE_END()
