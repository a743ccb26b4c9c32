// SPDX-License-Identifier: Apache-2.0
#include "runtime/video/picture_list.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/video/pictures.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

const std::string folder = ECCO_TEST_DATA "/video/";

/// Three pictures, and one is missing.
picture_list a_list() {
  return {"list", {{folder + "ramp.png", 0ms}, {folder + "ramp.jpg", 100ms}, {folder + "one.jpg", 300ms}}, 100ms};
}

} // namespace

BOOST_AUTO_TEST_SUITE(picture_lists)

BOOST_AUTO_TEST_CASE(each_picture_stands_at_its_own_time) {
  auto source = open_picture_list(a_list(), false, {}).value();
  for (const auto at : {0ms, 100ms, 300ms}) {
    const auto shown = source->next().value();
    BOOST_TEST((shown.media_time == at));
    BOOST_TEST((shown.stream_time == at));
    BOOST_TEST(shown.picture.width == (at == 300ms ? 1 : 24)); // sizes may change
  }
  BOOST_TEST((source->next().error().code == ec::end_of_stream));
}

BOOST_AUTO_TEST_CASE(a_loop_goes_on_one_step_after_the_last) {
  auto source = open_picture_list(a_list(), true, {}).value();
  for (int i = 0; i < 3; ++i)
    source->next().value();
  const auto again = source->next().value();
  BOOST_TEST((again.media_time == 0ms));
  BOOST_TEST((again.stream_time == 400ms));
}

BOOST_AUTO_TEST_CASE(pixels_pass_unchanged_and_filters_strike_on_time) {
  auto source = open_picture_list({"list", {{folder + "ramp.png", 0ms}, {folder + "ramp.bmp", 100ms}}, 100ms}, false,
                                  {{100ms, "negate"}})
                    .value();
  const auto plain = source->next().value().picture, negative = source->next().value().picture;
  BOOST_TEST_REQUIRE(plain.rgb.size() == negative.rgb.size());
  int wrong = 0;
  for (std::size_t i = 0; i < plain.rgb.size(); ++i)
    wrong += plain.rgb.view()[i] + negative.rgb.view()[i] != 255;
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(bad_lists_are_refused) {
  BOOST_TEST((open_picture_list({"list", {}, 1s}, false, {}).error().code == ec::invalid_argument));
  auto backwards = a_list();
  backwards.pictures[2].at = 50ms;
  BOOST_TEST((open_picture_list(backwards, false, {}).error().code == ec::invalid_argument));
  auto missing = a_list();
  missing.pictures[0].file = folder + "none.png";
  BOOST_TEST((open_picture_list(missing, false, {}).error().code == ec::not_found));
  BOOST_TEST((open_picture_list(a_list(), false, {{0ms, "nonsense"}}).error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_CASE(what_breaks_later_is_told_later) {
  auto list = a_list();
  list.pictures[1].file = folder + "none.png";
  auto source = open_picture_list(list, false, {}).value();
  BOOST_TEST(source->next().has_value());
  BOOST_TEST((source->next().error().code == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_step_overrides_what_a_video_says) {
  auto source = open_source({folder + "ramp.mp4", false, {}, 125ms}).value(); // 10 pictures a second by itself
  for (int i = 0; i < 20; ++i)
    BOOST_TEST((source->next().value().media_time == i * 125ms));
}

BOOST_AUTO_TEST_SUITE_END()
