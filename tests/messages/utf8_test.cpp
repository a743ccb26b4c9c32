// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "messages/utf8.hpp"

using namespace ecco;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(characters_of_every_length_are_text) {
  for (const auto text : {""sv, "a\0b"sv, "\u00df"sv, "\u0800\ud7ff\ue000\uffff"sv, "\U00010000\U0010ffff"sv})
    BOOST_TEST(is_utf8(text), text);
}

BOOST_AUTO_TEST_CASE(other_bytes_are_not) {
  const std::string_view cases[] = {
      "\x80",
      "a\xBF",
      "\xC2",
      "\xC3(", // stray or missing continuation
      "\xC0\x80",
      "\xC1\xBF",
      "\xE0\x9F\xBF",
      "\xF0\x8F\xBF\xBF", // longer than needed
      "\xED\xA0\x80",
      "\xED\xBF\xBF", // surrogates
      "\xE2\x82",
      "\xF0\x9F\x98",
      "\xF4\x90\x80\x80",
      "\xF5\x80\x80\x80", // cut short, beyond U+10FFFF
      "\xFF",
      "\xFE",
  };
  for (const auto text : cases)
    BOOST_TEST(!is_utf8(text));
}

BOOST_AUTO_TEST_SUITE_END()
