// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/movie_file.hpp"

#include <boost/test/unit_test.hpp>

#include "runtime/video/picture_file.hpp"
#include "runtime/video/source.hpp"
#include "tests/video/pictures.hpp"

namespace ecco {
namespace {

using namespace test;

BOOST_AUTO_TEST_SUITE(movie_file)

BOOST_AUTO_TEST_CASE(a_png_gives_the_same_pixels_back) {
  const auto picture = a_picture(70, 41, 3);
  const auto read = decode_picture(encode_png(picture).value().view());
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((*read == picture));
}

BOOST_AUTO_TEST_CASE(a_movie_gives_its_pictures_back_in_order_and_time) {
  const auto file =
      std::filesystem::temp_directory_path() / ("ecco-movie-test-" + std::to_string(std::rand()) + ".mp4");
  const auto pictures = some_pictures(128, 96, 12);
  auto writer = write_movie(file, {128, 96, 5}).value();
  for (const auto& one : pictures)
    BOOST_REQUIRE(writer->add(one).has_value());
  BOOST_REQUIRE(writer->finish().has_value());
  const auto source = open_source({file.string(), false, {}}).value();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto read = source->next();
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(psnr(read->picture, pictures[i]) > 25);
    BOOST_TEST(seconds_of(read->media_time) == .2 * static_cast<double>(i),
               boost::test_tools::tolerance(1e-3));
  }
  BOOST_TEST((source->next().error().code == ec::end_of_stream));
  std::filesystem::remove(file);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_refused_with_its_name) {
  const auto nowhere = write_movie("/no/such/folder/a.mp4", {64, 64, 5});
  BOOST_TEST((nowhere.error().code == ec::io_failed));
  BOOST_TEST(nowhere.error().what.find("/no/such/folder/a.mp4") != std::string::npos);
  BOOST_TEST((write_movie("a.mp4", {63, 64, 5}).error().code == ec::invalid_argument));
  BOOST_TEST((write_movie("a.mp4", {64, 64, 0}).error().code == ec::invalid_argument));
  BOOST_TEST((encode_png({4, 4, {}}).error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace ecco
