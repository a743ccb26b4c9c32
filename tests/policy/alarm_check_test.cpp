// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/alarm_check.hpp"

#include <boost/test/unit_test.hpp>

namespace ecco {

namespace {

constexpr box here{.2F, .2F, .4F, .4F}, elsewhere{.6F, .6F, .8F, .8F};

/// `right` frames whose object was found, then `wrong` ones where something else was.
sample_batch frames(int right, int wrong, double usual) {
  sample_batch out{camera_id{"a"}, {}, usual};
  for (int i = 0; i < right + wrong; ++i)
    out.frames.push_back({{}, {{here, 0, false}}, {{i < right ? here : elsewhere, 0, .9F}}, 1});
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(alarm_check)

BOOST_AUTO_TEST_CASE(a_model_as_good_as_usual_refutes_the_alarm) {
  const auto why = refute_alarm(frames(8, 0, .95), {});
  BOOST_TEST_REQUIRE(why.has_value());
  BOOST_TEST(*why == "its model still scores 1.00 on 8 frames, usually 0.95");
}

BOOST_AUTO_TEST_CASE(a_model_that_lost_a_fifth_or_more_does_not) {
  BOOST_TEST(!refute_alarm(frames(2, 6, .95), {}));
  BOOST_TEST(!refute_alarm(frames(0, 8, .95), {}));
}

BOOST_AUTO_TEST_CASE(the_alarm_stands_when_nobody_knows_what_is_usual_or_it_was_never_good) {
  BOOST_TEST(!refute_alarm(frames(8, 0, 0), {}));
  BOOST_TEST(!refute_alarm(frames(8, 0, .1), {}));
}

BOOST_AUTO_TEST_CASE(the_alarm_stands_when_there_are_too_few_frames) {
  BOOST_TEST(!refute_alarm(frames(3, 0, .95), {}));
  BOOST_TEST(refute_alarm(frames(4, 0, .95), {}).has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_scene_refutes_the_alarm_unless_the_model_invents_things) {
  sample_batch empty{camera_id{"a"}, std::vector<labelled_frame>(8), .9};
  BOOST_TEST(refute_alarm(empty, {}).has_value());
  empty.frames[3].seen = {{here, 0, .1F}}; // nobody would be shown this
  BOOST_TEST(refute_alarm(empty, {}).has_value());
  empty.frames[3].seen = {{here, 0, .6F}};
  BOOST_TEST(!refute_alarm(empty, {}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ecco
