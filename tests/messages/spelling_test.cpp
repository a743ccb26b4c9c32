// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "messages/spelling.hpp"

using namespace ecco;

namespace {

constexpr std::string_view words[] = {"retrainRequest", "requestAnswer", "chunk", "chunkAck"};

} // namespace

BOOST_AUTO_TEST_SUITE(spelling)

BOOST_AUTO_TEST_CASE(a_slip_of_the_pen_is_recognised) {
  BOOST_TEST(nearest("retrainRequst", words) == "retrainRequest");
  BOOST_TEST(nearest("retrain_request", words) == "retrainRequest");
  BOOST_TEST(nearest("chunck", words) == "chunk");
  BOOST_TEST(did_you_mean("chunkack", words) == "did you mean chunkAck?");
}

BOOST_AUTO_TEST_CASE(another_word_is_not_taken_for_one_of_ours) {
  for (const auto* word : {"", "x", "banana", "statusQuery"})
    BOOST_TEST(did_you_mean(word, words) == "", word);
  BOOST_TEST(nearest(std::string(1'000'000, 'c'), words) == "");
}

BOOST_AUTO_TEST_SUITE_END()
