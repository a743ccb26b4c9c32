// SPDX-License-Identifier: Apache-2.0
#include "actors/failure.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include "actors/wire.hpp"
#include "messages/codec.hpp"

using namespace ecco;

BOOST_AUTO_TEST_SUITE(failure_test)

BOOST_AUTO_TEST_CASE(an_error_survives_the_way_through_caf) {
  for (int code = 1; code <= static_cast<int>(ec::internal); ++code) {
    const error one{static_cast<ec>(code), "what failed", "what to do"};
    BOOST_TEST((from_caf(to_caf(one)) == one));
  }
}

BOOST_AUTO_TEST_CASE(errors_of_caf_are_told_in_our_words) {
  const auto code_of = [](auto reason) { return from_caf(caf::make_error(reason)).code; };
  BOOST_TEST((code_of(caf::sec::request_timeout) == ec::timed_out));
  BOOST_TEST((code_of(caf::sec::request_receiver_down) == ec::unreachable));
  BOOST_TEST((code_of(caf::sec::cannot_connect_to_node) == ec::unreachable));
  BOOST_TEST((code_of(caf::sec::unexpected_message) == ec::invalid_argument));
  BOOST_TEST((code_of(caf::sec::runtime_error) == ec::internal));
  BOOST_TEST((code_of(caf::exit_reason::remote_link_unreachable) == ec::unreachable));
  BOOST_TEST((from_caf(caf::error{}).code == ec::internal));
}

BOOST_AUTO_TEST_CASE(an_error_with_a_foreign_context_keeps_its_code) {
  const auto shortened =
      caf::error{static_cast<std::uint8_t>(ec::stale), caf::atom("ecco"), caf::make_message(7)};
  BOOST_TEST((from_caf(shortened) == error{ec::stale, {}, {}}));
}

BOOST_AUTO_TEST_CASE(bytes_of_another_kind_of_message_are_refused) {
  envelope target{std::in_place_type<model_ack>};
  const auto refused = decode_expecting(encode(job_ended{group_id{7}}), target);
  BOOST_TEST((from_caf(refused).code == ec::malformed_data));
  BOOST_TEST(from_caf(refused).what.find("modelAck") != std::string::npos);
  BOOST_TEST((from_caf(decode_expecting(bytes(10, 1), target)).code == ec::malformed_data));
}

BOOST_AUTO_TEST_SUITE_END()
