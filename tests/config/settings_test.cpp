// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <boost/test/unit_test.hpp>

#include "config/settings.hpp"

BOOST_AUTO_TEST_SUITE(settings_rules)

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// The complaint about the defaults after `change`.
template <class F>
std::string fault_after(F change) {
  settings value;
  change(value);
  const auto checked = validate(value);
  return checked ? "" : checked.error().what;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_defaults_are_valid) {
  BOOST_TEST(fault_after([](settings&) {}) == "");
}

// The texts of rules are tested through files; here stands what no file can say.
BOOST_AUTO_TEST_CASE(settings_made_in_code_are_checked_too) {
  BOOST_TEST(fault_after([](settings& s) { s.policy.drop = std::numeric_limits<double>::quiet_NaN(); })
             == "policy.drop must be between 0 and 1, but is nan");
  BOOST_TEST(fault_after([](settings& s) { s.server.log = static_cast<log_level>(9); })
             == "server.log has no such value");
  BOOST_TEST(fault_after([](settings& s) { s.student.weights = "\xff"; })
             == "student.weights is not UTF-8 text");
  BOOST_TEST(fault_after([](settings& s) { s.cameras[camera_id{""}].source = "x"; })
             == "cameras. is not a good name for a camera");
}

BOOST_AUTO_TEST_CASE(only_loopback_hosts_are_accepted) {
  for (const auto* host : {"127.0.0.1", "127.255.0.1", "localhost", "::1"})
    BOOST_TEST(fault_after([&](settings& s) { s.server.host = host; }) == "");
  for (const auto* host :
       {"", "0.0.0.0", "::", "127.0.0.1.example.org", "127.0.0", "127.0.0.256", "127.0.0.1 ", "128.0.0.1"})
    BOOST_TEST(fault_after([&](settings& s) { s.server.host = host; }) != "");
}

BOOST_AUTO_TEST_CASE(both_ports_may_be_any_free_one) {
  BOOST_TEST(fault_after([](settings& s) { s.server.port = s.server.media_port = 0; }) == "");
}

BOOST_AUTO_TEST_CASE(the_plan_of_cameras_says_what_the_settings_say) {
  sampling_settings sampling;
  sampling.bitrate = bit_rate{123};
  const auto plan = plan_of(sampling);
  BOOST_TEST((plan == sampling_plan{5, 2, 320, 192, 123, {10, 5, 1, 3}}));
}

BOOST_AUTO_TEST_SUITE_END()
