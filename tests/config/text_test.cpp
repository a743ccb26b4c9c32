// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "config/text.hpp"

BOOST_AUTO_TEST_SUITE(text)

using namespace ecco;

BOOST_AUTO_TEST_CASE(urls_lose_what_must_not_be_seen) {
  BOOST_TEST(redact("rtsp://10.0.0.1/ch1") == "rtsp://10.0.0.1/ch1");
  BOOST_TEST(redact("rtsp://me:hush@10.0.0.1/ch1") == "rtsp://***@10.0.0.1/ch1");
  BOOST_TEST(redact("rtsp://me@10.0.0.1") == "rtsp://***@10.0.0.1");
  BOOST_TEST(redact("rtsp://me:hu@sh/1@10.0.0.1/ch1") == "rtsp://***@10.0.0.1/ch1");
  BOOST_TEST(redact("http://h/v?user=me&password=hush&ch=1") == "http://h/v?user=me&password=***&ch=1");
  BOOST_TEST(redact("http://h/user=me&Pwd=hush") == "http://h/user=me&Pwd=***");
  BOOST_TEST(redact("srt://h:1?passphrase=hush#x") == "srt://h:1?passphrase=***#x");
  BOOST_TEST(redact("clip@home.mp4") == "clip@home.mp4");
  BOOST_TEST(redact("") == "");
}

BOOST_AUTO_TEST_CASE(the_nearest_word_is_found_and_nothing_far_off) {
  static constexpr std::array<std::string_view, 4> words{"source", "loop", "pace", "location"};
  BOOST_TEST(nearest("sorce", words) == "source");
  BOOST_TEST(nearest("osurce", words) == "source");
  BOOST_TEST(nearest("lop", words) == "loop");
  BOOST_TEST(nearest("lattitude", words) == "");
  BOOST_TEST(nearest("", words) == "");
  BOOST_TEST(nearest(std::string(1000, 'l'), words) == "");
}

BOOST_AUTO_TEST_CASE(only_well_formed_utf8_is_text) {
  for (const std::string_view good :
       {"", "a\n\t", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
    BOOST_TEST(is_text(good));
  for (const std::string_view bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"})
    BOOST_TEST(!is_text(bad));
  BOOST_TEST(!is_text(std::string_view{"\0", 1}));
}

BOOST_AUTO_TEST_SUITE_END()
